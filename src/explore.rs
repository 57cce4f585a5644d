//! The page that moves: one file of HTML that holds the library as WebAssembly, and a problem to begin with.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A part of the page, from `assets/explore/`.
macro_rules! part {
    ($name:literal) => {
        include_str!(concat!("../assets/explore/", $name))
    };
}

/// The library, built by `explore/build` and packed by gzip.
static CORE: &[u8] = include_bytes!("../assets/explore/core.wasm.gz");

/// What runs beside the page, and in it where there can be no worker.
static WORKER: [&str; 2] = [part!("core.js"), part!("worker.js")];

/// What draws and listens, in the order in which it is read.
static SCRIPTS: [&str; 14] = [
    part!("state.js"),
    part!("pen.js"),
    part!("axes.js"),
    part!("traces.js"),
    part!("precision.js"),
    part!("plane.js"),
    part!("operator.js"),
    part!("network.js"),
    part!("stories.js"),
    part!("table.js"),
    part!("take_away.js"),
    part!("controls.js"),
    part!("main.js"),
    part!("wire.js"),
];

/// The page, beginning with `start`: a JSON object with keys of its state, of which those that are left out are as usual (`neuron`,
/// `input`, `duration`, `v0`, `u0`, `peak`, `dt`, `schemes`, `arithmetic`, and `recorded`, an object of `times`, `values` and `linear`). It
/// needs nothing but a browser, and asks no network.
///
/// ```
/// let page = spikestep::explore::page(r#"{"neuron":"FS","dt":0.25}"#);
/// assert!(page.starts_with("<!doctype html>") && page.len() < 2_000_000);
/// ```
pub fn page(start: &str) -> String {
    // Nothing in the JSON may end the element that holds it.
    let start = start.replace('<', "\\u003c");
    let (core, worker) = (BASE64_STANDARD.encode(CORE), WORKER.concat());
    let scripts = [&worker, &SCRIPTS.concat()].map(String::as_str).concat();
    let parts: [(&str, &str); 5] = [
        ("/*PAGE.CSS*/", part!("page.css")),
        ("/*START*/", &start),
        ("/*CORE*/", &core),
        ("/*WORKER.JS*/", &worker),
        ("/*PAGE.JS*/", &scripts),
    ];
    parts.into_iter().fold(part!("page.html").to_owned(), |page, (place, text)| page.replacen(place, text, 1))
}
