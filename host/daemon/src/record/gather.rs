//! One order for what trust and the account have noted, with the names of those who gave orders.

use std::time::Duration;

use punktfunk_trust::{Actor, RecordEntry};

use super::{Book, Giver, GiverKind, Kept, Recorded, Recording};
use crate::app::{Host, colour, words};
use crate::owner::{Desk, OwnerRecord, label_parts};

/// What happened, newest first: in this run of the host, and then what is kept of those before.
pub fn newest_first(host: &Host, owner: &Desk, kept: &Kept) -> Vec<Recorded> {
    let names = Names { owner, host };
    let admission = host.trust(|trust, _| trust.record());
    let admission = admission.into_iter().map(|entry| (entry.moment, names.of_a_device(entry)));
    let account = owner.record().into_iter().map(|entry| (entry.moment, names.of_the_account(entry)));
    let mut lines: Vec<(Duration, Recorded)> = admission.chain(account).collect();
    lines.sort_by_key(|(moment, line)| std::cmp::Reverse((*moment, line.book, line.number)));
    let lines =
        lines.into_iter().map(|(_, line)| Recorded { number: line.number + kept.last(line.book), ..line });
    lines.chain(kept.earlier().iter().cloned()).collect()
}

/// What orders are shown with.
struct Names<'a> {
    owner: &'a Desk,
    host: &'a Host,
}

impl Names<'_> {
    fn giver(&self, by: Actor) -> Giver {
        let kind = GiverKind::from(by);
        let nobody = Giver {
            kind,
            name: None,
            browser: None,
            system: None,
            fingerprint: None,
            words: None,
            colour: None,
        };
        match by {
            Actor::Console | Actor::Local { .. } | Actor::Policy => nobody,
            Actor::Token(id) => Giver { name: self.name_of(id), ..nobody },
            Actor::Browser(id) => {
                let name = self.name_of(id);
                let (browser, system) = name.as_deref().map(parts).unwrap_or_default();
                Giver { name, browser, system, ..nobody }
            }
            Actor::Device(device) => Giver {
                name: self.host.trust(|trust, _| trust.name_of(&device)).map(|name| name.to_string()),
                fingerprint: Some(device.to_string()),
                words: Some(words(&device)),
                colour: Some(colour(&device)),
                ..nobody
            },
        }
    }

    fn name_of(&self, id: u64) -> Option<String> {
        self.owner.ask(|account, _| account.name_of(id).map(str::to_owned))
    }

    fn of_a_device(&self, entry: RecordEntry) -> Recorded {
        let RecordEntry { number, at, moment: _, what, device, name, by, source } = entry;
        Recorded {
            number,
            book: Book::Admission,
            at: at.0,
            what: Recording::Admission(what),
            fingerprint: device.map(|device| device.to_string()),
            words: device.as_ref().map(words),
            colour: device.as_ref().map(colour),
            name: name.map(|name| name.to_string()),
            browser: None,
            system: None,
            by: by.map(|by| self.giver(by)),
            source: source.map(|source| source.to_string()),
        }
    }

    fn of_the_account(&self, entry: OwnerRecord) -> Recorded {
        let OwnerRecord { number, at, moment: _, what, source, name, by } = entry;
        let label = name.as_deref().filter(|_| !what.is_of_a_token());
        let (browser, system) = label.map(parts).unwrap_or_default();
        Recorded {
            number,
            book: Book::Owner,
            at: at.0,
            what: Recording::Owner(what),
            fingerprint: None,
            words: None,
            colour: None,
            name,
            browser,
            system,
            by: by.map(|by| self.giver(by)),
            source: source.map(|source| source.to_string()),
        }
    }
}

fn parts(label: &str) -> (Option<String>, Option<String>) {
    let (browser, system) = label_parts(label);
    (browser.map(str::to_owned), system.map(str::to_owned))
}
