//! Who is answered.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use punktfunk_host::console::socket_path;
use reqwest::Method;

use crate::common::{Answer, TestHost};

/// Everything that needs rights.
const GUARDED: [(Method, &str); 20] = [
    (Method::GET, "/status"),
    (Method::GET, "/events"),
    (Method::GET, "/native/pending"),
    (Method::POST, "/native/pending/1/approve"),
    (Method::POST, "/native/pending/1/deny"),
    (Method::GET, "/native/pair"),
    (Method::POST, "/native/pair/arm"),
    (Method::DELETE, "/native/pair"),
    (Method::GET, "/native/clients"),
    (Method::PATCH, "/native/clients/00"),
    (Method::DELETE, "/native/clients/00"),
    (Method::GET, "/native/ignored"),
    (Method::DELETE, "/native/ignored/00"),
    (Method::DELETE, "/streams/1"),
    (Method::GET, "/record"),
    (Method::GET, "/policy"),
    (Method::POST, "/policy/reload"),
    (Method::GET, "/doctor"),
    (Method::GET, "/preview"),
    (Method::POST, "/clock/accept"),
];

#[test]
fn without_session_or_token_nothing_but_health_is_answered() {
    let host = TestHost::start();
    for (method, path) in GUARDED {
        let bare = || host.https().request(method.clone(), host.url(path));
        let token = host.token();
        host.send(bare()).refused(401, "sign_in_needed");
        host.send(bare().header("cookie", "__Host-punktfunk=00")).refused(401, "sign_in_needed");
        host.send(bare().basic_auth("admin", Some("admin"))).refused(401, "token_wrong");
        host.send(bare().bearer_auth("0".repeat(64))).refused(401, "token_wrong");
        host.send(bare().bearer_auth(&token[1..])).refused(401, "token_wrong");
    }
    let health = host.send(host.https().get(host.url("/health"))).ok();
    assert_eq!(health, serde_json::json!({ "status": "ok" }));
}

#[test]
fn with_the_token_everything_is_answered() {
    let host = TestHost::start();
    for (method, path) in GUARDED {
        // events never end, and no token sees the screen
        if !["/events", "/preview"].contains(&path) {
            let status = host.send(host.request(method, path)).status;
            assert!(![401, 403].contains(&status), "{path}: {status}");
        }
    }
    let status = host.get("/status").ok();
    assert_eq!(status["fingerprint"], host.host().identity().id().to_string());
}

#[test]
fn another_certificate_is_not_this_host() {
    let (host, other) = (TestHost::start(), TestHost::start());
    let request = other.https().get(host.url("/health"));
    assert!(host.runtime.block_on(async { request.send().await }).is_err());
}

#[test]
fn the_control_socket_answers_the_user_of_the_host_without_any_token() {
    let host = TestHost::start();
    let request = host.socket().get("http://localhost/api/v1/status");
    let answer = host.runtime.block_on(async { Answer::read(request.send().await.unwrap()).await });
    assert_eq!(answer.ok()["pairing_required"], true);
}

#[test]
fn the_control_socket_tells_other_users_to_use_sudo() {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("not tried: only root can become somebody else");
        return;
    }
    let host = TestHost::start();
    // the way to the socket has to be open for everybody
    let open = std::fs::Permissions::from_mode(0o755);
    for dir in [host.runtime_dir(), host.runtime_dir().parent().unwrap()] {
        std::fs::set_permissions(dir, open.clone()).unwrap();
    }
    let ask = |uid: u32| {
        Command::new("curl")
            .args(["-s", "--unix-socket"])
            .arg(socket_path(host.runtime_dir()))
            .arg("http://localhost/api/v1/status")
            .uid(uid)
            .output()
    };
    let Ok(output) = ask(65_534) else {
        eprintln!("not tried: there is no curl to ask with");
        return;
    };
    let refusal: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&refusal["status"], &refusal["code"]), (&403.into(), &"forbidden".into()));
    assert!(refusal["error"].as_str().unwrap().contains("sudo"));
    let status: serde_json::Value = serde_json::from_slice(&ask(0).unwrap().stdout).unwrap();
    assert_eq!(status["pairing_required"], true);
}
