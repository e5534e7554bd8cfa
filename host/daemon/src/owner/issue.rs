//! The claim code on the machine's own screen: a file that getty shows above its login prompt (issue(5)).

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
}

impl Issue {
    /// The file in `runtime_dir`, for a console on `port`.
    pub fn new(runtime_dir: &Path, port: u16) -> Self {
        Self { path: runtime_dir.join(ISSUE_FILE), port }
    }

    /// Shows the code, or nothing any more. A box whose screen cannot be written to is claimed with the code in its log.
    pub(super) fn show(&self, code: Option<&ClaimCode>) {
        let done = match code {
            Some(code) => replace_private(&self.path, self.text(code).as_bytes()),
            None => match std::fs::remove_file(&self.path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        };
        if let Err(error) = done {
            tracing::warn!("what the screen says about claiming this box is out of date: {error}");
        }
    }

    fn text(&self, code: &ClaimCode) -> String {
        // getty puts the machine's IPv4 address in the place of \4
        format!(
            "This box has no owner yet. To claim it, open\n  https://\\4:{}\nand enter the code {code}\n\n",
            self.port
        )
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_trust::SystemRandomness;

    use super::*;

    #[test]
    fn the_screen_shows_where_to_go_and_the_code_until_the_box_is_claimed() {
        let dir = tempfile::tempdir().unwrap();
        let issue = Issue::new(dir.path(), 47990);
        let code = ClaimCode::new(&mut SystemRandomness::default());
        issue.show(None);
        issue.show(Some(&code));
        let text = std::fs::read_to_string(dir.path().join(ISSUE_FILE)).unwrap();
        assert!(text.contains("https://\\4:47990") && text.contains(&code.to_string()), "{text}");
        issue.show(None);
        assert!(!dir.path().join(ISSUE_FILE).exists());
    }
}
