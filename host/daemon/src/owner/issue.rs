//! The claim code on the machine's own screen, and why a policy was refused: a file that getty shows above its login prompt
//! (issue(5)).

use std::path::{Path, PathBuf};

use punktfunk_trust::replace_private;

use super::claim_code::ClaimCode;

/// The file's name in the runtime directory; `/run/issue.d/punktfunk.issue` is a link to it.
pub const ISSUE_FILE: &str = "claim.issue";

/// The file, and what it tells.
#[derive(Debug, Clone)]
pub struct Issue {
    path: PathBuf,
    port: u16,
    refused: Option<String>,
}

impl Issue {
    /// The file in `runtime_dir`, for a console on `port`; `refused` says what is wrong with a policy that was refused.
    pub fn new(runtime_dir: &Path, port: u16, refused: Option<String>) -> Self {
        Self { path: runtime_dir.join(ISSUE_FILE), port, refused }
    }

    /// Shows the code, or none any more. A box whose screen cannot be written to is claimed with the code in its log.
    pub(super) fn show(&self, code: Option<&ClaimCode>) {
        let text = self.text(code);
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
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_trust::SystemRandomness;

    use super::*;

    #[test]
    fn the_screen_shows_where_to_go_and_the_code_until_the_box_is_claimed() {
        let dir = tempfile::tempdir().unwrap();
        let issue = Issue::new(dir.path(), 47990, None);
        let code = ClaimCode::new(&mut SystemRandomness::default());
        issue.show(None);
        issue.show(Some(&code));
        let text = std::fs::read_to_string(dir.path().join(ISSUE_FILE)).unwrap();
        assert!(text.contains("https://\\4:47990") && text.contains(&code.to_string()), "{text}");
        issue.show(None);
        assert!(!dir.path().join(ISSUE_FILE).exists());
    }

    #[test]
    fn why_a_policy_was_refused_stays_on_the_screen_and_gives_getty_no_orders() {
        let dir = tempfile::tempdir().unwrap();
        let issue = Issue::new(dir.path(), 47990, Some("punktfunk.yaml:1:1: unknown key \\4".to_owned()));
        issue.show(None);
        let text = std::fs::read_to_string(dir.path().join(ISSUE_FILE)).unwrap();
        assert!(text.contains("unknown key /4") && !text.contains('\\'), "{text}");
    }
}
