//! Where each value of the effective policy came from, and flags that go over the file.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_yaml::Value;

use crate::check::check;
use crate::diagnostics::{Diagnostics, Fault};
use crate::policy::Policy;
use crate::read::read;
use crate::show::flow;
use crate::yaml::{self, Node};

/// A policy and where each of its values came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The policy in force.
    pub policy: Policy,
    /// For each key.
    pub origins: Origins,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Origin {
    /// The embedded default.
    Default,
    /// This line of the file.
    File {
        /// The file's name as it was given.
        file: String,
        /// From 1.
        line: u32,
    },
    /// A flag on the command line.
    Flag {
        /// Such as `--open`.
        flag: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, line } => write!(f, "{file}:{line}"),
            Self::Flag { flag } => f.write_str(flag),
        }
    }
}

/// Where the values of a policy came from, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// Where the value of this key (dotted, as in `pairing.pending.ttl`) came from.
    pub fn of(&self, key: &str) -> &Origin {
        self.0.get(key).unwrap_or(&Origin::Default)
    }

    /// The file that values came from, as it was named, if any did.
    pub fn file(&self) -> Option<&str> {
        self.0.values().find_map(|origin| match origin {
            Origin::File { file, .. } => Some(file.as_str()),
            Origin::Default | Origin::Flag { .. } => None,
        })
    }

    pub(crate) fn of_file(file: &str, root: Option<&Node>) -> Self {
        let place = |key: String| {
            let node = root?.find(&key).filter(|node| !node.is_empty())?;
            Some((key, Origin::File { file: file.to_owned(), line: node.mark.line }))
        };
        Self(leaves(&default_tree()).into_iter().filter_map(|(key, _)| place(key)).collect())
    }
}

impl Loaded {
    /// Sets one key from a flag, over the default and the file, and checks the whole again. `flag` is how the
    /// owner wrote it (`--open`), `key` is dotted (`pairing.require`), and `value` what the file would hold:
    /// a bool, a number, or text such as `20Mbit/s`.
    ///
    /// # Errors
    /// What is wrong with the value, at the flag. The policy is then unchanged.
    pub fn override_with_flag(
        &mut self,
        flag: &str,
        key: &str,
        value: impl Serialize,
    ) -> Result<(), Diagnostics> {
        let fail = |fault| Diagnostics::whole(flag, fault);
        let value = serde_yaml::to_value(value).map_err(|error| fail(Fault::new(key, error.to_string())))?;
        single_fault(key, &value).map_or(Ok(()), |fault| Err(fail(fault)))?;
        let mut tree = tree(&self.policy);
        let is_leaf = leaves(&tree).iter().any(|(leaf, _)| leaf == key);
        let slot =
            slot(&mut tree, key).filter(|_| is_leaf).ok_or_else(|| fail(Fault::new(key, "unknown key")))?;
        *slot = value;
        let policy =
            serde_yaml::from_value(tree).map_err(|error| fail(Fault::new(key, error.to_string())))?;
        if let Some(finding) = check(&policy).into_iter().next() {
            return Err(fail(finding.fault));
        }
        self.policy = policy;
        self.origins.0.insert(key.to_owned(), Origin::Flag { flag: flag.to_owned() });
        Ok(())
    }
}

/// What is wrong with one key's value by itself, in the words in which a file would be told.
fn single_fault(key: &str, value: &Value) -> Option<Fault> {
    let opened = key.replace('.', ": { ");
    let text = format!("{opened}: {}{}", flow(value), " }".repeat(key.matches('.').count()));
    match yaml::read(&text) {
        Ok(document) => read::<Policy>(&document).1.into_iter().next(),
        Err(fault) => Some(*fault),
    }
    .map(|fault| Fault { mark: None, ..fault })
}

/// Every key that holds a value of its own, in the order of the policy's fields, with that value.
pub(crate) fn leaves(tree: &Value) -> Vec<(String, Value)> {
    fn walk(out: &mut Vec<(String, Value)>, path: &str, value: &Value, shape: &Value) {
        match (value, shape) {
            // What is a section in the default policy is one always; any other mapping is a value, such as
            // `{ file: PATH }`.
            (Value::Mapping(entries), Value::Mapping(sections)) => {
                for (key, inner) in entries {
                    let name = key.as_str().unwrap_or_default();
                    let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                    walk(out, &path, inner, sections.get(key).unwrap_or(&Value::Null));
                }
            }
            _ => out.push((path.to_owned(), value.clone())),
        }
    }
    let mut out = Vec::new();
    walk(&mut out, "", tree, &default_tree());
    out
}

/// A policy as the file would hold it, every key written out.
pub(crate) fn tree(policy: &Policy) -> Value {
    serde_yaml::to_value(policy).unwrap_or_default()
}

fn default_tree() -> Value {
    tree(&Policy::default())
}

fn slot<'v>(tree: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    key.split('.').try_fold(tree, |value, name| value.as_mapping_mut()?.get_mut(name))
}
