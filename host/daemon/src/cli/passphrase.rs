//! A passphrase from a file or from whoever sits at the terminal.

use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::Args;

/// The longest that is read, bytes.
const MOST_BYTES: u64 = 1024;

/// Where the passphrase comes from.
#[derive(Debug, Clone, Args)]
pub(super) struct PassphraseArgs {
    /// Take the passphrase from the first line of this file, or of standard input (-), instead of asking for it
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    /// The passphrase; a new one is asked for twice.
    ///
    /// # Errors
    /// Nobody said it.
    pub(super) fn read(&self, new: bool) -> io::Result<String> {
        match &self.passphrase_file {
            Some(path) if path.as_os_str() == "-" => first_line(io::stdin().lock()),
            Some(path) => first_line(File::open(path)?),
            None if io::stdin().is_terminal() => ask(new),
            None => Err(io::Error::other("standard input is no terminal; give --passphrase-file")),
        }
    }
}

fn first_line(from: impl Read) -> io::Result<String> {
    let mut line = String::new();
    io::BufReader::new(from.take(MOST_BYTES)).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn ask(new: bool) -> io::Result<String> {
    let passphrase = unseen("Passphrase: ")?;
    if new && unseen("The same again: ")? != passphrase {
        return Err(io::Error::other("they are not the same; try again"));
    }
    Ok(passphrase)
}

/// Asks without showing what is typed.
fn unseen(question: &str) -> io::Result<String> {
    say(question)?;
    let shown = |on: bool| {
        let flag = if on { "echo" } else { "-echo" };
        Command::new("stty").arg(flag).stdin(Stdio::inherit()).status()
    };
    if !shown(false)?.success() {
        return Err(io::Error::other("the terminal would show what is typed; give --passphrase-file"));
    }
    let line = first_line(io::stdin().lock());
    // it was taken away a moment ago
    let _ = shown(true);
    say("\n")?;
    line
}

fn say(text: &str) -> io::Result<()> {
    let mut terminal = io::stderr();
    terminal.write_all(text.as_bytes())?;
    terminal.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line_without_its_end() {
        assert_eq!(first_line(&b"four unrelated words\r\nmore"[..]).unwrap(), "four unrelated words");
        assert_eq!(first_line(&b" spaces count "[..]).unwrap(), " spaces count ");
        assert_eq!(first_line(&[b'x'; 5000][..]).unwrap().len(), MOST_BYTES as usize);
    }
}
