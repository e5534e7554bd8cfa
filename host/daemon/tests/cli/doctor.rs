//! `doctor`.

use serde_json::Value;

use crate::common::{Place, Ran, finish, program};

fn doctor(place: &Place, more: &[&str]) -> Ran {
    let mut command = program();
    command.arg("doctor").arg("--config").arg(place.policy()).arg("--state-dir").arg(place.state());
    command.arg("--runtime-dir").arg(place.run()).args(["--screen-socket", "/nonexistent/screen.sock"]);
    finish(command.args(more))
}

#[track_caller]
fn check(report: &Value, subject: &str) -> (bool, String) {
    let found = report.as_array().unwrap().iter().find(|check| check["subject"] == subject);
    let found = found.unwrap_or_else(|| panic!("{subject} is not in {report:#}"));
    (found["good"].as_bool().unwrap(), found["found"].as_str().unwrap().to_owned())
}

#[test]
fn a_running_host_is_examined_without_disturbing_it() {
    let place = Place::new();
    let host = place.start();
    let ran = doctor(&place, &["--json"]);
    let report = ran.json();
    for subject in
        ["policy", "state directory", "free space", "running host", "picture", "encoder H.264", "clock"]
    {
        assert!(check(&report, subject).0, "{report:#}");
    }
    assert_eq!(check(&report, "allow-list"), (true, "0 devices; held by the running host".to_owned()));
    for port in [format!("UDP port {}", place.udp), format!("TCP port {}", place.tcp)] {
        assert_eq!(check(&report, &port), (true, "open, by the running host".to_owned()));
    }
    assert_eq!(check(&report, "input"), (true, "off in the policy".to_owned()));
    let all_good = report.as_array().unwrap().iter().all(|check| check["good"] == true);
    assert_eq!(ran.code, i32::from(!all_good));
    host.stop();
}

#[test]
fn what_is_wrong_has_a_line_that_says_what_to_do() {
    let place = Place::new();
    place.write_policy("nmae: Den\n");
    let taken = std::net::UdpSocket::bind("[::]:9777");
    let ran = doctor(&place, &[]);
    assert_eq!(ran.code, 1);
    for words in ["WRONG policy", "did you mean", "WRONG running host", "punktfunk-host serve"] {
        assert!(ran.out.contains(words), "{words:?} is not in\n{}", ran.out);
    }
    if taken.is_ok() {
        assert!(ran.out.contains(&format!("(process {})", std::process::id())), "{}", ran.out);
    }
    assert!(!place.state().exists() && !place.run().exists(), "it makes nothing");
}
