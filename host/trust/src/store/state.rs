//! What is stored, and its form: checksummed records in the database, one document in the witness.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use super::{MAX_DEVICES, MAX_IGNORED, MAX_REVOKED};
use crate::{Device, DeviceId, DeviceName, Door, Grant, UnixSeconds, Via};

/// The format of records and witness.
///
/// A box may go back to the version that it had before, so a version passes over fields and kinds of records that it does
/// not know, and loses them when it saves. They may be added under the same number, with a default for where they are
/// missing, if passing them over lets nobody in and gives nobody a right whom the newer version would refuse. Everything
/// else, a new value of a known field too, gets a new number and a reader for the old one.
pub(crate) const FORMAT: u8 = 1;

const DEVICE: u8 = b'd';
const IGNORED: u8 = b'i';
const REVOKED: u8 = b'r';
const MARKS: &[u8] = b"marks";
pub(crate) const LEDGER: &[u8] = b"ledger";
const DIGEST_BYTES: usize = 32;

/// Everything that outlives a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) devices: BTreeMap<DeviceId, Device>,
    pub(crate) ignored: BTreeMap<DeviceId, IgnoredDevice>,
    /// Devices that were thrown out and not let in again, and when: no backup brings them back.
    pub(crate) revoked: BTreeMap<DeviceId, UnixSeconds>,
    /// Revocations up to this moment may be missing among these.
    pub(crate) forgotten: UnixSeconds,
    /// PIN guesses in a row that did not end in a pairing.
    pub(crate) pin_failures: u32,
    /// The latest that the wall clock was ever believed to be.
    pub(crate) clock_mark: UnixSeconds,
}

/// A device whose knocks are not to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IgnoredDevice {
    pub(crate) name: DeviceName,
    pub(crate) since: UnixSeconds,
}

/// A stored device; declared ones live in the policy alone.
#[derive(Serialize, Deserialize)]
struct DeviceRecord {
    name: DeviceName,
    grant: Grant,
    paired_at: UnixSeconds,
    via: Via,
    /// Missing in what older versions wrote, which knew one door. They let its device in at that one: so does this version,
    /// where the certificate's key is proven all the same.
    #[serde(default)]
    door: Door,
    last_seen: Option<UnixSeconds>,
}

#[derive(Serialize, Deserialize)]
struct Marks {
    pin_failures: u32,
    clock_mark: UnixSeconds,
    #[serde(default)]
    forgotten: UnixSeconds,
}

/// The record about all other records.
#[derive(Serialize, Deserialize)]
struct LedgerRecord {
    generation: u64,
    records: usize,
    digest: String,
}

/// The state as one document.
#[derive(Serialize, Deserialize)]
struct Document {
    devices: BTreeMap<DeviceId, DeviceRecord>,
    ignored: BTreeMap<DeviceId, IgnoredDevice>,
    #[serde(default)]
    revoked: BTreeMap<DeviceId, UnixSeconds>,
    marks: Marks,
}

/// Sealed records by key, the ledger's aside.
pub(crate) type Records = BTreeMap<Vec<u8>, Vec<u8>>;

/// Why stored bytes are not a state.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Version(u64),
    Broken(String),
}

impl Fault {
    fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into())
    }
}

impl State {
    /// A device is let in, whatever was before.
    pub(crate) fn let_in(&mut self, device: Device) {
        self.revoked.remove(&device.id);
        self.devices.insert(device.id, device);
    }

    /// A device is thrown out, which is remembered.
    pub(crate) fn throw_out(&mut self, id: &DeviceId, at: UnixSeconds) {
        self.devices.remove(id);
        self.remember_revoked(*id, at);
    }

    /// Remembers a revocation; the oldest one is forgotten when there are too many.
    pub(crate) fn remember_revoked(&mut self, id: DeviceId, at: UnixSeconds) {
        self.revoked.insert(id, at);
        while self.revoked.len() > MAX_REVOKED {
            let Some((oldest, at)) =
                self.revoked.iter().min_by_key(|(_, at)| **at).map(|(id, at)| (*id, *at))
            else {
                return;
            };
            self.revoked.remove(&oldest);
            // never 0, which says that nothing was forgotten
            self.forgotten = self.forgotten.max(at).max(UnixSeconds(1));
        }
    }

    pub(crate) fn to_records(&self) -> Records {
        let mut records = Records::new();
        let mut put = |key: Vec<u8>, payload: Vec<u8>| {
            let sealed = seal(&key, &payload);
            records.insert(key, sealed);
        };
        for device in self.devices.values() {
            put(key(DEVICE, &device.id), json(&DeviceRecord::from(device)));
        }
        for (id, ignored) in &self.ignored {
            put(key(IGNORED, id), json(ignored));
        }
        for (id, at) in &self.revoked {
            put(key(REVOKED, id), json(at));
        }
        put(MARKS.to_vec(), json(&self.marks()));
        records
    }

    pub(crate) fn from_records(records: &Records) -> Result<Self, Fault> {
        let mut state = Self::default();
        let mut marked = false;
        for (key, sealed) in records {
            let payload = open(key, sealed)?;
            match key.as_slice() {
                MARKS => {
                    let marks: Marks = parse(payload)?;
                    (state.pin_failures, state.clock_mark) = (marks.pin_failures, marks.clock_mark);
                    state.forgotten = marks.forgotten;
                    marked = true;
                }
                [DEVICE, id @ ..] => {
                    let id = id_of(id)?;
                    state.devices.insert(id, parse::<DeviceRecord>(payload)?.device(id)?);
                }
                [IGNORED, id @ ..] => {
                    state.ignored.insert(id_of(id)?, parse(payload)?);
                }
                [REVOKED, id @ ..] => {
                    state.revoked.insert(id_of(id)?, parse(payload)?);
                }
                // of a newer version; its checksum was right
                _ => {}
            }
        }
        if !marked {
            return Err(Fault::broken("a record is missing"));
        }
        state.within_bounds()
    }

    pub(crate) fn to_document(&self) -> Vec<u8> {
        json(&Document {
            devices: self.devices.iter().map(|(id, device)| (*id, device.into())).collect(),
            ignored: self.ignored.clone(),
            revoked: self.revoked.clone(),
            marks: self.marks(),
        })
    }

    pub(crate) fn from_document(bytes: &[u8]) -> Result<Self, Fault> {
        let document: Document = parse(bytes)?;
        let devices = document.devices.into_iter().map(|(id, record)| Ok((id, record.device(id)?)));
        Self {
            devices: devices.collect::<Result<_, Fault>>()?,
            ignored: document.ignored,
            revoked: document.revoked,
            forgotten: document.marks.forgotten,
            pin_failures: document.marks.pin_failures,
            clock_mark: document.marks.clock_mark,
        }
        .within_bounds()
    }

    fn marks(&self) -> Marks {
        Marks { pin_failures: self.pin_failures, clock_mark: self.clock_mark, forgotten: self.forgotten }
    }

    fn within_bounds(self) -> Result<Self, Fault> {
        if self.devices.len() > MAX_DEVICES
            || self.ignored.len() > MAX_IGNORED
            || self.revoked.len() > MAX_REVOKED
        {
            return Err(Fault::broken("it holds more devices than were ever let in"));
        }
        Ok(self)
    }
}

impl From<&Device> for DeviceRecord {
    fn from(device: &Device) -> Self {
        let Device { name, grant, paired_at, via, door, last_seen, .. } = device.clone();
        Self { name, grant, paired_at, via, door, last_seen }
    }
}

impl DeviceRecord {
    fn device(self, id: DeviceId) -> Result<Device, Fault> {
        if self.via == Via::Declared {
            return Err(Fault::broken("it holds a device that belongs in the policy"));
        }
        let Self { name, grant, paired_at, via, door, last_seen } = self;
        Ok(Device { id, name, grant, paired_at, via, door, last_seen })
    }
}

/// The sealed ledger record for `records` at `generation`.
pub(crate) fn seal_ledger(generation: u64, records: &Records) -> Vec<u8> {
    let ledger = LedgerRecord { generation, records: records.len(), digest: digest_of(records) };
    seal(LEDGER, &json(&ledger))
}

/// Checks `records` against their ledger and answers the generation.
pub(crate) fn check_ledger(sealed: &[u8], records: &Records) -> Result<u64, Fault> {
    let ledger: LedgerRecord = parse(open(LEDGER, sealed)?)?;
    if ledger.records != records.len() {
        return Err(Fault::broken(format!(
            "it holds {} records instead of {}",
            records.len(),
            ledger.records
        )));
    }
    if ledger.digest != digest_of(records) {
        return Err(Fault::broken("its records are not the ones that were saved last"));
    }
    Ok(ledger.generation)
}

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

pub(crate) fn parse<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Fault> {
    serde_json::from_slice(json).map_err(|error| Fault::broken(format!("it cannot be read ({error})")))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("plain records with text keys have a JSON form")
}

fn key(kind: u8, id: &DeviceId) -> Vec<u8> {
    [&[kind], id.as_bytes().as_slice()].concat()
}

fn id_of(bytes: &[u8]) -> Result<DeviceId, Fault> {
    let bytes = bytes.try_into().map_err(|_| Fault::broken("a record is not filed under a fingerprint"))?;
    Ok(DeviceId::from_bytes(bytes))
}

/// Format, payload, and a checksum that also covers the key, so that a value cannot turn up under another one.
pub(super) fn seal(key: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(1 + payload.len() + DIGEST_BYTES);
    sealed.push(FORMAT);
    sealed.extend_from_slice(payload);
    let checksum = checksum(key, &sealed);
    sealed.extend_from_slice(checksum.as_ref());
    sealed
}

fn open<'a>(key: &[u8], sealed: &'a [u8]) -> Result<&'a [u8], Fault> {
    let split = sealed.len().checked_sub(DIGEST_BYTES).filter(|at| *at > 0);
    let (body, expected) = sealed.split_at(split.ok_or_else(|| Fault::broken("a record is cut short"))?);
    if checksum(key, body).as_ref() != expected {
        return Err(Fault::broken("a record's checksum does not fit"));
    }
    match body {
        [FORMAT, payload @ ..] => Ok(payload),
        [other, ..] => Err(Fault::Version((*other).into())),
        [] => Err(Fault::broken("a record is empty")),
    }
}

fn checksum(key: &[u8], body: &[u8]) -> digest::Digest {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&(key.len() as u64).to_le_bytes());
    context.update(key);
    context.update(body);
    context.finish()
}

fn digest_of(records: &Records) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for (key, sealed) in records {
        for part in [key, sealed] {
            context.update(&(part.len() as u64).to_le_bytes());
            context.update(part);
        }
    }
    hex::encode(context.finish())
}
