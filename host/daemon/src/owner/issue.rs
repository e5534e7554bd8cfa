//! The claim code on the machine's own screen, as text and as a QR code, and why a policy was refused: a file that getty
//! shows above its login prompt (issue(5)).

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use punktfunk_media::Qr;
use punktfunk_trust::replace_private;

use super::claim_code::ClaimCode;

/// The file's name in the runtime directory; `/run/issue.d/punktfunk.issue` is a link to it.
pub const ISSUE_FILE: &str = "claim.issue";

/// Says where a telephone finds the console, once the box has an address.
pub(super) type Where = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// The file, and what it tells.
pub struct Issue {
    path: PathBuf,
    port: u16,
    refused: Option<String>,
    url: Where,
    /// What is in the file.
    shown: Mutex<Option<String>>,
}

impl Issue {
    /// The file in `runtime_dir`, for a console on `port`; `refused` says what is wrong with a policy that was refused.
    pub fn new(runtime_dir: &Path, port: u16, refused: Option<String>, url: Where) -> Self {
        Self { path: runtime_dir.join(ISSUE_FILE), port, refused, url, shown: Mutex::default() }
    }

    /// Shows the code, or none any more, with the address that the box has now. A box whose screen cannot be written to is
    /// claimed with the code in its log.
    pub(super) fn show(&self, code: Option<&ClaimCode>) {
        let text = self.text(code);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() == Some(&text) {
            return;
        }
        let done = match text.is_empty() {
            false => replace_private(&self.path, text.as_bytes()),
            true => match std::fs::remove_file(&self.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        };
        if let Err(error) = done {
            tracing::warn!("what the screen says about claiming this box is out of date: {error}");
        }
        *shown = Some(text);
    }

    fn text(&self, code: Option<&ClaimCode>) -> String {
        let mut text = String::new();
        if let Some(refused) = &self.refused {
            // getty takes a backslash for an order
            text += &format!("The policy file was refused:\n{}\n\n", refused.replace('\\', "/"));
        }
        if let Some(code) = code {
            // getty puts the machine's IPv4 address in the place of \4
            text += &format!(
                "This box has no owner yet. To claim it, open\n  https://\\4:{}\nand enter the code {code}\n\n",
                self.port
            );
            // without the fingerprint: a text console has few lines
            if let Some(qr) = (self.url)().and_then(|url| Qr::of(&format!("{url}/#claim={code}"))) {
                text += &format!("or scan this:\n{}\n", qr.text());
            }
        }
        text
    }
}

impl fmt::Debug for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issue").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_trust::SystemRandomness;

    use super::*;

    #[test]
    fn the_screen_shows_where_to_go_and_the_code_until_the_box_is_claimed() {
        let dir = tempfile::tempdir().unwrap();
        let issue = Issue::new(dir.path(), 47990, None, Box::new(|| None));
        let code = ClaimCode::new(&mut SystemRandomness::default());
        issue.show(None);
        issue.show(Some(&code));
        let text = std::fs::read_to_string(dir.path().join(ISSUE_FILE)).unwrap();
        assert!(text.contains("https://\\4:47990") && text.contains(&code.to_string()), "{text}");
        issue.show(None);
        assert!(!dir.path().join(ISSUE_FILE).exists());
    }

    #[test]
    fn the_square_comes_as_soon_as_the_box_has_an_address() {
        let dir = tempfile::tempdir().unwrap();
        let address = std::sync::Arc::new(Mutex::new(None));
        let now = std::sync::Arc::clone(&address);
        let url = Box::new(move || now.lock().unwrap().clone());
        let issue = Issue::new(dir.path(), 47990, None, url);
        let code = ClaimCode::new(&mut SystemRandomness::default());
        let text = || std::fs::read_to_string(dir.path().join(ISSUE_FILE)).unwrap();
        issue.show(Some(&code));
        assert!(!text().contains('█'));
        *address.lock().unwrap() = Some("https://192.168.178.20:47990".to_owned());
        issue.show(Some(&code));
        assert!(text().contains('█') && text().lines().count() < 30, "{}", text());
        assert!(text().lines().all(|line| line.chars().count() < 80));
    }

    #[test]
    fn why_a_policy_was_refused_stays_on_the_screen_and_gives_getty_no_orders() {
        let dir = tempfile::tempdir().unwrap();
        let refused = Some("punktfunk.yaml:1:1: unknown key \\4".to_owned());
        let issue = Issue::new(dir.path(), 47990, refused, Box::new(|| None));
        issue.show(None);
        let text = std::fs::read_to_string(dir.path().join(ISSUE_FILE)).unwrap();
        assert!(text.contains("unknown key /4") && !text.contains('\\'), "{text}");
    }
}
