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

#[test]
fn a_host_that_streams_passes_the_gate_as_soon_as_it_is_up() {
    let place = Place::new();
    let gate = |wait: &str| doctor(&place, &["--gate", "--wait", wait, "--json"]);
    let alone = gate("0");
    let verdict = alone.json();
    assert_eq!((alone.code, &verdict["fit"]), (1, &Value::Bool(false)));
    let reason = verdict["reason"].as_str().unwrap();
    assert!(reason.contains("running host") && reason.contains("punktfunk-host serve"), "{reason}");
    assert!(check(&verdict["checks"], "video").0);

    let waiting = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| gate("60s"));
        let host = place.start();
        let waited = waiting.join().unwrap();
        host.stop();
        waited
    });
    let verdict = waiting.json();
    assert_eq!(waiting.code, 0, "{verdict:#}");
    assert_eq!((&verdict["fit"], &verdict["reason"]), (&Value::Bool(true), &Value::Null));
    for subject in ["video", "running host", "console", "native door", "picture"] {
        assert!(check(&verdict["checks"], subject).0, "{verdict:#}");
    }
}

#[test]
fn a_console_that_another_answers_for_fails_the_gate() {
    let (place, other) = (Place::new(), Place::new());
    let host = place.start();
    let impostor = other.start();
    // the host says that its console is where the other one's is
    place.write_policy("name: Den\n");
    let text = std::fs::read_to_string(place.policy()).unwrap();
    let moved = text.replace(&place.tcp.to_string(), &other.tcp.to_string());
    std::fs::write(place.policy(), moved).unwrap();
    host.signal(nix::sys::signal::Signal::SIGHUP);
    host.wait_for_line("the policy was read again");
    let ran = doctor(&place, &["--gate"]);
    assert_eq!(ran.code, 1);
    for words in ["WRONG console", "journalctl -u punktfunk", "This box cannot stream"] {
        assert!(ran.out.contains(words), "{words:?} is not in\n{}", ran.out);
    }
    impostor.stop();
    host.stop();
}
