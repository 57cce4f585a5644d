//! How deep the elements of an XML document are nested: a reader that calls itself for each needs a bound before it begins.

/// The place of the first tag within more than `most` others, by its byte, for a text that may be anything: elements nested thousands
/// deep would exhaust the stack of a reader.
pub fn too_deep(text: &str, most: usize) -> Option<usize> {
    let (mut depth, mut rest) = (0usize, text);
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let skipped = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
        let length = if rest.starts_with("<!--") {
            skipped("-->")
        } else if rest.starts_with("<![CDATA[") {
            skipped("]]>")
        } else if rest.starts_with("<?") {
            skipped("?>")
        } else {
            let length = tag_length(rest);
            let tag = &rest[..length];
            if tag.starts_with("</") {
                depth = depth.saturating_sub(1);
            } else if !tag.ends_with("/>") && !tag.starts_with("<!") {
                depth += 1;
            }
            length
        };
        if depth > most {
            return Some(text.len() - rest.len());
        }
        rest = &rest[length..];
    }
    None
}

/// The length of a tag; a `>` in quotes is none.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    #[test]
    fn depth_is_that_of_open_elements() {
        let nested = |open: &str| format!("{}{}", open.repeat(501), "</a>".repeat(501));
        // Attributes, comments and sections that look like ends of elements are none.
        for open in ["<a>", "<a b='/>'>", "<a b=\"</a>\">", "<a><!-- </a> -->", "<a><![CDATA[</a>]]>", "<a><?p </a> ?>"]
        {
            let (deep, length) = (nested(open), open.len());
            assert!(too_deep(&deep, 500).is_some_and(|at| (500 * length..501 * length).contains(&at)), "{open}");
            assert_eq!(too_deep(&deep[length..], 500), None, "{open}");
        }
        assert_eq!(too_deep(&"<a/><b></b>".repeat(2000), 500), None);
        // What is no XML ends, too.
        for text in ["<", "<a b='", "<!--", "a < b > c", "<![CDATA["] {
            assert_eq!(too_deep(text, 500), None, "{text}");
        }
    }
}
