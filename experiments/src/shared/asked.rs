//! A question that somebody asked in public, and its answer.

use spikestep::Result;
use spikestep::report::wrapped;

use super::Outputs;

/// Who asked, and in which words.
pub(crate) struct Asked {
    /// The thread.
    pub(crate) link: &'static str,
    /// The words.
    pub(crate) quote: &'static str,
}

impl Asked {
    /// Writes `answer.md` and gives the text to print: the question, the tables, the answer.
    pub(crate) fn answered(&self, outputs: &mut Outputs<'_>, tables: &str, answer: &str) -> Result<String> {
        let answer = wrapped(answer);
        outputs.text("answer.md", &format!("> {}\n\n<{}>\n\n{answer}\n", self.quote, self.link))?;
        let quoted = wrapped(&format!("Asked: \"{}\"", self.quote));
        Ok(format!("{quoted}\n{}\n\n{tables}\n{answer}\n", self.link))
    }
}
