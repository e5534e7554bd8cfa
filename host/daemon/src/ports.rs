//! Names the process that holds a port, so that "address in use" comes with a culprit.

use std::fmt;
use std::fs;
use std::path::Path;

/// The transport a port belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// A UDP socket, bound.
    Udp,
    /// A TCP socket, listening.
    Tcp,
}

/// A process holding a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// The command name the kernel knows it by (at most 15 bytes, untrusted).
    pub name: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.name.escape_debug(), self.pid)
    }
}

/// Finds who holds `port`. `None` when nobody does, or when this user may not see the holder.
pub fn holder(transport: Transport, port: u16) -> Option<Holder> {
    let tables: &[&str] = match transport {
        Transport::Udp => &["/proc/net/udp", "/proc/net/udp6"],
        Transport::Tcp => &["/proc/net/tcp", "/proc/net/tcp6"],
    };
    let inodes: Vec<u64> = tables
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| inodes_of(&table, transport, port))
        .collect();
    if inodes.is_empty() { None } else { process_with(&inodes) }
}

/// The socket inodes bound to `port` in the text of one of the kernel's socket tables.
fn inodes_of(table: &str, transport: Transport, port: u16) -> Vec<u64> {
    const LISTENING: &str = "0A";
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<&str> = line.split_ascii_whitespace().collect();
            let (_, bound) = columns.get(1)?.rsplit_once(':')?;
            let matches = u16::from_str_radix(bound, 16).ok()? == port
                && (transport == Transport::Udp || columns.get(3) == Some(&LISTENING));
            if matches { columns.get(9)?.parse().ok() } else { None }
        })
        .collect()
}

fn process_with(inodes: &[u64]) -> Option<Holder> {
    let links: Vec<String> = inodes.iter().map(|inode| format!("socket:[{inode}]")).collect();
    fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        holds(&entry.path(), &links).then(|| Holder {
            pid,
            name: fs::read_to_string(entry.path().join("comm")).unwrap_or_default().trim().to_owned(),
        })
    })
}

fn holds(process: &Path, links: &[String]) -> bool {
    let Ok(descriptors) = fs::read_dir(process.join("fd")) else { return false };
    descriptors.flatten().any(|descriptor| {
        fs::read_link(descriptor.path())
            .ok()
            .and_then(|target| target.to_str().map(|target| links.iter().any(|link| link == target)))
            .unwrap_or(false)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};

    #[test]
    fn the_process_holding_a_udp_port_is_named() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let holder = holder(Transport::Udp, socket.local_addr().unwrap().port()).unwrap();
        assert_eq!(holder.pid, std::process::id());
        assert!(!holder.name.is_empty());
    }

    #[test]
    fn the_process_listening_on_a_tcp_port_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let holder = holder(Transport::Tcp, listener.local_addr().unwrap().port()).unwrap();
        assert_eq!(holder.pid, std::process::id());
    }

    #[test]
    fn a_free_port_has_no_holder() {
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert_eq!(holder(Transport::Tcp, port), None);
    }

    #[test]
    fn a_torn_socket_table_names_nobody() {
        for table in ["", "header", "header\n  0: 00000000", "header\n 0: :: :: 0A 0 0 0 0 0 nonsense"] {
            assert!(inodes_of(table, Transport::Udp, 9777).is_empty());
        }
    }
}
