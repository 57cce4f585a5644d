//! `docs/schemes.md` is made of what `compare --list` prints and of the heads of the schemes' files, so that it cannot go stale:
//! here the committed page is compared with them. `WRITE_DOCS=1 cargo test --test report scheme_page` writes it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

const ABOUT: &str = "\
# The schemes one by one

This page has, for every scheme that `compare` knows, its formula, its order, where it comes from, and when not to use it. It is made of
`compare --list` and of the heads of the files in `neuron/src/scheme/`; a test keeps it so.

Every scheme with `yes` in the last column exists in three more variants, which put each spike inside its step: the length of the step that
ends at the peak is found, the reset is made there, and the rest of the step is taken from the reset. `NAME+located` finds it by the step's
own root, `NAME+located-hermite` and `NAME+located-linear` by interpolation. They look at the ends of steps: where v passes the peak and turns
back inside a step, they see no spike, as the schemes on the grid do not (`projective` and `projective-4` to `-12`, `taylor`, `dopri5` and
`dop853` do). `--schemes` also takes groups: `default`, `grid`, `located`,
`simulators` and `adaptive`.

```text
v' = k2 v² + k1 v + k0 − u + I(t)        k2 = 0.04, k1 = 5, k0 = 140, b0 = 0 and leak = 1 in the model of 2003
u' = a (b v + b0 − leak u)               v ≥ peak:  v ← c,  u ← u + d
```

| scheme | order | evaluations a step | flops a step | located variants |
|---|---|---|---|---|
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All source files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The head of a source file: the text of its `//!` lines.
fn head(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}

/// The schemes that the head of a file names.
fn names(head: &str) -> Vec<&str> {
    let line = head.lines().find_map(|line| line.strip_prefix("**Names:**")).unwrap_or("");
    line.split('`').skip(1).step_by(2).collect()
}

/// A head as a section of the page: its links to code become code, its headings one level deeper.
fn section(head: &str) -> String {
    let mut page = String::new();
    for line in head.lines().filter(|line| !line.starts_with("**Names:**")) {
        let deeper = if line.starts_with('#') { "##" } else { "" };
        let line = line.replace("\\[", "\u{1}").replace("\\]", "\u{2}");
        let mut parts = line.split('[');
        let _ = write!(page, "{deeper}{}", parts.next().unwrap());
        for part in parts {
            match part.split_once(']') {
                // [`Type`](path) and [`Type`]; an index such as e[x_0] is neither.
                Some((text, rest)) if text.starts_with('`') || rest.starts_with('(') => {
                    let rest =
                        rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
                    page += text;
                    page += rest;
                }
                _ => {
                    page.push('[');
                    page += part;
                }
            }
        }
        page.push('\n');
    }
    let page = page.replace('\u{1}', "\\[").replace('\u{2}', "\\]").replace("\n**When", "\n\n**When");
    let mut paragraphs: Vec<&str> = page.split("\n\n").map(|text| text.trim_matches('\n')).collect();
    paragraphs.retain(|text| !text.is_empty());
    paragraphs.join("\n\n")
}

fn page() -> String {
    let output = crate::common::compare().arg("--list").output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let files: Vec<(PathBuf, String)> =
        sources(&root().join("neuron/src/scheme")).into_iter().map(|path| (path.clone(), head(&path))).collect();

    let mut page = ABOUT.to_owned();
    let table = list.lines().skip(1).take_while(|line| !line.is_empty());
    let mut order = Vec::new();
    for row in table.map(|line| line.split_whitespace().collect::<Vec<_>>()) {
        let [name, cells @ ..] = row.as_slice() else { unreachable!() };
        let _ = writeln!(page, "| `{name}` | {} |", cells.join(" | "));
        let [(path, head)] = &files.iter().filter(|(_, head)| names(head).contains(name)).collect::<Vec<_>>()[..]
        else {
            panic!("one file in neuron/src/scheme/ has to name `{name}` in a line **Names:** of its head");
        };
        if !order.contains(&(path, head)) {
            order.push((path, head));
        }
    }
    page += "\nThe costs are counted over 1000 ms of regular spiking at an input of 10 mV/ms and a step of 0.5 ms, spikes on the grid.\n";

    let lines: Vec<&str> = list.lines().collect();
    for (path, head) in order {
        let titles: Vec<String> = names(head).iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(page, "\n## {}\n", titles.join(", "));
        for name in names(head) {
            let mut rows = lines.windows(2).skip_while(|rows| !rows[0].is_empty());
            let [summary, source] = rows.find(|rows| rows[0].split_whitespace().next() == Some(name)).unwrap() else {
                unreachable!()
            };
            let _ = writeln!(page, "- `{name}`: {} ({})", summary[name.len()..].trim(), source.trim());
        }
        let _ = writeln!(page, "\n{}", section(head));
        assert!(head.to_lowercase().contains("when not to use"), "{}: when not to use it?", path.display());
    }
    page
}

#[test]
fn the_page_of_schemes_is_what_the_program_has() {
    // A package of a registry comes without the crate beside it, whose files have the words.
    if !root().join("neuron").exists() {
        return;
    }
    let (path, page) = (root().join("docs/schemes.md"), page());
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    let differs = kept.lines().zip(page.lines()).find(|(kept, made)| kept != made);
    assert!(kept == page, "docs/schemes.md is not of this program, first at {differs:?}; write it by WRITE_DOCS=1");
}
