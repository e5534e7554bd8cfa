//! What a device is *called*. Names come from strangers and are shown in terminals, browsers and on the TV.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::DeviceId;

/// The longest name that is kept, in bytes of UTF-8. A policy may allow less, never more.
pub const MAX_NAME_BYTES: usize = 64;

/// How much of a hostile name is looked at at all: far beyond what can survive, and little work.
const MAX_INPUT_CHARS: usize = 2048;

/// More marks than this on one letter is a tower that paints over its neighbours.
const MAX_MARKS: usize = 3;

/// A device's name, fit to be shown anywhere.
///
/// Only sanitising makes one: no control characters, no ANSI escape sequences, nothing invisible, nothing that changes
/// writing direction, no private-use or unassigned characters; NFC; single spaces; never empty; at most
/// [`MAX_NAME_BYTES`]. It is still a stranger's *claim*: trust hangs on the [`DeviceId`] alone, and HTML must escape it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct DeviceName(String);

impl DeviceName {
    /// The showable rest of `raw`, cut to `max_bytes` (at most [`MAX_NAME_BYTES`]) on a character boundary; `None` when
    /// nothing showable is left.
    #[must_use]
    pub fn sanitise(raw: &str, max_bytes: usize) -> Option<Self> {
        let max_bytes = max_bytes.min(MAX_NAME_BYTES);
        let visible = without_escapes(raw.chars().take(MAX_INPUT_CHARS));
        let mut name = tidy(&visible, max_bytes);
        // Dropping a mark can let its neighbours compose, so go on until nothing changes; each round only shrinks.
        while !name.is_ascii() {
            let again = tidy(&name, max_bytes);
            if again == name {
                break;
            }
            name = again;
        }
        (!name.is_empty()).then_some(Self(name))
    }

    /// [`sanitise`](Self::sanitise), or the [label](Self::label_for) of `id` when nothing showable is left.
    #[must_use]
    pub fn sanitise_or_label(raw: &str, max_bytes: usize, id: &DeviceId) -> Self {
        Self::sanitise(raw, max_bytes).unwrap_or_else(|| Self::label_for(id))
    }

    /// A name for a device that gave none, such as `Device 9F2C-41AB`.
    ///
    /// Eight digits tell two nameless devices apart on a list; they are no identity.
    #[must_use]
    pub fn label_for(id: &DeviceId) -> Self {
        let [a, b, c, d, ..] = id.as_bytes();
        Self(format!("Device {a:02X}{b:02X}-{c:02X}{d:02X}"))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for DeviceName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Reading sanitises too: a file edited by hand is no way around it.
impl<'de> Deserialize<'de> for DeviceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        Self::sanitise(&raw, MAX_NAME_BYTES)
            .ok_or_else(|| serde::de::Error::custom("a device name without a single showable character"))
    }
}

/// Filters, composes, collapses white space and cuts.
fn tidy(text: &str, max_bytes: usize) -> String {
    let showable = text.chars().filter(|c| is_showable(*c));
    // Most names are ASCII, which composes to itself; a flood of knocks should cost little.
    if text.is_ascii() { collapse(showable, max_bytes) } else { collapse(showable.nfc(), max_bytes) }
}

fn collapse(characters: impl Iterator<Item = char>, max_bytes: usize) -> String {
    let mut name = String::with_capacity(max_bytes);
    let mut gap = false;
    let mut marks = MAX_MARKS; // so that a name cannot begin with a mark
    for c in characters {
        if c.is_whitespace() {
            gap = !name.is_empty();
            marks = MAX_MARKS;
            continue;
        }
        if !c.is_ascii() && is_combining_mark(c) {
            if marks == MAX_MARKS {
                continue;
            }
            marks += 1;
        } else {
            marks = 0;
        }
        if name.len() + usize::from(gap) + c.len_utf8() > max_bytes {
            break;
        }
        if std::mem::take(&mut gap) {
            name.push(' ');
        }
        name.push(c);
    }
    name
}

fn is_showable(c: char) -> bool {
    use GeneralCategory as G;
    if c.is_ascii() {
        return !c.is_ascii_control() || matches!(c, '\t' | '\n' | '\r');
    }
    match c.general_category() {
        // Format holds the bidirectional controls, zero-width characters, tags and soft hyphens; Unassigned holds the
        // non-characters and whatever a later Unicode may make of the rest.
        G::Control | G::Format | G::Surrogate | G::PrivateUse | G::Unassigned => false,
        _ => !is_blank_in_disguise(c),
    }
}

/// Characters of ordinary categories that show nothing (Default_Ignorable_Code_Point), or stand for something missing.
fn is_blank_in_disguise(c: char) -> bool {
    matches!(c,
        '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fffc}' | '\u{fffd}' | '\u{e0100}'..='\u{e01ef}')
}

/// Removes terminal escape sequences whole, so that no `[31m` stays behind. An unfinished one takes the rest with it, as
/// it would in a terminal.
fn without_escapes(text: impl Iterator<Item = char>) -> String {
    let mut rest = text.peekable();
    let mut kept = String::new();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => match rest.next_if(|_| true) {
                Some('[') => skip_control_sequence(&mut rest),
                Some(']' | 'P' | 'X' | '^' | '_') => skip_string(&mut rest),
                // Two- and three-character escapes: intermediates, then one final.
                Some(' '..='/') => {
                    while rest.next_if(|c| matches!(c, ' '..='/')).is_some() {}
                    rest.next();
                }
                _ => {}
            },
            '\u{9b}' => skip_control_sequence(&mut rest),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut rest),
            _ => kept.push(c),
        }
    }
    kept
}

/// CSI: parameters and intermediates, then one final character. Anything else breaks the sequence off and stays.
fn skip_control_sequence(rest: &mut std::iter::Peekable<impl Iterator<Item = char>>) {
    while rest.next_if(|c| matches!(c, ' '..='?')).is_some() {}
    rest.next_if(|c| matches!(c, '@'..='~'));
}

/// OSC, DCS, SOS, PM, APC: everything up to BEL or the string terminator.
fn skip_string(rest: &mut std::iter::Peekable<impl Iterator<Item = char>>) {
    while let Some(c) = rest.next() {
        match c {
            '\u{07}' | '\u{9c}' => return,
            '\u{1b}' => {
                rest.next_if(|c| *c == '\\');
                return;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
