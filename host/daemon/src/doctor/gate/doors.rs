//! Whether the running host is there for devices and for its owner: a real request to the console, and a real handshake
//! with the native door, both over loopback and both with the host's own certificate pinned.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use punktfunk_config::Policy;
use punktfunk_core::wire::ALPN;
use punktfunk_trust::DeviceId;
use quinn::crypto::rustls::QuicClientConfig;
use tokio::time::timeout;

use super::Running;
use super::pinned::to_this_host;
use crate::console::{BASE, Health};
use crate::doctor::Check;

/// How long a door may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The name that the host's certificate has (punktfunk/1 §1.2).
const SERVER_NAME: &str = "punktfunk";

/// What the host says and whether its doors are open.
pub(super) fn check(running: &Result<Running, String>) -> Vec<Check> {
    let running = match running {
        Ok(running) => running,
        Err(why) => return vec![Check::wrong("host_silent", "running host", why)],
    };
    let status = &running.status;
    let answers = Check::good(
        "host_answers",
        "running host",
        format!("answers; version {}, allow-list open with {} devices", status.version, status.paired),
    )
    .with("version", &status.version)
    .with("paired", status.paired)
    .with("pending", status.pending);
    let host = status.fingerprint;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let doors = match runtime {
        Ok(runtime) => runtime.block_on(async {
            [console(host, &running.policy).await, native(host, &running.policy, status.native_port).await]
        }),
        Err(error) => {
            let told = format!("the machine is out of resources: {error}; restart it");
            return vec![answers, Check::wrong("doors_unasked", "console", told)];
        }
    };
    std::iter::once(answers).chain(doors).collect()
}

async fn console(host: DeviceId, policy: &Policy) -> Check {
    const SUBJECT: &str = "console";
    let Some(ip) = policy.console.listen.addresses().into_iter().next() else {
        return Check::good("console_off", SUBJECT, "closed by the policy");
    };
    let at = SocketAddr::new(reachable(ip), policy.console.port.get());
    match timeout(PATIENCE, ask_health(host, at)).await.unwrap_or_else(|_| Err(too_slow())) {
        Ok(()) => Check::good("console_answers", SUBJECT, format!("answers at https://{at}")).with("at", at),
        Err(why) => {
            let told = format!(
                "does not answer at https://{at} ({why}); `journalctl -u punktfunk` says why, and `punktfunk-host doctor` \
                 who holds its port"
            );
            Check::wrong("console_silent", SUBJECT, told).with("at", at).with("reason", why)
        }
    }
}

async fn ask_health(host: DeviceId, at: SocketAddr) -> Result<(), String> {
    let tls = to_this_host(host, &[b"h2", b"http/1.1"]).map_err(|error| error.to_string())?;
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .map_err(|error| root_of(&error))?;
    let answer = client.get(format!("https://{at}{BASE}/health")).send().await;
    let answer = answer.and_then(reqwest::Response::error_for_status).map_err(|error| root_of(&error))?;
    let health: Health = answer.json().await.map_err(|error| root_of(&error))?;
    (health.status == "ok").then_some(()).ok_or_else(|| format!("it says that it is {:?}", health.status))
}

async fn native(host: DeviceId, policy: &Policy, port: u16) -> Check {
    const SUBJECT: &str = "native door";
    if !policy.doors.native.enable {
        return Check::good("native_off", SUBJECT, "closed by the policy");
    }
    let at = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
    match timeout(PATIENCE, shake_hands(host, at)).await.unwrap_or_else(|_| Err(too_slow())) {
        Ok(()) => Check::good("native_answers", SUBJECT, format!("shakes hands on UDP port {port}"))
            .with("port", port),
        Err(why) => {
            let told = format!(
                "no handshake on UDP port {port} ({why}); `journalctl -u punktfunk` says why, and `punktfunk-host doctor` \
                 who holds the port"
            );
            Check::wrong("native_silent", SUBJECT, told).with("port", port).with("reason", why)
        }
    }
}

/// Opens a connection as a device without a certificate, of which the host takes no note.
async fn shake_hands(host: DeviceId, at: SocketAddr) -> Result<(), String> {
    let tls = to_this_host(host, &[ALPN]).map_err(|error| error.to_string())?;
    let tls = QuicClientConfig::try_from(tls).map_err(|error| error.to_string())?;
    let endpoint = quinn::Endpoint::client(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0))
        .map_err(|error| error.to_string())?;
    let config = quinn::ClientConfig::new(Arc::new(tls));
    let connecting = endpoint.connect_with(config, at, SERVER_NAME).map_err(|error| error.to_string())?;
    let connection = connecting.await.map_err(|error| error.to_string())?;
    connection.close(0_u8.into(), b"");
    endpoint.wait_idle().await;
    Ok(())
}

/// Where on this machine a listener of this address is found.
fn reachable(listening: IpAddr) -> IpAddr {
    match listening {
        IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        // a kernel without IPv6 has no such listener; where there is one it takes IPv4 as well
        IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        own => own,
    }
}

fn too_slow() -> String {
    format!("nothing came within {} s", PATIENCE.as_secs())
}

fn root_of(error: &reqwest::Error) -> String {
    let mut root: &dyn std::error::Error = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}
