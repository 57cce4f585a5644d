//! The library as the page of `compare explore` calls it: texts and numbers in JSON, arrays of numbers behind it, in linear memory
//! without imports. `assets/explore/core.js` is the other side.
//!
//! A request is a JSON object whose key `ask` is one of the words in [`ask`]; the module remembers the problem and its truth from one
//! request to the next. Every answer holds the library's own numbers and sentences, so that the page has none of its own.

mod comparison;
pub mod memory;
mod network;
mod operator;
mod problem;
mod reply;

use std::cell::RefCell;

use serde_json::Value;
use spikestep::Error;

use problem::Session;
use reply::Reply;

thread_local! {
    static SESSION: RefCell<Session> = RefCell::default();
}

/// The answer to a request, or its refusal in one sentence.
fn ask(request: &[u8]) -> Result<Reply, Error> {
    let request: Value = serde_json::from_slice(request).map_err(unreadable)?;
    let verb = request["ask"].as_str().unwrap_or_default().to_owned();
    SESSION.with_borrow_mut(|session| match verb.as_str() {
        "about" => Ok(problem::about()),
        "problem" => session.set(read(request)?),
        "truth" => session.truth(read(request)?),
        "compare" => session.compare(read(request)?),
        "operator" => session.operator(),
        "network" => session.network(read(request)?),
        other => Err(Error::unknown("request", other, ["about", "problem", "truth", "compare", "operator", "network"])),
    })
}

fn read<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, Error> {
    serde_json::from_value(request).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Text(format!("The request cannot be read: {error}."))
}
