//! Approving while the disk is full.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::Visitor;
use crate::common::{PATIENCE, TestHost};
use crate::namespaces;

const DIR: &str = "PUNKTFUNK_FULL_DISK";

#[test]
fn an_approval_that_cannot_be_saved_pairs_nothing_and_is_told() {
    if !namespaces::are_there(&["-rm", "true"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let script = format!("mount -t tmpfs -o size=16m tmpfs \"${DIR}\" && exec \"$@\"");
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "full_disk::on_a_small_disk", "--ignored", "--nocapture"])
        .env(DIR, dir.path())
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
}

#[test]
#[ignore = "run by `an_approval_that_cannot_be_saved_pairs_nothing_and_is_told`, which mounts the disk"]
fn on_a_small_disk() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let dir = Path::new(&dir);
    let host = TestHost::built(|_| {}, Some(dir.join("state")), Ipv4Addr::LOCALHOST);
    let knocking = host.knock("Tablet");
    // the owner was there before
    host.token();
    let filler = dir.join("filler");
    fill(&filler);

    let body = host.approval(&knocking);
    let refused = host.post(&knocking.place("approve"), &body);
    refused.refused(507, "not_saved");
    assert!(refused.body["error"].as_str().unwrap().contains("Free some space"), "{:?}", refused.body);
    assert_eq!(host.get("/native/clients").ok(), json!([]), "nothing is paired");
    assert_eq!(host.get("/native/pending").ok()[0]["id"], knocking.id, "it still waits");
    let status = host.get("/status").ok();
    let attention = status["attention"].to_string();
    assert!(attention.contains("not saved"), "{attention}");

    // a wrong password is to be remembered, and cannot be
    let wrong = Visitor::new(&host).sign_in("not the password");
    wrong.refused(401, "password_wrong");
    let is_told = || host.get("/status").ok()["attention"].to_string().contains("owner_not_saved");
    let deadline = Instant::now() + PATIENCE;
    while !is_told() {
        assert!(Instant::now() < deadline, "nobody is told that the account is not saved");
        std::thread::sleep(Duration::from_millis(50));
    }

    std::fs::remove_file(&filler).unwrap();
    host.post(&knocking.place("approve"), &body).ok();
    knocking.outcome().expect("the device that waited all along is let in");
    assert!(!host.get("/status").ok()["attention"].to_string().contains("store_not_saved"));
}

/// Leaves no space at all.
fn fill(filler: &Path) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(filler).unwrap();
    for size in [64 * 1024, 1024, 1] {
        while file.write_all(&vec![1; size]).is_ok() {}
    }
}
