//! `compare report`: what the page, the Markdown and the LaTeX hold, and what a browser makes of the page.

#[path = "../common/mod.rs"]
mod common;

mod bench;
mod browser;
mod documents;
mod drawing;
mod explore;
mod figure;
mod interop;
mod layout;
mod page;
mod scheme_page;
