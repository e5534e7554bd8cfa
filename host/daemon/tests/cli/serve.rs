//! `serve`: starting, refusing to start, reloading and ending.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::Signal;
use punktfunk_client::{FoundHost, discover, pair};
use punktfunk_trust::{Identity, PinCode, Role};
use serde_json::Value;

use crate::common::{PROGRAM, Place, Serving, poll, program, refused};

#[test]
fn the_banner_prints_commands_that_work_as_they_are() {
    let place = Place::new();
    let host = place.start();
    assert!(host.banner.starts_with("Den is ready.\n"), "{}", host.banner);
    let of_the_host = |line: &&str| line.starts_with(&format!("  {PROGRAM} pair "));
    let commands: Vec<&str> = host.banner.lines().filter(of_the_host).collect();
    assert_eq!(commands.len(), 3, "{}", host.banner);
    for command in commands.into_iter().filter(|command| !command.contains("approve ID")) {
        let status = Command::new("sh").args(["-c", command]).output().unwrap().status;
        assert!(status.success(), "{command}");
    }
}

#[test]
fn a_host_that_allows_pairing_prints_a_pin_that_works() {
    let place = Place::new();
    let host = Serving::start(place.serve().arg("--allow-pairing"));
    let (_, pin) = host.banner.split_once("--pin ").unwrap();
    let pin = PinCode::parse(pin.lines().next().unwrap()).unwrap();
    let identity = Arc::new(Identity::generate(Role::Client).unwrap());
    pair(&format!("127.0.0.1:{}", place.udp).parse().unwrap(), &identity, "Phone", &pin).unwrap();
}

#[test]
fn a_host_that_allows_pairing_logs_a_new_pin_for_whoever_begins_to_pair() {
    let place = Place::new();
    let host = Serving::start(place.serve().arg("--allow-pairing"));
    let (_, first) = host.banner.split_once("--pin ").unwrap();
    let first = PinCode::parse(first.lines().next().unwrap()).unwrap();
    let address = format!("127.0.0.1:{}", place.udp).parse().unwrap();
    let identity = || Arc::new(Identity::generate(Role::Client).unwrap());
    pair(&address, &identity(), "Phone", &first).unwrap();

    let tablet = identity();
    // the host rests after each attempt
    poll("the offer of another PIN", || {
        let refused = pair(&address, &tablet, "Tablet", &first).unwrap_err().to_string();
        refused.contains("read it in the host's log").then_some(())
    });
    let line = host.wait_for_line("enter this PIN there");
    let (_, pin) = line.split_once("pin=").unwrap();
    let pin = PinCode::parse(pin.split_whitespace().next().unwrap().trim_matches('"')).unwrap();
    poll("the end of the rest", || pair(&address, &tablet, "Tablet", &pin).ok());
    assert_eq!(place.ask(&["pair", "list", "--json"]).json().as_array().unwrap().len(), 2);
}

#[test]
fn a_host_is_found_on_the_network_under_its_name_with_its_port_and_fingerprint() {
    let place = Place::new();
    let host = place.start();
    let fingerprint = place.ask(&["status", "--json"]).json()["fingerprint"].as_str().unwrap().to_owned();
    // others may be there, too
    let found = poll("its announcement", || {
        let found = discover(Duration::from_secs(2)).unwrap();
        found
            .into_iter()
            .find(|host| host.unverified_fingerprint.is_some_and(|id| id.to_string() == fingerprint))
    });
    // other tests' hosts of that name may be there
    assert!(found.name == "Den" || found.name.starts_with("Den ("), "{found:?}");
    assert!(found.pairing_required);
    assert!(found.addresses.iter().all(|address| address.to_string().ends_with(&format!(":{}", place.udp))));
    host.stop();
}

#[test]
fn a_host_keeps_its_name_on_the_network_when_what_it_announces_changes() {
    let place = Place::new();
    // another host here may be called anything else
    let name = format!("Attic {}", place.udp);
    let require = |is_required: bool| {
        place.write_policy(&format!("name: {name}\npairing: {{ require: {is_required} }}\n"));
    };
    let found = |is_required: bool| {
        poll("the announcement", || {
            let found = discover(Duration::from_secs(2)).unwrap();
            let port = format!(":{}", place.udp);
            let ours = |host: &FoundHost| host.addresses.iter().any(|one| one.to_string().ends_with(&port));
            found.into_iter().find(|host| ours(host) && host.pairing_required == is_required)
        })
    };
    require(true);
    let host = place.start();
    assert_eq!(found(true).name, name);
    // in haste, as an owner does who plays with a switch
    for is_required in [false, true, false] {
        require(is_required);
        host.signal(Signal::SIGHUP);
        host.wait_for_line("is in force");
    }
    assert_eq!(found(false).name, name);
    require(true);
    host.signal(Signal::SIGHUP);
    assert_eq!(found(true).name, name);
    host.stop();
}

#[test]
fn a_restart_is_due_for_as_long_as_the_policy_has_another_port_than_is_open() {
    let place = Place::new();
    let host = place.start();
    let due = || -> Vec<String> {
        let status = place.ask(&["status", "--json"]).json();
        let due = status["attention"].as_array().unwrap().iter().filter(|one| one["code"] == "restart_due");
        due.map(|one| one["params"]["keys"].as_str().unwrap().to_owned()).collect()
    };
    let reload = |name: &str, port: u16| {
        place.write_policy_with(&format!("name: {name}\ndoors: {{ native: {{ port: {port} }} }}\n"));
        host.signal(Signal::SIGHUP);
        let lines = host.lines_until("is in force");
        lines.iter().any(|line| line.contains("doors.native.port") && line.contains("next start"))
    };
    let other = Place::new().udp;
    assert_eq!(due(), [""; 0]);
    assert!(reload("Den", other));
    assert_eq!(due(), ["doors.native.port"]);
    assert!(reload("Attic", other), "it is still due");
    assert!(!reload("Attic", place.udp), "nothing is due any more");
    assert_eq!(due(), [""; 0]);
    host.stop();
}

#[test]
fn a_host_without_an_open_door_says_so() {
    let place = Place::new();
    place.write_policy_with("name: Den\ndoors: { native: { enable: false } }\n");
    let host = place.start();
    assert!(host.banner.starts_with("Den runs.\n"), "{}", host.banner);
    assert!(host.banner.contains("CLOSED: no door is open") && !host.banner.contains("connect"));
    assert!(place.ask(&["status"]).ok().contains("no door is open"));
    host.stop();
}

#[test]
fn a_policy_whose_codecs_cannot_be_made_is_warned_of_wherever_one_looks() {
    let place = Place::new();
    place.write_policy("name: Den\nencode: { codecs: [hevc, av1] }\n");
    let mut command = place.serve();
    let host = Serving::start(&mut command);
    let status = || place.ask(&["status"]).ok();
    assert!(status().contains("the policy allows HEVC and AV1 only"), "{}", status());
    let doctor = place.ask(&["doctor", "--config", place.policy().to_str().unwrap()]).out;
    assert!(doctor.contains("WRONG encoder") && doctor.contains("add H.264 to encode.codecs"), "{doctor}");
    host.signal(Signal::SIGHUP);
    host.wait_for_line("add H.264 to encode.codecs");
    place.write_policy("name: Den\n");
    host.signal(Signal::SIGHUP);
    host.wait_for_line("is in force");
    assert!(!status().contains("allows HEVC"), "{}", status());
    host.stop();
}

#[test]
fn an_open_host_says_so() {
    let place = Place::new();
    let host = Serving::start(place.serve().arg("--open"));
    assert!(host.banner.contains("OPEN: every device"), "{}", host.banner);
    assert!(place.ask(&["status"]).ok().contains("NOT required"));
}

#[test]
fn a_port_in_use_names_the_process_that_has_it() {
    let me = format!("(process {})", std::process::id());
    let place = Place::new();
    let taken = UdpSocket::bind(("::", place.udp)).unwrap();
    refused(&mut place.serve()).failed(1, &[&format!("UDP port {}", place.udp), &me, "doors.native.port"]);
    drop(taken);
    let taken = TcpListener::bind(("127.0.0.1", place.tcp)).unwrap();
    refused(&mut place.serve()).failed(1, &[&place.tcp.to_string(), &me, "console.port"]);
    drop(taken);
    place.start().stop();
}

#[test]
fn a_second_host_on_the_same_state_or_socket_is_refused() {
    let place = Place::new();
    let host = place.start();
    let elsewhere = Place::new();
    refused(&mut elsewhere.serve_with(&place.state(), &elsewhere.run()))
        .failed(1, &["a punktfunk-host runs already", "--state-dir"]);
    refused(&mut elsewhere.serve_with(&elsewhere.state(), &place.run()))
        .failed(1, &["another punktfunk host is running", "--runtime-dir"]);
    // and the first one has not noticed
    place.ask(&["status"]).ok();
    host.stop();
}

#[test]
fn a_socket_that_a_killed_host_left_behind_is_no_obstacle() {
    let place = Place::new();
    let mut host = place.start();
    host.signal(Signal::SIGKILL);
    host.wait();
    assert!(place.run().join("control.sock").exists());
    place.start().stop();
}

#[test]
fn a_truncated_store_is_refused_with_the_remedy_and_left_as_it_is() {
    let place = Place::new();
    place.start().stop();
    let database = place.state().join("trust/allow-list/db");
    let bytes = fs::read(&database).unwrap();
    // what is behind the last record is room for more
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    fs::write(&database, &bytes[..used / 2]).unwrap();
    let before = files(&place.state());
    let ran = refused(&mut place.serve());
    ran.failed(1, &[place.state().join("trust").to_str().unwrap(), "Nothing was changed"]);
    assert_eq!(ran.out, "", "it never says that it is ready");
    assert!(files(&place.state()) == before, "something was changed");
}

#[test]
fn a_damaged_identity_is_refused_and_left_as_it_is() {
    let place = Place::new();
    place.start().stop();
    let identity = place.state().join("host-identity.pem");
    fs::write(&identity, "-----BEGIN").unwrap();
    refused(&mut place.serve()).failed(1, &["the identity in", "damaged", "backup"]);
    assert_eq!(fs::read(&identity).unwrap(), b"-----BEGIN");
}

#[test]
fn a_lost_identity_is_refused_and_not_replaced() {
    let place = Place::new();
    place.start().stop();
    let identity = place.state().join("host-identity.pem");
    let kept = place.beside("kept.pem");
    fs::rename(&identity, &kept).unwrap();
    refused(&mut place.serve()).failed(1, &["the identity in", "is gone", "backup", "trust.initialised"]);
    assert!(!identity.exists());
    let doctor = program().args(["doctor", "--state-dir"]).arg(place.state()).output().unwrap();
    assert!(String::from_utf8(doctor.stdout).unwrap().contains("WRONG identity"));
    fs::rename(&kept, &identity).unwrap();
    place.start().stop();
}

#[test]
fn a_reload_takes_a_good_policy_whole_and_a_bad_one_not_at_all() {
    let place = Place::new();
    let host = place.start();
    let name = || place.ask(&["status", "--json"]).json()["name"].as_str().unwrap().to_owned();
    assert_eq!(name(), "Den");
    place.write_policy("name: Attic\n");
    host.signal(Signal::SIGHUP);
    poll("the new name", || (name() == "Attic").then_some(()));

    place.write_policy("name: Cellar\npairing: { requires: true }\n");
    host.signal(Signal::SIGHUP);
    host.wait_for_line("the policy was not replaced");
    host.wait_for_line("requires");
    assert_eq!(name(), "Attic");
    host.stop();
}

#[test]
fn a_host_that_is_told_to_end_leaves_nothing_running_and_nothing_behind() {
    let place = Place::new();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut host = place.start();
        assert!(host.pid() > 0);
        host.signal(signal);
        assert_eq!(host.wait().code(), Some(0));
        assert!(!place.run().join("control.sock").exists());
    }
}

/// Every file below `dir` and what is in it, but for the lock, which names whoever tried last.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("lock") {
                all.insert(path.clone(), fs::read(path).unwrap());
            }
        }
    }
    all
}

#[test]
fn what_the_box_around_the_host_left_is_told_everywhere() {
    let place = Place::new();
    let (refused, update) = (place.beside("refused.txt"), place.beside("status.json"));
    let flags = ["--policy-refused", refused.to_str().unwrap(), "--update-status", update.to_str().unwrap()];
    let host = Serving::start(place.serve().args(flags));
    let status = || place.ask(&["status", "--json"]).json();
    let codes = |status: &Value| -> Vec<String> {
        let attention = status["attention"].as_array().unwrap().iter();
        attention.map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    let quiet = status();
    assert_eq!((codes(&quiet), &quiet["update"]), (vec![], &Value::Null));

    fs::write(&refused, "punktfunk.yaml:3:1: unknown key \u{1b}[31mnmae\n").unwrap();
    fs::write(
        &update,
        r#"{ "running": "1.2.3", "available": "1.2.5", "phase": "downloading", "progress": { "percent": 40 },
             "last": { "version": "1.2.4", "outcome": "went_back", "reason": "console: silent", "at": "2026-11-29T01:02:03Z" } }"#,
    )
    .unwrap();
    let told = status();
    assert_eq!(codes(&told), ["policy_refused", "update_went_back", "update_ready"]);
    assert_eq!(told["attention"][0]["params"]["text"], "punktfunk.yaml:3:1: unknown key [31mnmae");
    assert_eq!(told["update"]["progress_percent"], 40);
    let text = place.ask(&["status"]).ok();
    for words in
        ["punktfunk.yaml:3:1", "version 1.2.5 is offered", "downloading, 40 %", "went back: console: silent"]
    {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
    let doctor = place.ask(&["doctor", "--config", place.policy().to_str().unwrap(), flags[0], flags[1]]);
    assert!(
        doctor.out.contains("WRONG policy") && doctor.out.contains("punktfunk.yaml:3:1"),
        "{}",
        doctor.out
    );
    host.stop();
}
