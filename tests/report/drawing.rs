//! Figures fit to stand inside a page: drawings without ids, and nothing more.

use spikestep::error::Result;
use spikestep::report::DocumentFigure;

fn read(svg: &str) -> Result<DocumentFigure> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("f.svg");
    std::fs::write(&path, svg).unwrap();
    DocumentFigure::read(&path, "figures/f.svg")
}

#[test]
fn a_drawing_loses_its_ids_alone() {
    let figure = read(
        "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"><title>a id=\"x\"</title><g id=\"plot\"/></svg>\n",
    )
    .unwrap();
    assert_eq!(figure.title, "a id=\"x\"");
    assert!(figure.svg.starts_with("<svg ") && figure.svg.ends_with("<g data-plot=\"plot\"/></svg>"));
    assert!(figure.svg.contains("<title>a id=\"x\"</title>"));
}

#[test]
fn what_is_more_than_a_drawing_is_refused_by_name() {
    let svg = |inside: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inside}</svg>");
    for (inside, part) in [
        ("<script>alert(1)</script>", "<script>"),
        ("<g onclick=\"alert(1)\"/>", "onclick"),
        ("<image href=\"http://example.org/a.png\"/>", "<image>"),
        ("<a href=\"x\"/>", "<a>"),
        ("<rect fill=\"URL(http://example.org)\"/>", "fill"),
        ("<g style=\"background: red\"/>", "style"),
        ("<style>g{}</style>", "<style>"),
        ("<!--><script>alert(1)</script>-->", "comment"),
    ] {
        let message = read(&svg(inside)).unwrap_err().to_string();
        assert!(message.contains(part), "{inside}: {message}");
    }
    assert!(read("<html/>").is_err() && read("no xml").is_err());
}
