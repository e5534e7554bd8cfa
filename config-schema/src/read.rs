//! From the marked tree to values by serde, going on after each fault: a faulty entry is noted, left out,
//! and the tree is read again. Since every key may be left out, each reading gets further.

use std::collections::HashSet;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Expected, Unexpected, Visitor};
use serde_yaml::Value;

use crate::diagnostics::{Fault, MAX_FAULTS, Mark};
use crate::keys;
use crate::suggest::nearest;
use crate::yaml::{Content, Document, Key, Node};

/// Reads a whole document: the value, in which faulty entries have their defaults, and every fault.
pub(crate) fn read<T: DeserializeOwned + Default>(document: &Document) -> (T, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut left_out = HashSet::new();
    for (node, fault) in &document.faults {
        left_out.insert(*node);
        faults.push(fault.clone());
    }
    let Some(root) = document.root.as_ref().filter(|root| !root.is_empty()) else {
        return (T::default(), faults);
    };
    unknown_keys(root, &mut left_out, &mut faults);
    loop {
        let error = match T::deserialize(Reader { node: root, left_out: &left_out }) {
            Ok(value) => return (value, faults),
            Err(error) => error,
        };
        let node = error.node.unwrap_or(root.id);
        let inside = |fault: &Fault| is_inside(&fault.path, &error.path);
        // What is missing from a section or list because it was itself at fault is not told again.
        if !faults.iter().any(inside) {
            faults.push(error.into_fault());
        }
        if !left_out.insert(node) || node == root.id || faults.len() > MAX_FAULTS {
            return (T::default(), faults);
        }
    }
}

/// Whether `path` lies strictly inside the section or list at `outer`.
pub(crate) fn is_inside(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['.', '[']))
        || (outer.is_empty() && !path.is_empty())
}

fn unknown_keys(node: &Node, left_out: &mut HashSet<usize>, faults: &mut Vec<Fault>) {
    match &node.content {
        Content::List(items) => items.iter().for_each(|item| unknown_keys(item, left_out, faults)),
        Content::Section(entries) => {
            let known = keys::names_in(&node.path);
            for (key, value) in entries {
                if known.is_empty() || known.contains(&key.name.as_str()) {
                    unknown_keys(value, left_out, faults);
                } else if left_out.insert(value.id) && faults.len() <= MAX_FAULTS {
                    faults.push(unknown_key(node, key, value, &known));
                }
            }
        }
        Content::Plain(..) | Content::Text(_) => {}
    }
}

fn unknown_key(section: &Node, key: &Key, value: &Node, known: &[&str]) -> Fault {
    let all = known.join(", ");
    let place =
        if section.path.is_empty() { "at the top".to_owned() } else { format!("in `{}`", section.path) };
    let homes = keys::homes_of(&key.name);
    let help = match nearest(&key.name, known.iter().copied()) {
        // The same word elsewhere is a better guess than a like one here.
        _ if !homes.is_empty() => {
            format!("`{}` belongs in {}. Keys {place}: {all}", key.name, keys::one_of(&homes))
        }
        Some(near) => format!("did you mean `{near}`? Keys {place}: {all}"),
        None => format!("keys {place}: {all}"),
    };
    Fault::at(key.mark, &value.path, "unknown key").help(help)
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    node: &'a Node,
    left_out: &'a HashSet<usize>,
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let node = self.node;
        let result = match &node.content {
            Content::Plain(_, Value::Bool(flag)) => visitor.visit_bool(*flag),
            Content::Plain(_, Value::Number(number)) => {
                match (number.as_u64(), number.as_i64(), number.as_f64()) {
                    (Some(n), _, _) => visitor.visit_u64(n),
                    (_, Some(n), _) => visitor.visit_i64(n),
                    (_, _, n) => visitor.visit_f64(n.unwrap_or(f64::NAN)),
                }
            }
            Content::Plain(_, Value::String(text)) | Content::Text(text) => visitor.visit_str(text),
            Content::Plain(..) => visitor.visit_unit(),
            Content::List(items) => visitor.visit_seq(Items { rest: items.iter(), left_out: self.left_out }),
            Content::Section(entries) => {
                visitor.visit_map(Entries { rest: entries.iter(), value: None, left_out: self.left_out })
            }
        };
        result.map_err(|error| error.at(node))
    }

    /// An empty value stands for the default, which for an optional key is none.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.node.content {
            Content::Plain(_, Value::String(word)) | Content::Text(word) => {
                visitor.visit_enum(StrDeserializer::new(word)).map_err(|error: ReadError| error.at(self.node))
            }
            _ => Err(ReadError::new(What::Wrong).at(self.node)),
        }
    }

    /// By its keys only; serde would take a list for a section, too.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.node.content {
            Content::List(_) => Err(ReadError::new(What::Wrong).at(self.node)),
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'a> {
    rest: std::slice::Iter<'a, Node>,
    left_out: &'a HashSet<usize>,
}

impl<'de> de::SeqAccess<'de> for Items<'_> {
    type Error = ReadError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ReadError> {
        let left_out = self.left_out;
        match self.rest.find(|item| !left_out.contains(&item.id)) {
            Some(node) => {
                seed.deserialize(Reader { node, left_out }).map(Some).map_err(|error| error.at(node))
            }
            None => Ok(None),
        }
    }
}

struct Entries<'a> {
    rest: std::slice::Iter<'a, (Key, Node)>,
    value: Option<&'a Node>,
    left_out: &'a HashSet<usize>,
}

impl<'de> de::MapAccess<'de> for Entries<'_> {
    type Error = ReadError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, ReadError> {
        let left_out = self.left_out;
        let Some((key, value)) =
            self.rest.find(|(_, value)| !value.is_empty() && !left_out.contains(&value.id))
        else {
            return Ok(None);
        };
        self.value = Some(value);
        let name = StrDeserializer::<ReadError>::new(&key.name);
        seed.deserialize(name)
            .map(Some)
            .map_err(|_| ReadError { mark: Some(key.mark), ..ReadError::new(What::UnknownKey).at(value) })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ReadError> {
        let node = self.value.take().ok_or_else(|| ReadError::new(What::Wrong))?;
        seed.deserialize(Reader { node, left_out: self.left_out }).map_err(|error| error.at(node))
    }
}

/// What serde found, and at which node.
#[derive(Debug)]
struct ReadError {
    node: Option<usize>,
    path: String,
    mark: Option<Mark>,
    found: String,
    hint: Option<String>,
    what: What,
}

#[derive(Debug)]
enum What {
    UnknownKey,
    Missing(&'static str),
    Wrong,
    Because(String),
}

impl ReadError {
    fn new(what: What) -> Self {
        Self { node: None, path: String::new(), mark: None, found: String::new(), hint: None, what }
    }

    /// The innermost node is the one that is meant.
    fn at(self, node: &Node) -> Self {
        if self.node.is_some() {
            return self;
        }
        let mark = self.mark.or(Some(node.mark));
        Self {
            node: Some(node.id),
            path: node.path.clone(),
            mark,
            found: found(node),
            hint: hint(node),
            ..self
        }
    }

    fn into_fault(self) -> Fault {
        let allowed = keys::allowed(&self.path);
        let (reason, help) = match self.what {
            What::Missing(key) => {
                let allowed = keys::allowed(&format!("{}.{key}", self.path));
                (format!("`{key}` is missing"), Some(format!("add `{key}:` and {allowed}")))
            }
            What::UnknownKey => ("unknown key".to_owned(), Some(format!("allowed: {allowed}"))),
            What::Wrong => (format!("must be {allowed}, found {}", self.found), self.hint),
            What::Because(why) => (why, Some(format!("allowed: {allowed}"))),
        };
        Fault { mark: self.mark, help, ..Fault::new(self.path, reason) }
    }
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self::new(What::Because(clipped(&why.to_string())))
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new(What::Wrong)
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::new(What::Wrong)
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::new(What::Wrong)
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::new(What::Wrong)
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(What::Missing(key))
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.path, self.what)
    }
}

impl std::error::Error for ReadError {}

/// How a message names what stands in the file.
fn found(node: &Node) -> String {
    match &node.content {
        Content::List(_) => "a list".to_owned(),
        Content::Section(_) => "a section".to_owned(),
        Content::Text(text) => format!("the text \"{}\"", clipped(text)),
        Content::Plain(text, _) => format!("`{}`", clipped(text)),
    }
}

/// The likely slip behind a value of the wrong kind.
fn hint(node: &Node) -> Option<String> {
    let schema = keys::schema_of(&node.path)?;
    let says = |key: &str, word: &str| schema.get(key).and_then(|value| value.as_str()) == Some(word);
    let (text, is_text) = match &node.content {
        Content::Text(text) | Content::Plain(text, Value::String(_)) => (text.as_str(), true),
        Content::Plain(text, _) => (text.as_str(), false),
        Content::Section(_) | Content::List(_) => ("", false),
    };
    if keys::takes_file(schema) && (text == "file" || text.is_empty()) {
        return Some("name the file: `{ file: /srv/video/demo.mkv }`".to_owned());
    }
    let is_list_of_words = says("type", "array") && !keys::words(&schema["items"]).is_empty();
    match text.to_lowercase().as_str() {
        "" => None,
        "yes" | "on" | "y" | "enable" | "enabled" if says("type", "boolean") => {
            Some("write `true`".to_owned())
        }
        "no" | "off" | "n" | "disable" | "disabled" if says("type", "boolean") => {
            Some("write `false`".to_owned())
        }
        "true" | "false" if says("type", "boolean") && is_text => Some("leave out the quotes".to_owned()),
        number if says("type", "integer") && is_text && number.parse::<u64>().is_ok() => {
            Some("leave out the quotes".to_owned())
        }
        _ if says("type", "string") && !is_text => Some(format!("put it in quotes: `\"{}\"`", clipped(text))),
        _ if is_list_of_words => Some(format!("write it as a list: `[{}]`", clipped(text))),
        _ => nearest(text, keys::words(schema)).map(|near| format!("did you mean `{near}`?")),
    }
}

/// What is taken from the file into a message stays short.
fn clipped(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
