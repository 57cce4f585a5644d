//! What is in the three files.

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
            assert!(["report.md", "report.tex"].contains(&target), "{tag}");
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
    let figures = ["error_vs_dt", "missed_spikes", "phase_plane", "raster", "residual", "spike_errors", "traces"];
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
