//! The second copy: a file that is replaced whole.
//!
//! Two lines of JSON. The first describes the second: format, generation, number of devices, SHA-256 of its bytes.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::state::{FORMAT, Fault, State, parse, sha256_hex};
use super::{LastGood, StoreError};
use crate::files::{Prepared, read_limited};

/// Room for a full list with the longest names, several times over.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The list that was last confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Witness {
    pub(crate) generation: u64,
    pub(crate) state: State,
}

#[derive(Serialize, Deserialize)]
struct Header {
    punktfunk_allow_list: u64,
    generation: u64,
    devices: usize,
    sha256: String,
}

pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("allow-list.json")
}

/// `Ok(Ok(None))` when there is none; the inner error is a file that is there and not good.
pub(crate) fn load(dir: &Path) -> Result<Result<Option<Witness>, Fault>, StoreError> {
    let path = path(dir);
    match read_limited(&path, MAX_BYTES) {
        Ok(None) => Ok(Ok(None)),
        Ok(Some(bytes)) => Ok(decode(&bytes).map(Some)),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Ok(Err(Fault::Broken(error.to_string())))
        }
        Err(error) => Err(StoreError::unreadable(&path, error)),
    }
}

/// Writes the witness of `state` beside its place; it counts once it has taken it.
pub(crate) fn prepare(dir: &Path, generation: u64, state: &State) -> Result<Prepared, StoreError> {
    let path = path(dir);
    Prepared::write(&path, &encode(generation, state)).map_err(|error| StoreError::unsaved(&path, error))
}

impl Witness {
    pub(crate) fn as_last_good(&self, dir: &Path) -> LastGood {
        LastGood { path: path(dir), generation: self.generation, devices: self.state.devices.len() }
    }
}

fn encode(generation: u64, state: &State) -> Vec<u8> {
    let document = state.to_document();
    let header = Header {
        punktfunk_allow_list: FORMAT.into(),
        generation,
        devices: state.devices.len(),
        sha256: sha256_hex(&document),
    };
    let mut bytes = serde_json::to_vec(&header).expect("numbers and text have a JSON form");
    bytes.push(b'\n');
    bytes.extend_from_slice(&document);
    bytes.push(b'\n');
    bytes
}

fn decode(bytes: &[u8]) -> Result<Witness, Fault> {
    let cut_short = || Fault::Broken("it is cut short".to_owned());
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(cut_short)?;
    let header: Header = parse(&bytes[..end])?;
    if header.punktfunk_allow_list != u64::from(FORMAT) {
        return Err(Fault::Version(header.punktfunk_allow_list));
    }
    let document = bytes[end + 1..].strip_suffix(b"\n").ok_or_else(cut_short)?;
    if sha256_hex(document) != header.sha256 {
        return Err(Fault::Broken("its checksum does not fit".to_owned()));
    }
    let state = State::from_document(document)?;
    if state.devices.len() != header.devices {
        return Err(Fault::Broken(format!(
            "it holds {} devices instead of {}",
            state.devices.len(),
            header.devices
        )));
    }
    Ok(Witness { generation: header.generation, state })
}
