//! Answers of the API: one root, no white space between elements, which some clients cannot take (GameStream §2.1).

use std::fmt::Write as _;

/// An answer being written.
#[derive(Debug)]
pub(crate) struct Root {
    status: u16,
    message: Option<String>,
    body: String,
}

impl Root {
    /// All is well.
    pub(crate) fn ok() -> Self {
        Self { status: 200, message: None, body: String::new() }
    }

    /// It is refused; clients show number and sentence.
    pub(crate) fn refusal(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: Some(message.into()), body: String::new() }
    }

    /// One more child with this text.
    pub(crate) fn child(mut self, name: &str, text: impl std::fmt::Display) -> Self {
        let text = escape(&text.to_string());
        let _ = write!(self.body, "<{name}>{text}</{name}>");
        self
    }

    /// One more child with these children.
    pub(crate) fn nested(mut self, name: &str, inside: Self) -> Self {
        let Self { body, .. } = inside;
        let _ = write!(self.body, "<{name}>{body}</{name}>");
        self
    }

    /// The document.
    pub(crate) fn finish(self) -> String {
        let Self { status, message, body } = self;
        let message =
            message.map(|text| format!(" status_message=\"{}\"", escape(&text))).unwrap_or_default();
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<root status_code=\"{status}\"{message}>{body}</root>"
        )
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no way to write these
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_white_space_between_elements() {
        let app = Root::ok().child("AppTitle", "Desktop").child("ID", 1);
        let text = Root::ok().nested("App", app).finish();
        let (_, root) = text.split_once('\n').unwrap();
        assert_eq!(
            root,
            "<root status_code=\"200\"><App><AppTitle>Desktop</AppTitle><ID>1</ID></App></root>"
        );
    }

    #[test]
    fn names_cannot_break_out_of_their_element() {
        let text = Root::refusal(503, "a \"b\"").child("hostname", "<x>&\u{0}\n").finish();
        assert!(text.ends_with(
            "<root status_code=\"503\" status_message=\"a &quot;b&quot;\"><hostname>&lt;x&gt;&amp;  </hostname></root>"
        ));
    }
}
