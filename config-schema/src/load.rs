//! From a file's bytes to a policy.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_yaml::Value;

use crate::check::{Finding, check};
use crate::diagnostics::{Diagnostics, Fault, Mark};
use crate::origins::{Loaded, Origins};
use crate::policy::{Policy, SCHEMA_VERSION};
use crate::read::{is_inside, read};
use crate::yaml::{self, Content, Node};

/// The largest policy file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 256 * 1024;

/// Brackets inside brackets before a text is no longer taken for a policy.
const MAX_BRACKETS: usize = 64;

/// Reads the policy in a file.
///
/// # Errors
/// Every fault of the file; or the one that it cannot be opened or is larger than [`MAX_FILE_BYTES`].
pub fn load(path: impl AsRef<Path>) -> Result<Loaded, Diagnostics> {
    let path = path.as_ref();
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that is too large, without reading all of it.
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| Diagnostics::whole(&name, unreadable(path, &error)))?;
    parse_bytes(&bytes, &name)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    use std::io::ErrorKind::{IsADirectory, NotFound, PermissionDenied};
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let help = match error.kind() {
        NotFound => format!("is the name right? `ls {}` shows what is there", folder.display()),
        PermissionDenied => "try again with sudo, or as a user who may read it".to_owned(),
        IsADirectory => "name the file in that folder".to_owned(),
        _ => "check the disk, then try again".to_owned(),
    };
    Fault::new("", format!("cannot read the file: {error}")).help(help)
}

/// Reads a policy from a file's bytes; `file_name` is what messages call it.
///
/// # Errors
/// Every fault of the text.
pub fn parse_bytes(bytes: &[u8], file_name: &str) -> Result<Loaded, Diagnostics> {
    if bytes.len() > MAX_FILE_BYTES {
        let fault = Fault::new("", format!("the file is larger than {} KiB", MAX_FILE_BYTES / 1024));
        return Err(Diagnostics::whole(
            file_name,
            fault.help("a policy is a few hundred lines at most: is this the right file?"),
        ));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text, file_name),
        Err(error) => Err(Diagnostics::whole(file_name, not_utf8(bytes, error.valid_up_to()))),
    }
}

/// Reads a policy from text; `file_name` is what messages call it. A text without any value is the default
/// policy.
///
/// # Errors
/// Every fault of the text.
pub fn parse(text: &str, file_name: &str) -> Result<Loaded, Diagnostics> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let fail = |faults| Diagnostics::new(file_name, text, faults);
    let one = |fault: Fault| fail(vec![fault]);
    if text.len() > MAX_FILE_BYTES {
        return parse_bytes(text.as_bytes(), file_name);
    }
    is_yaml(text).map_err(|fault| one(within(text, fault)))?;
    let document = yaml::read(text).map_err(|fault| one(within(text, *fault)))?;
    if let Some(fault) = document.root.as_ref().and_then(foreign_version) {
        return Err(one(fault));
    }
    let (policy, mut faults) = read::<Policy>(&document);
    contradictions(&policy, document.root.as_ref(), &mut faults);
    if !faults.is_empty() {
        return Err(fail(faults));
    }
    // The values are serde_yaml's. The marked tree is another parser's reading of the same text, and a text
    // that the two read differently is not to be trusted.
    match values(text) {
        Ok(value) if value == policy => {
            Ok(Loaded { policy, origins: Origins::of_file(file_name, document.root.as_ref()) })
        }
        Ok(_) => {
            Err(one(Fault::new("", "this text can be read in two ways").help("write it in a plainer way")))
        }
        Err(error) => Err(one(not_yaml(&error))),
    }
}

fn values(text: &str) -> Result<Policy, serde_yaml::Error> {
    match without_empty(serde_yaml::from_str(text)?) {
        Value::Null => Ok(Policy::default()),
        value => serde_yaml::from_value(value),
    }
}

/// A key without a value keeps its default.
fn without_empty(value: Value) -> Value {
    match value {
        Value::Mapping(entries) => Value::Mapping(
            entries.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_empty(v))).collect(),
        ),
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(without_empty).collect()),
        other => other,
    }
}

/// Adds what is out of range or contradictory, unless one of the keys in it is already at fault.
fn contradictions(policy: &Policy, root: Option<&Node>, faults: &mut Vec<Fault>) {
    for Finding { keys, mut fault } in check(policy) {
        if keys.iter().any(|key| faults.iter().any(|fault| touches(&fault.path, key))) {
            continue;
        }
        let place = |key: &str| root.and_then(|root| root.find(key)).map(|node| node.mark);
        if let Some((key, mark)) = keys.iter().find_map(|key| Some((key, place(key)?))) {
            fault.path.clone_from(key);
            fault.mark = Some(mark);
        }
        if let Some(unset) = keys.iter().find(|key| place(key).is_none() && !is_inside(key, &fault.path)) {
            fault.help =
                fault.help.map(|help| format!("{help} ({unset} is not set here and has its default)"));
        }
        faults.push(fault);
    }
}

/// Whether a fault at one path makes findings about the other worthless: one lies in the other, or both are
/// in a list from which faulty entries were left out, so that its numbering moved.
fn touches(fault: &str, key: &str) -> bool {
    let list = |path: &str| path.find('[').map(|end| path[..end].to_owned());
    fault == key
        || is_inside(fault, key)
        || is_inside(key, fault)
        || (list(fault).is_some() && list(fault) == list(key))
}

/// Another version's keys mean other things: the only fault to tell is the version.
fn foreign_version(root: &Node) -> Option<Fault> {
    let node = root.find("schema")?;
    let Content::Plain(_, Value::Number(number)) = &node.content else { return None };
    let version = number.as_u64().filter(|version| *version != u64::from(SCHEMA_VERSION))?;
    let help = if version > u64::from(SCHEMA_VERSION) {
        format!("update the host, or write the file for version {SCHEMA_VERSION}")
    } else {
        format!("write `schema: {SCHEMA_VERSION}`")
    };
    let reason =
        format!("this file is for version {version} of the policy; this host reads version {SCHEMA_VERSION}");
    Some(Fault::at(node.mark, "schema", reason).help(help))
}

/// Whether `serde_yaml`'s parser takes the text at all; it goes first, being the one hardened for longest.
fn is_yaml(text: &str) -> Result<(), Fault> {
    if let Some(mark) = deep_brackets(text) {
        return Err(Fault::at(mark, "", "too many brackets inside each other"));
    }
    serde_yaml::from_str::<serde::de::IgnoredAny>(text).map(drop).or_else(|error| {
        // Structure only: what else serde_yaml minds (a second document, an unknown alias) the marked reading
        // tells better.
        match (error.location(), tab_indent(text)) {
            (None, _) => Ok(()),
            (Some(_), Some(tab)) => Err(Fault::at(tab, "", "a tab at the start of a line")
                .help("indent with spaces, two for each level")),
            (Some(_), None) => Err(not_yaml(&error)),
        }
    })
}

fn not_yaml(error: &serde_yaml::Error) -> Fault {
    let text = error.to_string();
    for (context, reason, help) in [
        ("while scanning a quoted scalar", "this quoted text does not end", "close it with the same quote"),
        ("while scanning a simple key", "a key without its colon", "write `key: value`"),
    ] {
        if let Some(start) = text.split_once(context).and_then(|(_, at)| place_in(at)) {
            return Fault::at(start, "", reason).help(help);
        }
    }
    let reason = text.split(" at line ").next().unwrap_or_default();
    let mark = error.location().map(|place| Mark::new(place.line(), place.column(), 1));
    let fault = Fault { mark, ..Fault::new("", format!("this is not YAML: {reason}")) };
    fault.help("here or just before: is a colon, quote or bracket missing, or the indentation uneven?")
}

/// A fault that a reader has noticed behind the end of the text is shown behind the last line that says anything.
fn within(text: &str, fault: Fault) -> Fault {
    let last = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).last();
    let (Some(mark), Some((index, line))) = (fault.mark, last) else { return fault };
    let end = Mark::new(index + 1, line.trim_end().chars().count() + 1, 1);
    Fault { mark: Some(mark.min(end)), ..fault }
}

/// The place in ` at line 2 column 7`.
fn place_in(text: &str) -> Option<Mark> {
    let mut words = text.split_whitespace();
    let mut after =
        |word: &str| words.by_ref().skip_while(|w| *w != word).nth(1)?.trim_matches(',').parse().ok();
    Some(Mark::new(after("line")?, after("column")?, 1))
}

/// Parsers take time with the square of the depth of brackets: refused before they see it.
fn deep_brackets(text: &str) -> Option<Mark> {
    let mut depth = 0usize;
    for (number, line) in text.lines().enumerate() {
        for (column, c) in line.chars().enumerate() {
            match c {
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MAX_BRACKETS {
                return Some(Mark::new(number + 1, column + 1, 1));
            }
        }
    }
    None
}

fn tab_indent(text: &str) -> Option<Mark> {
    let indented = |line: &str| {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let blank = line[indent..].is_empty() || line[indent..].starts_with('#');
        line[..indent].find('\t').filter(|_| !blank)
    };
    text.lines().enumerate().find_map(|(number, line)| Some(Mark::new(number + 1, indented(line)? + 1, 1)))
}

fn not_utf8(bytes: &[u8], valid: usize) -> Fault {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Fault::new("", "the file is UTF-16 text").help("save it again as UTF-8");
    }
    let before = &bytes[..valid];
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    Fault::new("", format!("line {line} holds bytes that are not UTF-8 text"))
        .help("save the file again as UTF-8")
}
