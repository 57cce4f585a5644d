//! What is in the three files.

use spikestep::report::{DataTable, Document};

use crate::bench::{Bench, comparison, rows};

/// Text between every pair of marks.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).map(|rest| rest.split(to).next().unwrap()).collect()
}

/// Elements without an end tag.
const VOID: [&str; 1] = ["meta"];

/// Checks that every element is closed in order, and gives the page's elements with their attributes.
fn elements(html: &str) -> Vec<String> {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a page");
    let (mut open, mut all) = (Vec::new(), Vec::new());
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        // No attribute of the page holds a bare `>`: data-rows has it escaped.
        let (tag, after) = rest.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "in its order");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        all.push(tag.to_owned());
        if ["script", "style"].contains(&name.as_str()) {
            // Raw text: up to its end tag.
            let end = format!("</{name}>");
            rest = rest.split_once(&end).expect("it ends").1;
        } else if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    all
}

#[test]
fn the_page_is_well_formed_and_needs_nothing_but_itself() {
    let bench = comparison();
    let html = bench.read("out/report.html");
    let all = elements(&html);
    for tag in &all {
        let name = tag.split(' ').next().unwrap();
        assert!(!["link", "img", "iframe", "object", "embed", "base", "form"].contains(&name), "{tag}");
        assert!(!tag.contains(" src="), "{tag}");
        for target in between(tag, " href=\"", "\"") {
            assert!(["report.md", "report.tex"].contains(&target) || target.starts_with('#'), "{tag}");
        }
    }
    for word in ["url(", "@import", "fetch(", "XMLHttpRequest", "import(", "innerHTML"] {
        assert!(!html.contains(word), "{word}");
    }
    // The only addresses are names of formats.
    let addresses: Vec<&str> = between(&html, "http", "\"")
        .into_iter()
        .filter(|rest| rest.starts_with("s:") || rest.starts_with(':'))
        .collect();
    assert!(addresses.iter().all(|rest| *rest == "://www.w3.org/2000/svg"), "{addresses:?}");
    let ids = all.iter().flat_map(|tag| between(tag, " id=\"", "\"")).collect::<Vec<_>>();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
}

/// Checks that the page's script knows every scale of a figure, and that a scale of names has a place for every value of its column.
fn scales_are_read(html: &str, section: &str, json: &serde_json::Value) {
    let attribute = |of: &str| -> Vec<String> {
        let all = between(section, &format!(" data-{of}=\""), "\"");
        all.into_iter().map(|text| text.replace("&quot;", "\"").replace("&amp;", "&").replace("&gt;", ">")).collect()
    };
    let columns = attribute("columns");
    for (k, of) in ["x", "y"].into_iter().enumerate() {
        for (scale, shown) in attribute(of).iter().zip(&columns) {
            let word = scale.split([' ', ':']).next().unwrap();
            assert!(html.contains(&format!("\"{word}\"")) || html.contains(&format!("  {word}: ")), "{scale}");
            let Some((_, names)) = scale.split_once(' ').filter(|_| ["rows", "columns"].contains(&word)) else {
                continue;
            };
            let names: Vec<String> = serde_json::from_str(names).unwrap();
            let column = shown.split(' ').nth(k).unwrap();
            let at = json["columns"].as_array().unwrap().iter().position(|name| name == column).expect(column);
            for row in json["rows"].as_array().unwrap() {
                assert!(names.iter().any(|name| row[at] == name.as_str()), "{column} of {row} in {names:?}");
            }
        }
    }
}

#[test]
fn question_verdict_command_figures_and_whole_tables_are_there() {
    let bench = comparison();
    let html = bench.read("out/report.html");
    for part in [
        "Which spikes of RS under step:10 does each scheme move within 200 ms",
        "at dt = 0.25, 1 ms",
        "Over these steps the nearest fixed-step scheme is rk4+located",
        "compare --dt 0.25,1 --neuron RS --schemes euler,rk4+located --duration 200\n",
        "<th scope=\"row\">van Rossum time constant [ms]</th><td>10</td>",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let figures =
        ["error_vs_dt", "intervals", "missed_spikes", "phase_plane", "raster", "residual", "spike_errors", "traces"];
    let sections = between(&html, "<figure ", "</figure>");
    assert_eq!(sections.len(), figures.len());
    for (name, section) in figures.iter().zip(sections) {
        assert!(section.contains(&format!("figure-{name}")) && section.contains("</svg>"), "{name}");
        let json: serde_json::Value =
            serde_json::from_str(between(section, "<script type=\"application/json\">", "</script>")[0]).unwrap();
        let values = rows(&bench.path(&format!("out/figures/{name}.csv")));
        assert_eq!(json["rows"].as_array().unwrap().len(), values.len(), "{name}");
        // Every plot says where it is and which columns it shows, so that values can be found under the pointer.
        assert!(section.contains("data-columns=") && section.contains("data-box="), "{name}");
        scales_are_read(&html, section, &json);
    }
    for name in ["metrics", "spikes"] {
        let section = between(&html, &format!("id=\"table-{name}\""), "</section>")[0];
        let shown = between(between(section, "<tbody>", "</tbody>")[0], "<tr>", "</tr>");
        let all = rows(&bench.path(&format!("out/{name}.csv")));
        assert_eq!(shown.len(), all.len(), "{name}");
        assert!(shown.iter().zip(&all).all(|(row, record)| row.contains(&record[0])), "{name}");
    }
}

#[test]
fn markdown_and_latex_have_the_same_tables() {
    let bench = comparison();
    let metrics = rows(&bench.path("out/metrics.csv"));
    let markdown = bench.read("out/report.md");
    let section = between(&markdown, "### metrics.csv", "###")[0];
    let lines: Vec<&str> = section.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(lines.len(), metrics.len() + 2);
    // Every line has the cells of the header; none of the cells here holds a bar.
    let bars = |line: &str| line.matches('|').count();
    assert!(lines.iter().all(|line| bars(line) == bars(lines[0])));
    assert!(markdown.contains("(<figures/raster.svg>)") && markdown.contains("## Verdict"));

    let latex = bench.read("out/report.tex");
    let first = between(&latex, "\\begin{table}", "\\end{table}")[0];
    let body = between(first, "\\midrule\n", "\\bottomrule")[0];
    assert_eq!(body.lines().count(), metrics.len());
    let header = between(first, "\\toprule\n", "\\midrule")[0];
    let cells = |line: &str| line.matches('&').count();
    assert!(body.lines().all(|line| cells(line) == cells(header) && line.ends_with("\\\\")), "{first}");
    assert_eq!(latex.matches("\\begin{").count(), latex.matches("\\end{").count());

    bench.run("report out --columns scheme,dt_ms,max_spike_time_error_ms --quiet");
    let latex = bench.read("out/report.tex");
    assert!(latex.contains("{scheme} & {dt [ms]} & {max spike time error [ms]} \\\\"), "{latex}");
    let refusal = bench.refusal("report out --columns scheme,dt_m");
    assert!(refusal.contains("unknown column 'dt_m', did you mean 'dt_ms'?"), "{refusal}");
}

const EXPERIMENT: &str = "title = \"Rates & <b>tags</b>\"\nquestion = \"Is 1 < 2?\"\nkind = \"study\"\n[study]\nneurons = [\"RS\"]\n\
     inputs = [\"step:10\"]\nduration = 100\nschemes = [\"euler\"]\ndt = \"0.5,1\"\n";

#[test]
fn a_study_is_told_by_its_record_and_everything_is_escaped() {
    let bench = Bench::new();
    bench.write("study.toml", EXPERIMENT);
    bench.run("run study.toml --out out --quiet");
    let record = bench.read("out/experiment.json");
    bench.run("report out");
    let html = bench.read("out/report.html");
    elements(&html);
    for part in
        ["<h1>Rates &amp; &lt;b&gt;tags&lt;/b&gt;</h1>", "Is 1 &lt; 2?", "compare run study.toml\n", "<td>0.5,1</td>"]
    {
        assert!(html.contains(part), "{part}");
    }
    assert!(!html.contains("<b>tags"));
    assert!(bench.read("out/report.md").starts_with("# Rates &amp; &lt;b>tags&lt;/b>\n"));
    // The record does not say how the run went: a second run, with all cells kept, leaves it as it is.
    assert!(bench.run("run study.toml --out out").contains("2 kept from before"));
    assert_eq!(bench.read("out/experiment.json"), record);
}

#[test]
fn directories_without_a_record_and_hostile_files_are_named() {
    let bench = Bench::new();
    bench.write("bare/a.csv", "x,</script><script>alert(1)</script>\n1,<img src=x onerror=alert(1)>\n");
    bench.write("bare/f.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>");
    bench.write(
        "bare/g.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" viewBox=\"0 0 9 9\"><title>G</title></svg>",
    );
    bench.write("bare/g.csv", "x,y\n1,</script><script>alert(1)</script>\n");
    let said = bench.run("report bare");
    assert!(said.contains("no record of its run") && said.contains("f.svg is not shown: "), "{said}");
    let html = bench.read("bare/report.html");
    elements(&html);
    assert!(!html.contains("alert(1)</script>") && !html.contains("<img"), "{html}");

    bench.write("empty/notes.txt", "nothing");
    assert!(bench.refusal("report empty").contains("without tables (CSV) and figures (SVG)"));
    assert!(bench.refusal("report none").contains("cannot read none"));
    bench.write("broken/compare.json", "{");
    assert!(bench.refusal("report broken").contains("broken/compare.json:1:1:"));
    bench.write("ragged/a.csv", "x,y\n1\n");
    assert!(bench.refusal("report ragged").contains("ragged/a.csv:2:"));
}

/// A document of one table.
fn of_table(columns: &[&str], rows: &[&[&str]]) -> Document {
    let text = |fields: &[&str]| fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| text(row)).collect();
    let table = DataTable { file: "m.csv".into(), columns: text(columns), total: rows.len(), rows };
    Document { tables: vec![table], ..Document::default() }
}

#[test]
fn columns_of_numbers_have_the_room_they_need_in_latex() {
    let latex = of_table(&["n"], &[&["-1.25"], &["100"], &["2e-14"], &[""], &["21.86382330721699"]]).latex(&[]);
    assert!(latex.contains("S[table-format=-3.2e-2]"), "{latex}");
    assert!(latex.contains("\n{--} \\\\\n21.86 \\\\\n"), "{latex}");
}

#[test]
fn text_is_set_as_it_is() {
    let cell = "50% of $x_1$ & {y}^2~#\\<µ>";
    let latex = of_table(&["s"], &[&[cell], &["other"]]).latex(&[]);
    let escaped = "50\\% of \\$x\\_1\\$ \\& \\{y\\}\\textasciicircum{}2\\textasciitilde{}\\#\\textbackslash{}\\textless{}\\ensuremath{\\mu}\\textgreater{}";
    assert!(latex.contains(escaped), "{latex}");
    let document = Document { title: "a\n\\input{x}".into(), ..Document::default() };
    assert!(document.latex(&[]).lines().all(|line| line.starts_with('%')));
    let markdown = |title: &str| Document { title: title.into(), ..Document::default() }.markdown(&[]);
    assert!(markdown("a|b *c* d_e <f> & \\").starts_with("# a\\|b \\*c\\* d\\_e &lt;f> &amp; \\\\\n"));
    assert!(markdown("a\nb").starts_with("# a b\n"));
    let summed_up = |summary: &str| Document { summary: Some(summary.into()), ..Document::default() }.markdown(&[]);
    assert!(summed_up("x").contains("\n```text\nx\n```\n"));
    assert!(summed_up("```\nx").contains("\n````text\n```\nx\n````\n"));
}

#[test]
fn a_wide_table_goes_on_with_the_columns_that_name_its_rows() {
    let names: Vec<String> = (0..30).map(|k| format!("value_{k}")).collect();
    let columns: Vec<&str> = ["scheme", "dt_ms"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let row = |scheme: &'static str, dt: &'static str| [vec![scheme, dt], vec!["1"; 15], vec![dt; 15]].concat();
    let latex = of_table(&columns, &[&row("rk4", "0.5"), &row("euler", "1")]).latex(&[]);
    let parts = between(&latex, "\\toprule\n", "\\midrule");
    assert!(parts.len() > 1 && parts.iter().all(|part| part.starts_with("{scheme} & {dt [ms]} & ")), "{latex}");
    // Of the values those that differ between the rows, each once.
    let mut values: Vec<&str> = parts.iter().flat_map(|part| part.trim().split(" & ").skip(2)).collect();
    values.sort_unstable();
    let mut expected: Vec<String> = (15..30).map(|k| format!("{{value {k}}}")).collect();
    expected.sort_unstable();
    assert_eq!(values.iter().map(|value| value.trim_end_matches(" \\\\")).collect::<Vec<_>>(), expected);
}

#[test]
fn numbers_are_short_and_what_was_typed_stays() {
    for (field, text) in [
        ("0.5", "0.5"),
        ("0.00390625", "0.00390625"),
        ("21.86382330721699", "21.86"),
        ("0.00000000000002", "2e-14"),
        ("0.0000000000005216611224229833", "5.217e-13"),
        ("1.9169257370776904e-5", "1.917e-5"),
        ("9999.9999", "10000"),
        ("99999999", "9.9999999e7"),
        ("1234567", "1234567"),
        ("-14", "-14"),
        ("0", "0"),
        ("RS", "RS"),
        ("", ""),
        ("nan", "nan"),
    ] {
        let markdown = of_table(&["x"], &[&[field], &["other"]]).markdown(&[]);
        assert!(markdown.contains(&format!("\n| x |\n| --- |\n| {text} |\n")), "{field}: {markdown}");
    }
}

#[test]
fn units_stand_in_brackets() {
    let columns = [
        "dt_ms",
        "u_mV_per_ms",
        "flops_per_ms",
        "drift_ms_per_spike",
        "lower_quartile_ns",
        "spike_count",
        "rhs_evaluations_per_ms",
    ];
    let latex = of_table(&columns, &[&["1"; 7], &["2"; 7]]).latex(&[]);
    let header = "{dt [ms]} & {u [mV/ms]} & {cost [flops/ms]} & {drift [ms/spike]} & {lower quartile [ns]} & {spike count} & \
                  {rhs evaluations [1/ms]}";
    // The table may be too wide for one part; each column has its heading all the same.
    for heading in header.split(" & ") {
        assert!(latex.contains(heading), "{heading}: {latex}");
    }
}

#[test]
fn columns_that_do_not_vary_are_told_apart() {
    let mut document = of_table(&["s", "x", "e", "t_ms"], &[&["a", "1", "", "3"], &["a", "2", "", "3"]]);
    let markdown = document.markdown(&[]);
    assert!(markdown.contains("In all rows: s = a, t \\[ms\\] = 3.\n\n| x |\n"), "{markdown}");
    let asked = document.markdown(&["t_ms".into(), "none".into(), "s".into()]);
    assert!(asked.contains("\n| t \\[ms\\] | s |\n") && !asked.contains("In all rows"), "{asked}");
    // Rows that were not kept may differ.
    document.tables[0].total = 3;
    assert!(document.markdown(&[]).contains("\n| s | x | e | t \\[ms\\] |\n"));
}
