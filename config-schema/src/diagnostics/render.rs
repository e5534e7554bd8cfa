use std::fmt::Write;

use super::{Diagnostics, Fault, Mark};

/// A longer line of the file is shown around the place that is meant.
const WINDOW: usize = 96;

const RED: &str = "\x1b[1;31m";
const BLUE: &str = "\x1b[1;34m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

pub(super) fn report(diagnostics: &Diagnostics, colour: bool) -> String {
    let paint = |code: &'static str| if colour { code } else { "" };
    let mut out = String::new();
    for fault in &diagnostics.faults {
        let path = if fault.path.is_empty() { String::new() } else { printable(&fault.path) + ": " };
        let _ = writeln!(
            out,
            "{}error{}: {}{path}{}{}",
            paint(RED),
            paint(PLAIN),
            paint(BOLD),
            printable(&fault.reason),
            paint(PLAIN)
        );
        place(&mut out, diagnostics, fault, paint);
        out.push('\n');
    }
    let _ = match (diagnostics.faults.len(), diagnostics.more) {
        (1, _) => writeln!(out, "{}: 1 fault", printable(&diagnostics.file)),
        (n, false) => writeln!(out, "{}: {n} faults", printable(&diagnostics.file)),
        (n, true) => {
            writeln!(out, "{}: more than {n} faults, the first {n} shown", printable(&diagnostics.file))
        }
    };
    out
}

fn place(
    out: &mut String,
    diagnostics: &Diagnostics,
    fault: &Fault,
    paint: impl Fn(&'static str) -> &'static str,
) {
    let (bar, plain) = (paint(BLUE), paint(PLAIN));
    let file = printable(&diagnostics.file);
    let Some(mark) = fault.mark else {
        let _ = writeln!(out, " {bar}-->{plain} {file}");
        if let Some(help) = &fault.help {
            let _ = writeln!(out, "  {bar}={plain} {}", printable(help));
        }
        return;
    };
    let number = mark.line.to_string();
    let margin = " ".repeat(number.len());
    let (line, indent, carets) = window(&fault.text, mark);
    let _ = writeln!(out, "{margin}{bar}-->{plain} {file}:{}:{}", mark.line, mark.column);
    let _ = writeln!(out, "{margin} {bar}|{plain}");
    let _ = writeln!(out, "{bar}{number} |{plain} {line}");
    let _ = writeln!(
        out,
        "{margin} {bar}|{plain} {}{}{}{plain}",
        " ".repeat(indent),
        paint(RED),
        "^".repeat(carets)
    );
    if let Some(help) = &fault.help {
        let _ = writeln!(out, "{margin} {bar}={plain} {}", printable(help));
    }
}

/// The part of the line to show, how far in the place stands there, and how long it is.
fn window(text: &str, mark: Mark) -> (String, usize, usize) {
    let chars: Vec<char> = text.chars().map(visible).collect();
    let at = (mark.column as usize - 1).min(chars.len());
    let end = (at + mark.length as usize).min(chars.len()).max(at + 1);
    if chars.len() <= WINDOW {
        return (chars.into_iter().collect(), at, end - at);
    }
    let start = at.saturating_sub(WINDOW / 3);
    let stop = (start + WINDOW).min(chars.len());
    let (before, after) = (if start > 0 { "…" } else { "" }, if stop < chars.len() { "…" } else { "" });
    let shown: String = chars[start..stop].iter().collect();
    let carets = (end.min(stop.max(at + 1)) - at).max(1);
    (format!("{before}{shown}{after}"), at - start + before.chars().count(), carets)
}

/// What a file holds may not steer the terminal it is shown on: one visible character for each.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() || crate::values::is_invisible(c) => '\u{FFFD}',
        c => c,
    }
}

pub(super) fn printable(text: &str) -> String {
    text.chars().map(visible).collect()
}
