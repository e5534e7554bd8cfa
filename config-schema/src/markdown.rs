//! The YAML in a Markdown text, so that a test can read every block that the documentation shows.

/// A fenced block of YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlBlock {
    /// The line of its opening fence, from 1.
    pub line: usize,
    /// Whether it is marked as an example of what is refused: `yaml wrong`.
    pub wrong: bool,
    /// What stands between the fences.
    pub text: String,
}

/// The blocks fenced by three or more backticks and marked `yaml` or `yaml wrong`, in their order; blocks of
/// other languages are passed over. An indented fence takes its indentation off the block.
pub fn yaml_blocks(markdown: &str) -> Vec<YamlBlock> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some((indent, fence, info)) = opening(line) else { continue };
        let mut text = String::new();
        for (_, line) in lines.by_ref() {
            if line.trim_start().starts_with(fence) && line.trim().chars().all(|c| c == '`') {
                break;
            }
            let blank = line.len() - line.trim_start_matches(' ').len();
            text.push_str(&line[blank.min(indent)..]);
            text.push('\n');
        }
        let words: Vec<&str> = info.split_whitespace().collect();
        if let ["yaml"] | ["yaml", "wrong"] = words[..] {
            blocks.push(YamlBlock { line: number + 1, wrong: words.len() == 2, text });
        }
    }
    blocks
}

/// A fence's indentation, its backticks, and what is written behind them.
fn opening(line: &str) -> Option<(usize, &str, &str)> {
    let fence = line.trim_start_matches(' ');
    let info = fence.trim_start_matches('`');
    let ticks = fence.len() - info.len();
    (ticks >= 3 && !info.contains('`')).then(|| (line.len() - fence.len(), &fence[..ticks], info.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yaml_is_taken_out() {
        let text =
            "a\n```yaml\nname: x\n```\n```console\n$ ls\n```\n  ```yaml wrong\n  a:\n    b: 1\n  ```\n";
        let blocks = yaml_blocks(text);
        assert_eq!(
            blocks,
            [
                YamlBlock { line: 2, wrong: false, text: "name: x\n".into() },
                YamlBlock { line: 8, wrong: true, text: "a:\n  b: 1\n".into() }
            ]
        );
    }

    #[test]
    fn a_longer_fence_may_hold_a_shorter_one() {
        assert_eq!(yaml_blocks("````markdown\n```yaml\nno: policy\n```\n````\n"), []);
        assert_eq!(yaml_blocks("```yaml\nunclosed: 1\n").len(), 1);
    }
}
