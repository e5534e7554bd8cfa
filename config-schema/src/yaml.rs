//! The marked reading: what stands where in a YAML text. It knows structure and positions; what a plain
//! scalar means is `serde_yaml`'s word.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_yaml::Value;

use crate::diagnostics::{Fault, Mark};

/// Sections inside sections; a policy needs four.
const MAX_DEPTH: usize = 16;
/// A key's part in a path; longer ones are cut off, so that paths stay small whatever the file holds.
const MAX_KEY_CHARS: usize = 64;

/// One value of the file and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    /// Counted through the document, the root being 0.
    pub(crate) id: usize,
    /// Dotted, as in `devices[0].name`; empty for the root.
    pub(crate) path: String,
    pub(crate) mark: Mark,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    /// A plain scalar, which may mean a number, a truth value or nothing: as written, and as meant.
    Plain(String, Value),
    /// A scalar in quotes, or in a block: text.
    Text(String),
    List(Vec<Node>),
    /// Each key with its value, in the file's order, repeated keys included.
    Section(Vec<(Key, Node)>),
}

#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) mark: Mark,
}

impl Node {
    /// A key without a value keeps its default.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self.content, Content::Plain(_, Value::Null))
    }

    /// The node with this path, where the file has one.
    pub(crate) fn find(&self, path: &str) -> Option<&Node> {
        if self.path == path {
            return Some(self);
        }
        let inside = self.path.is_empty()
            || path.strip_prefix(&self.path).is_some_and(|rest| rest.starts_with(['.', '[']));
        if !inside {
            return None;
        }
        match &self.content {
            Content::List(items) => items.iter().find_map(|item| item.find(path)),
            Content::Section(entries) => entries.iter().find_map(|(_, value)| value.find(path)),
            Content::Plain(..) | Content::Text(_) => None,
        }
    }
}

/// A text's tree, and what in it no policy may use.
pub(crate) struct Document {
    /// `None` for a text without any value.
    pub(crate) root: Option<Node>,
    /// Anchors, aliases, tags, keys that are no text, repeated keys: with the node to leave out for it.
    pub(crate) faults: Vec<(usize, Fault)>,
}

/// Reads the structure of a text that `serde_yaml` has found to be YAML.
///
/// # Errors
/// The fault that ends the reading: not YAML, nested too deeply, or a second document.
pub(crate) fn read(text: &str) -> Result<Document, Box<Fault>> {
    let mut builder = Builder { events: Parser::new_from_str(text), nodes: 0, faults: Vec::new() };
    let root = builder.document()?;
    Ok(Document { root, faults: builder.faults })
}

struct Builder<'t> {
    events: Parser<'t, saphyr_parser::StrInput<'t>>,
    nodes: usize,
    faults: Vec<(usize, Fault)>,
}

type Step<T> = Result<T, Box<Fault>>;

impl<'t> Builder<'t> {
    fn document(&mut self) -> Step<Option<Node>> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                _ if root.is_some() => {
                    return Err(Box::new(
                        Fault::at(mark(span), "", "a second document starts here")
                            .help("a policy is one document: take out the line `---` before this"),
                    ));
                }
                event => root = Some(self.node(event, span, String::new(), 0)?),
            }
        }
    }

    fn next(&mut self) -> Step<(Event<'t>, Span)> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let start = error.marker();
                let mark = Mark::new(start.line(), start.col() + 1, 1);
                Err(Box::new(Fault::at(mark, "", format!("this is not YAML: {}", error.info()))))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, path: String, depth: usize) -> Step<Node> {
        let id = self.nodes;
        self.nodes += 1;
        let mark = mark(span);
        if depth > MAX_DEPTH {
            return Err(Box::new(Fault::at(mark, path, "sections are nested too deeply")));
        }
        let content = match event {
            Event::Alias(_) => {
                self.refuse(id, mark, &path, "aliases (`*`) are not allowed", "write the value out");
                Content::Plain(String::new(), Value::Null)
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.check_dressing(id, mark, &path, anchor, tag.is_some());
                match style {
                    ScalarStyle::Plain => plain(&text),
                    _ => Content::Text(text.into_owned()),
                }
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_dressing(id, mark, &path, anchor, tag.is_some());
                Content::List(self.items(&path, depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                self.check_dressing(id, mark, &path, anchor, tag.is_some());
                Content::Section(self.entries(&path, depth)?)
            }
            _ => Content::Plain(String::new(), Value::Null),
        };
        Ok(Node { id, path, mark, content })
    }

    fn items(&mut self, path: &str, depth: usize) -> Step<Vec<Node>> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd | Event::StreamEnd, _) => return Ok(items),
                (event, span) => {
                    let path = format!("{path}[{}]", items.len());
                    items.push(self.node(event, span, path, depth + 1)?);
                }
            }
        }
    }

    fn entries(&mut self, path: &str, depth: usize) -> Step<Vec<(Key, Node)>> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                return Ok(entries);
            }
            let key_mark = mark(span);
            let name = match self.node(event, span, path.to_owned(), depth + 1)?.content {
                Content::Plain(name, _) | Content::Text(name) => Some(name),
                Content::List(_) | Content::Section(_) => None,
            };
            let value_path = join(path, name.as_deref().unwrap_or("?"));
            let (event, span) = self.next()?;
            let value = self.node(event, span, value_path, depth + 1)?;
            let Some(name) = name else {
                self.refuse(value.id, key_mark, path, "a key must be a word", "write `key: value`");
                continue;
            };
            if let Some(first) = seen.insert(name.clone(), key_mark.line) {
                let reason = format!("this key is already set in line {first}");
                self.refuse(value.id, key_mark, &value.path, &reason, "keep one of the two");
            }
            entries.push((Key { name, mark: key_mark }, value));
        }
    }

    fn check_dressing(&mut self, id: usize, mark: Mark, path: &str, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.refuse(id, mark, path, "anchors (`&`) are not allowed", "write the value out at each place");
        }
        if tagged {
            self.refuse(id, mark, path, "tags (`!`) are not allowed", "write the value alone");
        }
    }

    fn refuse(&mut self, id: usize, mark: Mark, path: &str, reason: &str, help: &str) {
        // A file of nothing but faults must not grow a list of them as long as itself.
        if self.faults.len() <= crate::diagnostics::MAX_FAULTS {
            self.faults.push((id, Fault::at(mark, path, reason).help(help)));
        }
    }
}

fn plain(text: &str) -> Content {
    let value = match serde_yaml::from_str(text) {
        Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_))) => value,
        _ => Value::String(text.to_owned()),
    };
    Content::Plain(text.to_owned(), value)
}

fn join(path: &str, key: &str) -> String {
    let key: String = key.chars().take(MAX_KEY_CHARS).collect();
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

fn mark(span: Span) -> Mark {
    let one_line = span.start.line() == span.end.line();
    let length = if one_line { span.end.col().saturating_sub(span.start.col()) } else { 1 };
    Mark::new(span.start.line(), span.start.col() + 1, length.max(1))
}
