//! Whether the doors have their ports: free, or held by the host that runs here.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use punktfunk_config::Policy;

use super::Check;
use crate::app::Status;
use crate::console::socket_path;
use crate::ports::{Holder, Transport, holder};

pub(super) fn check(policy: &Policy, running: Option<&Status>, runtime_dir: &Path) -> Vec<Check> {
    let ours = running.and_then(|_| host_process(runtime_dir));
    let mut checks = Vec::new();
    if policy.doors.native.enable {
        let port = policy.doors.native.port.get();
        let bound = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, port)).map(drop);
        checks.push(judge("UDP", "doors.native.port", port, bound, holder(Transport::Udp, port), ours));
    }
    let moonlight = &policy.doors.gamestream;
    // the others open when a stream is about to begin, and give way to free ones
    let listening = moonlight.tcp_ports().into_iter().filter(|port| *port <= moonlight.port);
    for port in listening.filter(|_| moonlight.enable) {
        let bound = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).map(drop);
        checks.push(judge("TCP", "doors.gamestream.port", port, bound, holder(Transport::Tcp, port), ours));
    }
    let port = policy.console.port.get();
    let addresses = policy.console.listen.addresses();
    let bound =
        addresses.into_iter().try_for_each(|ip| TcpListener::bind(SocketAddr::new(ip, port)).map(drop));
    checks.push(judge("TCP", "console.port", port, bound, holder(Transport::Tcp, port), ours));
    checks
}

/// The process that listens on the control socket.
fn host_process(runtime_dir: &Path) -> Option<u32> {
    let stream = UnixStream::connect(socket_path(runtime_dir)).ok()?;
    u32::try_from(getsockopt(&stream, PeerCredentials).ok()?.pid()).ok()
}

fn judge(
    transport: &str,
    key: &str,
    port: u16,
    bound: io::Result<()>,
    holder: Option<Holder>,
    ours: Option<u32>,
) -> Check {
    let subject = format!("{transport} port {port}");
    let wrong = |code, told: String| Check::wrong(code, &subject, told).with("key", key);
    let good = |code, found| Check::good(code, &subject, found);
    let check = match (bound, holder) {
        (Ok(()), _) => good("port_free", "free"),
        (Err(_), Some(holder)) if Some(holder.pid) == ours => good("port_ours", "open, by the running host"),
        (Err(error), _) if error.kind() != io::ErrorKind::AddrInUse => {
            wrong("port_refused", format!("cannot be opened: {error}; set {key} in the policy"))
                .with("reason", error)
        }
        (Err(_), Some(holder)) => {
            wrong("port_taken", format!("in use by {holder}; stop that program or set {key} in the policy"))
                .with("holder", holder)
        }
        // another user's sockets have no name for us
        (Err(_), None) if ours.is_some() => good("port_ours", "in use, it seems by the running host"),
        (Err(_), None) => {
            let told = format!("in use by another program; stop it or set {key} in the policy");
            wrong("port_taken_unseen", told)
        }
    };
    check.with("port", port).with("transport", transport)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(bound: io::Result<()>, holder: Option<u32>, ours: Option<u32>) -> Check {
        let holder = holder.map(|pid| Holder { pid, name: "sunshine".to_owned() });
        judge("UDP", "doors.native.port", 9777, bound, holder, ours)
    }

    #[test]
    fn a_port_is_good_when_it_is_free_or_ours() {
        let taken = || Err(io::ErrorKind::AddrInUse.into());
        assert!(judged(Ok(()), None, None).good);
        assert!(judged(taken(), Some(7), Some(7)).good);
        assert!(!judged(taken(), Some(7), Some(8)).good);
        assert!(!judged(taken(), None, None).good);
        assert!(!judged(Err(io::ErrorKind::PermissionDenied.into()), None, None).good);
    }

    #[test]
    fn a_port_that_is_taken_names_the_process_and_the_key() {
        let found = judged(Err(io::ErrorKind::AddrInUse.into()), Some(7), None).told();
        assert_eq!(
            found,
            "in use by sunshine (process 7); stop that program or set doors.native.port in the policy"
        );
    }
}
