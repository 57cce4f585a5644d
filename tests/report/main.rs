//! `compare report`: what the page, the Markdown and the LaTeX hold, and what a browser makes of the page.

mod bench;
mod browser;
mod documents;
mod figure;
mod interop;
mod page;
