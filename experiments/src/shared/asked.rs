//! A question that somebody asked in public, and its answer.

use spikestep::Result;
use spikestep::report::wrapped;

use super::Outputs;

/// The thread in which a question was asked, and the words.
pub(crate) type Asked = [&'static str; 2];

/// Writes `answer.md` and gives the text to print: the question, the tables, the answer.
pub(crate) fn answered(outputs: &mut Outputs<'_>, [link, quote]: Asked, tables: &str, answer: &str) -> Result<String> {
    let answer = wrapped(answer);
    outputs.text("answer.md", &format!("> {quote}\n\n<{link}>\n\n{answer}\n"))?;
    Ok(format!("{}\n{link}\n\n{tables}\n{answer}\n", wrapped(&format!("Asked: \"{quote}\""))))
}
