//! What an update costs; `benches/slot.rs` measures a slot of one GiB.

use std::time::Duration;

use crate::support::cost::{MOST_MIB, MOST_PERCENT, of_a_slot};
use crate::support::server::Server;
use crate::support::{Box, Images, MIB, Publisher};

#[test]
fn a_twentieth_of_change_costs_less_than_a_seventh_and_little_memory() {
    let cost = of_a_slot(64 * MIB);
    assert!(cost.fetched < MOST_PERCENT, "{:.1} % of the slot was fetched", cost.fetched);
    assert!(cost.resident < MOST_MIB, "{:.1} MiB were resident", cost.resident);
}

#[test]
fn a_limit_on_bandwidth_is_kept() {
    let (feed, publisher) = (tempfile::tempdir().expect("a directory"), Publisher::new());
    publisher.publish(&Images::simple("1.2.4"), feed.path(), |_| {});
    let server = Server::new(feed.path());
    let keys = publisher.key();
    let policy = format!(
        "schema: 1\nupdate: {{ feed: '{}', keys: ['{keys}'], bandwidth: 16Mbit/s }}\n",
        server.address
    );
    let the_box = Box::new(&Images::simple("1.2.3"), 8 * MIB, &policy);
    let began = std::time::Instant::now();
    the_box.run(&["install"]).good();
    // 3.7 MB at 2 MB/s; that it takes longer on a busy machine is no fault
    assert!(began.elapsed() > Duration::from_millis(1500), "{:?}", began.elapsed());
}
