//! What a drawing holds, as a renderer sets it.

use std::sync::Arc;

use resvg::usvg::{self, Node, fontdb, roxmltree};

use super::{FONT, Figure};

/// Left, top, right, bottom.
pub(crate) type Area = [f64; 4];

pub(crate) fn overlap(a: Area, b: Area) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// The parts of the sheet that named groups keep to \[px\].
pub(crate) fn boxes(svg: &str) -> Vec<(String, Area)> {
    let document = roxmltree::Document::parse(svg).expect("well-formed");
    let named = document.descendants().filter_map(|n| Some((n.attribute("id")?, n.attribute("data-box")?)));
    named
        .map(|(id, text)| {
            let n: Vec<f64> = text.split(' ').map(|x| x.parse().expect("a number")).collect();
            (id.to_owned(), [n[0], n[1], n[0] + n[2], n[1] + n[3]])
        })
        .collect()
}

/// Boxes of all texts as they are set in the embedded font \[units of the view box, ten a px\], and the sheet's size.
pub(crate) fn texts(svg: &str) -> (Vec<(String, Area)>, f64, f64) {
    fn walk(group: &usvg::Group, found: &mut Vec<(String, Area)>) {
        for node in group.children() {
            match node {
                Node::Group(g) => walk(g, found),
                Node::Text(t) => {
                    let b = t.abs_bounding_box();
                    let text = t.chunks().iter().map(usvg::TextChunk::text).collect();
                    found.push((text, [b.left(), b.top(), b.right(), b.bottom()].map(f64::from)));
                }
                _ => {}
            }
        }
    }
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    let options = usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).expect("an SVG");
    let mut found = Vec::new();
    walk(tree.root(), &mut found);
    (found, f64::from(tree.size().width()), f64::from(tree.size().height()))
}

/// No text of a figure covers another one or leaves the sheet.
pub(crate) fn no_text_overlaps(figure: &Figure) {
    let (texts, width, height) = texts(&figure.svg);
    for (i, (text, a)) in texts.iter().enumerate() {
        let inside = a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= 10.0 * width && a[3] <= 10.0 * height;
        assert!(inside, "{}: '{text}' at {a:?} leaves the sheet", figure.name);
        // A text's box spans ascent to descent, which no two letters use at once, and a raised exponent stands as close to its
        // base as letters stand: boxes may share a fifth of their height, and a px of their width.
        let (dx, dy) = (10.0, 0.2 * (a[3] - a[1]).min(130.0));
        let a = [a[0] + dx, a[1] + dy, a[2] - dx, a[3] - dy];
        for (other, b) in &texts[i + 1..] {
            assert!(!overlap(a, *b), "{}: '{text}' over '{other}'", figure.name);
        }
    }
}
