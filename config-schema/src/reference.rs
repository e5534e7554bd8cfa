//! The page of the book that lists every key.

use std::fmt::Write;

use serde_json::Value;

use crate::keys;
use crate::origins::{leaves, tree};
use crate::policy::Policy;
use crate::show::flow;

const HEAD: &str = "\
# The policy

Everything that a box may do stands in one YAML file, `/etc/punktfunk/punktfunk.yaml`. Every key may be left out and
then has its default, so a whole policy can be this:

```yaml
schema: 1
name: Living Room
```

`punktfunk-host config check FILE` says everything that is wrong with a file at once, each fault with its line;
`config show` prints what is in force and where each value came from; `config schema` prints the JSON Schema, with
which editors complete and check while you type.

Amounts are written with their units: durations as `2s`, `10m` or `1h30m` (`ms`, `s`, `m`, `h`, `d`), bitrates as
`500kbit/s`, `20Mbit/s` or `1Gbit/s`, shares as `10%`. A key or section without anything in it keeps its default.
Unknown keys, keys given twice, and values that contradict each other are refused, never passed over:

```yaml wrong
pairing:
  requires: true    # did you mean `require`?
encode:
  bitrate: { default: 20, max: 10Mbit/s }
```

<!-- Made from the policy's types. To make it anew: UPDATE=1 cargo test -p punktfunk-config -->
";

/// A Markdown page with every key: its default, what it allows, and what it does. It is checked in as
/// `docs/policy.md`.
pub fn reference_markdown() -> String {
    let defaults = leaves(&tree(&Policy::default()));
    let home = |key: &str| key.rsplit_once('.').map_or(String::new(), |(home, _)| home.to_owned());
    let mut sections: Vec<String> = Vec::new();
    for (key, _) in &defaults {
        let section = home(key);
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    let mut out = HEAD.to_owned();
    for section in sections {
        heading(&mut out, &section);
        for (key, default) in defaults.iter().filter(|(key, _)| home(key) == section) {
            row(&mut out, key, &flow(default));
        }
        if section.is_empty() {
            item_rows(&mut out);
        }
    }
    out
}

fn heading(out: &mut String, section: &str) {
    let (title, text) = match section {
        "" => ("At the top".to_owned(), "What is not in a section.".to_owned()),
        section => (format!("`{section}`"), description_of(section)),
    };
    let _ = write!(
        out,
        "\n## {title}\n\n{text}\n\n| key | default | allowed | what it does |\n|---|---|---|---|\n"
    );
}

fn row(out: &mut String, key: &str, default: &str) {
    let name = key.rsplit('.').next().unwrap_or(key);
    let default = if default == "null" { "none".to_owned() } else { format!("`{default}`") };
    let _ = writeln!(
        out,
        "| `{name}` | {default} | {} | {} |",
        cell(&keys::allowed(key)),
        cell(&description_of(key))
    );
}

/// The keys of what is listed at the top.
fn item_rows(out: &mut String) {
    const REQUIRED: &str = "required";
    let items = [
        ("devices[].name", REQUIRED),
        ("devices[].fingerprint", REQUIRED),
        ("apps[].name", REQUIRED),
        ("apps[].command", REQUIRED),
        ("apps[].art", "none"),
    ];
    for (key, default) in items {
        let (allowed, text) = (cell(&keys::allowed(key)), cell(&description_of(key)));
        let _ = writeln!(out, "| `{key}` | {default} | {allowed} | {text} |");
    }
}

/// What the key or section at `path` (dotted, as in `pairing.pending.ttl`) is for; empty for one that is not there.
pub fn description_of(path: &str) -> String {
    let text = keys::schema_of(path).and_then(|schema| schema.get("description")).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
