//! Why a policy was refused when the box started.

use std::path::Path;

use super::text;

/// What is read at the most, bytes.
const MOST_BYTES: u64 = 16 * 1024;
/// A report on a policy has a few lines for each fault.
const MOST_LINES: usize = 40;
const MOST_CHARS: usize = 200;

/// A policy that was refused; another one is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedPolicy {
    /// What is wrong with it and where, at most 41 lines of 200 characters; never empty.
    pub text: String,
}

impl RefusedPolicy {
    /// [`TOLD`](Self::TOLD), as two sentences for people.
    pub fn sentences() -> (String, String) {
        let sentence = |text: &str| text[..1].to_uppercase() + &text[1..] + ".";
        let (happened, next) = Self::TOLD.split_once("; ").unwrap_or((Self::TOLD, ""));
        (sentence(happened), sentence(next))
    }

    /// What is wrong and where, a line for each fault and at most `most` of them; of a text that names none, the first lines.
    pub fn faults(&self, most: usize) -> Vec<String> {
        let mut lines = self.text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
        let mut faults = Vec::new();
        while let Some(line) = lines.next() {
            let Some(fault) = line.strip_prefix("error: ") else { continue };
            let place = lines.peek().and_then(|next| next.strip_prefix("--> "));
            faults.push(place.map_or_else(|| fault.to_owned(), |place| format!("{place}: {fault}")));
        }
        if faults.is_empty() {
            let lines = self.text.lines().filter(|line| !line.trim().is_empty());
            return lines.take(most).map(str::to_owned).collect();
        }
        let more = faults.len().saturating_sub(most);
        faults.truncate(most);
        faults.extend((more > 0).then(|| format!("and {more} more")));
        faults
    }

    /// What is the case and what to do, of the form "what happened; what to do next".
    pub const TOLD: &str = "the policy file was refused when the box started, so the last good policy is in force, or else the \
         built-in one, where pairing is required; put the file right (on a flashed box punktfunk.yaml on the drive \
         PUNKTFUNK, which any computer shows), then start the box again";
}

pub(super) fn read(path: &Path) -> Option<RefusedPolicy> {
    let bytes = text::read_some(path, MOST_BYTES)?;
    let text = text::lines(&String::from_utf8_lossy(&bytes), MOST_LINES, MOST_CHARS);
    // whoever leaves the file has refused something, whatever is in it
    let text = if text.is_empty() { "no reason was given".to_owned() } else { text };
    Some(RefusedPolicy { text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn left(bytes: &[u8]) -> RefusedPolicy {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("refused.txt");
        std::fs::write(&path, bytes).unwrap();
        read(&path).unwrap()
    }

    #[test]
    fn without_the_file_nothing_was_refused() {
        assert_eq!(read(Path::new("/nonexistent/refused.txt")), None);
        assert_eq!(read(Path::new("/dev/zero")), None, "nor where something else stands in its place");
    }

    #[test]
    fn the_reason_is_told_as_it_was_left() {
        assert_eq!(left(b"punktfunk.yaml:1:1: unknown key\n").text, "punktfunk.yaml:1:1: unknown key");
        assert_eq!(left(b"\x1b\n").text, "no reason was given");
    }

    #[test]
    fn faults_are_told_with_their_places_and_the_rest_is_counted() {
        let fault =
            |line| format!("error: name: too long\n --> punktfunk.yaml:{line}:7\n  |\n{line} | name: x\n\n");
        let text = "punktfunk.yaml was refused.\n\n".to_owned() + &(2..5).map(fault).collect::<String>();
        let refused = left(text.as_bytes());
        let told = ["punktfunk.yaml:2:7: name: too long", "punktfunk.yaml:3:7: name: too long", "and 1 more"];
        assert_eq!(refused.faults(2), told);
        assert_eq!(refused.faults(3).len(), 3);
        let other = left(b"The partition PUNKTFUNK of the boot disk cannot be read.\n");
        assert_eq!(other.faults(2), ["The partition PUNKTFUNK of the boot disk cannot be read."]);
    }

    proptest! {
        #[test]
        fn whatever_was_left_is_short_and_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..60_000)) {
            let text = left(&bytes).text;
            prop_assert!(!text.is_empty() && text.lines().count() <= MOST_LINES + 1);
            prop_assert!(text.lines().all(|line| line.chars().count() <= MOST_CHARS + 1));
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
