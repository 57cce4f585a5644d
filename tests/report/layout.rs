//! Text for the terminal.

use spikestep::report::{plain, three};

#[test]
fn columns_that_do_not_fit_follow_in_their_order() {
    let header = ["name", "first", "second", "third"];
    let row = || header.map(|name| name.repeat(5)).to_vec();
    let text = plain(&header, [row()]);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let blocks: Vec<&str> = text.split("\n\n").collect();
    let words = |block: &str| block.lines().next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let headers: Vec<String> = blocks.iter().map(|block| words(block)).collect();
    assert_eq!(headers, ["name first second", "name third"]);
}

#[test]
fn three_significant_digits_at_every_size() {
    let shown: Vec<String> = [0.0, 1.234_567, -27.658, 123_456.7, 0.001_234, 1.234e-5, 1.2e7].map(three).to_vec();
    assert_eq!(shown, ["0", "1.23", "-27.7", "123457", "0.00123", "1.23e-5", "1.20e7"]);
}
