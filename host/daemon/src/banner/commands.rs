//! The programs as they have to be typed in the shell that the host was started from.

use std::ffi::OsStr;
use std::path::Path;

use crate::cli::dirs;

/// What to type in the place of the host, and of the client, where a script stands before them.
const CALL_HOST: &str = "PUNKTFUNK_CALL_HOST";
const CALL_CLIENT: &str = "PUNKTFUNK_CALL_CLIENT";

/// How the programs are called.
pub(super) struct Commands {
    /// The host.
    pub(super) host: String,
    /// The client.
    pub(super) client: String,
    /// The flag that finds the running host, with a space before it; empty where it is not needed.
    pub(super) runtime_dir: String,
}

impl Commands {
    /// As this process was called; or as whoever called it says, where a script stands before the programs.
    pub(super) fn of_this_process(runtime_dir: &Path) -> Self {
        let called = std::env::args_os().next();
        let told = |name| std::env::var(name).ok();
        Self::new(called.as_deref(), runtime_dir, &dirs::runtime_dir())
            .told(told(CALL_HOST), told(CALL_CLIENT))
    }

    fn told(self, host: Option<String>, client: Option<String>) -> Self {
        Self { host: host.unwrap_or(self.host), client: client.unwrap_or(self.client), ..self }
    }

    fn new(called: Option<&OsStr>, runtime_dir: &Path, usual: &Path) -> Self {
        let runtime_dir = match runtime_dir == usual {
            true => String::new(),
            false => format!(" --runtime-dir {}", quoted(&runtime_dir.to_string_lossy())),
        };
        let called = called.map(Path::new).filter(|path| path.components().count() > 1 && path.exists());
        let beside = called.map(|path| path.with_file_name("punktfunk-client")).filter(|path| path.exists());
        let or_plain = |path: Option<&Path>, plain: &str| {
            path.map_or_else(|| plain.to_owned(), |path| quoted(&path.to_string_lossy()))
        };
        Self {
            host: or_plain(called, "punktfunk-host"),
            client: or_plain(beside.as_deref(), "punktfunk-client"),
            runtime_dir,
        }
    }
}

/// `word` as a shell takes it for one word.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installed_programs_are_called_by_name_and_others_by_path() {
        let usual = Path::new("/run/punktfunk");
        let installed = Commands::new(Some(OsStr::new("punktfunk-host")), usual, usual);
        assert_eq!((&*installed.host, &*installed.client), ("punktfunk-host", "punktfunk-client"));
        assert_eq!(installed.runtime_dir, "");

        let dir = tempfile::tempdir().unwrap();
        let host = dir.path().join("punktfunk-host");
        std::fs::write(&host, "").unwrap();
        let alone = Commands::new(Some(host.as_os_str()), Path::new("/tmp/my run"), usual);
        assert_eq!(alone.host, host.to_str().unwrap());
        assert_eq!(alone.client, "punktfunk-client");
        assert_eq!(alone.runtime_dir, " --runtime-dir '/tmp/my run'");

        let client = dir.path().join("punktfunk-client");
        std::fs::write(&client, "").unwrap();
        let both = Commands::new(Some(host.as_os_str()), usual, usual);
        assert_eq!(both.client, client.to_str().unwrap());
    }

    #[test]
    fn a_script_before_the_programs_is_what_is_typed() {
        let usual = Path::new("/run/punktfunk");
        let commands = || Commands::new(None, usual, usual);
        let both = commands().told(Some("./dev host".to_owned()), Some("./dev client".to_owned()));
        assert_eq!((&*both.host, &*both.client), ("./dev host", "./dev client"));
        let one = commands().told(None, Some("./dev client".to_owned()));
        assert_eq!((&*one.host, &*one.client), ("punktfunk-host", "./dev client"));
    }

    #[test]
    fn a_word_stays_one_word_in_a_shell() {
        for word in ["/tmp/a b", "it's", "$HOME", "`id`", "a;b", ""] {
            let output = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(word))])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
        assert_eq!(quoted("/run/punktfunk"), "/run/punktfunk");
    }
}
