//! Packets and file descriptors over a unix socket.
#![allow(unsafe_code)] // descriptors that arrive in a message, or from the service manager, must be taken into ownership

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, Backlog, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, UnixAddr,
    accept4, bind, connect as connect_socket, getsockopt, listen as listen_socket, recv, recvmsg, sendmsg,
    socket, sockopt,
};

use super::protocol::{MAX_DESCRIPTORS, MAX_MESSAGE};

/// The first descriptor that a service manager hands to an activated service.
const FIRST_INHERITED: RawFd = 3;

/// The most descriptors that the kernel passes beside one message (`SCM_MAX_FD`).
const KERNEL_MAX_DESCRIPTORS: usize = 253;

/// One packet with the descriptors that came beside it.
pub(super) struct Packet {
    pub(super) bytes: Vec<u8>,
    pub(super) descriptors: Vec<OwnedFd>,
}

/// Binds a listening socket, replacing one that nobody listens on any more. `mode` is the socket file's.
pub(super) fn listen(path: &Path, mode: u32) -> io::Result<OwnedFd> {
    let stale = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if stale && connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    let listener = socket(AddressFamily::Unix, SockType::SeqPacket, SockFlag::SOCK_CLOEXEC, None)?;
    bind(listener.as_raw_fd(), &UnixAddr::new(path)?)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    listen_socket(&listener, Backlog::new(4)?)?;
    Ok(listener)
}

/// The listening socket that the service manager made, if it made one (`LISTEN_PID`, `LISTEN_FDS`). Call at most once.
///
/// # Errors
/// When what was handed over is not one listening packet socket.
pub(super) fn inherited() -> Option<io::Result<OwnedFd>> {
    let told = |name: &str| std::env::var(name).ok()?.parse::<u32>().ok();
    if told("LISTEN_PID")? != std::process::id() {
        return None;
    }
    let count = told("LISTEN_FDS")?;
    // SAFETY: the service manager's contract gives this process the descriptors from 3 on; nothing else here has
    // opened or taken them, since this runs once, before anything else.
    let listener = unsafe { OwnedFd::from_raw_fd(FIRST_INHERITED) };
    let usable = count == 1
        && getsockopt(&listener, sockopt::SockType).is_ok_and(|kind| kind == SockType::SeqPacket)
        && getsockopt(&listener, sockopt::AcceptConn).unwrap_or(false);
    Some(if usable {
        Ok(listener)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "expected one ListenSequentialPacket= socket"))
    })
}

/// Waits for the next client.
pub(super) fn accept(listener: &OwnedFd) -> io::Result<OwnedFd> {
    let descriptor = accept4(listener.as_raw_fd(), SockFlag::SOCK_CLOEXEC)?;
    // SAFETY: accept4 has just returned this descriptor to us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Connects to a broker.
pub(super) fn connect(path: &Path) -> io::Result<OwnedFd> {
    let stream = socket(AddressFamily::Unix, SockType::SeqPacket, SockFlag::SOCK_CLOEXEC, None)?;
    connect_socket(stream.as_raw_fd(), &UnixAddr::new(path)?)?;
    Ok(stream)
}

/// The user at the other end, as the kernel knows it.
pub(super) fn peer_user(stream: &OwnedFd) -> io::Result<u32> {
    Ok(getsockopt(stream, sockopt::PeerCredentials)?.uid())
}

/// Sends one packet. The receiver gets its own copies of the descriptors.
pub(super) fn send(stream: &OwnedFd, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let raw: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&raw)];
    let control = if raw.is_empty() { &rights[..0] } else { &rights[..] };
    sendmsg::<()>(stream.as_raw_fd(), &[IoSlice::new(bytes)], control, MsgFlags::MSG_NOSIGNAL, None)?;
    Ok(())
}

/// Receives the bytes of one packet, waiting for ever; descriptors beside it are dropped by the kernel. `Ok(None)` is
/// the end of the connection.
///
/// # Errors
/// `InvalidData` for a packet beyond [`MAX_MESSAGE`], and the socket's errors.
pub(super) fn receive_bytes(stream: &OwnedFd) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; MAX_MESSAGE + 1];
    let length = loop {
        match recv(stream.as_raw_fd(), &mut bytes, MsgFlags::empty()) {
            Err(nix::errno::Errno::EINTR) => {}
            length => break length?,
        }
    };
    whole(bytes, length)
}

/// Receives one packet with its descriptors, waiting at most `patience` for it. `Ok(None)` is the end of the connection.
///
/// # Errors
/// `TimedOut`, `InvalidData` for a packet beyond [`MAX_MESSAGE`] or with too many descriptors, and the socket's errors.
pub(super) fn receive(stream: &OwnedFd, patience: Duration) -> io::Result<Option<Packet>> {
    await_readable(stream, patience)?;
    let mut bytes = vec![0; MAX_MESSAGE + 1];
    // Room for as many as the kernel ever passes: of a control message that was cut off, the first ones would leak.
    let mut control = nix::cmsg_space!([RawFd; KERNEL_MAX_DESCRIPTORS]);
    let mut slices = [IoSliceMut::new(&mut bytes)];
    let message =
        recvmsg::<()>(stream.as_raw_fd(), &mut slices, Some(&mut control), MsgFlags::MSG_CMSG_CLOEXEC)?;
    let descriptors: Vec<OwnedFd> = message
        .cmsgs()?
        .filter_map(|control| match control {
            ControlMessageOwned::ScmRights(rights) => Some(rights),
            _ => None,
        })
        .flatten()
        // SAFETY: the kernel has just installed these descriptors in this process for this message.
        .map(|descriptor| unsafe { OwnedFd::from_raw_fd(descriptor) })
        .collect();
    let length = message.bytes;
    if descriptors.len() > MAX_DESCRIPTORS {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(whole(bytes, length)?.map(|bytes| Packet { bytes, descriptors }))
}

fn whole(mut bytes: Vec<u8>, length: usize) -> io::Result<Option<Vec<u8>>> {
    if length > MAX_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    bytes.truncate(length);
    Ok((length > 0).then_some(bytes))
}

fn await_readable(stream: &OwnedFd, patience: Duration) -> io::Result<()> {
    let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
    let mut polled = [PollFd::new(stream.as_fd(), PollFlags::POLLIN)];
    loop {
        match poll(&mut polled, timeout) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) => return Ok(()),
            Err(nix::errno::Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For packets that have already been sent.
    const SOON: Duration = Duration::from_secs(5);

    fn pair() -> (OwnedFd, OwnedFd) {
        nix::sys::socket::socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
            .expect("a socket pair")
    }

    #[test]
    fn descriptors_arrive_as_the_receivers_own() {
        let (here, there) = pair();
        let file = tempfile::tempfile().unwrap();
        send(&here, b"hello", &[file.as_fd(), file.as_fd()]).unwrap();
        let packet = receive(&there, SOON).unwrap().expect("a packet");
        assert_eq!(packet.bytes, b"hello");
        let inode = |fd: BorrowedFd<'_>| nix::sys::stat::fstat(fd).unwrap().st_ino;
        assert_eq!(packet.descriptors.len(), 2);
        for received in &packet.descriptors {
            assert_eq!(inode(received.as_fd()), inode(file.as_fd()));
            assert_ne!(received.as_raw_fd(), file.as_raw_fd());
        }
    }

    #[test]
    fn an_oversized_packet_is_an_error_and_a_closed_socket_is_the_end() {
        let (here, there) = pair();
        send(&here, &[1; MAX_MESSAGE + 1], &[]).unwrap();
        assert_eq!(receive(&there, SOON).err().map(|error| error.kind()), Some(io::ErrorKind::InvalidData));
        drop(here);
        assert!(receive(&there, SOON).unwrap().is_none());
    }

    #[test]
    fn too_many_descriptors_are_an_error() {
        let (here, there) = pair();
        let file = tempfile::tempfile().unwrap();
        let many = vec![file.as_fd(); MAX_DESCRIPTORS + 10];
        send(&here, b"x", &many).unwrap();
        assert_eq!(receive(&there, SOON).err().map(|error| error.kind()), Some(io::ErrorKind::InvalidData));
    }

    #[test]
    fn descriptors_that_nobody_asked_for_stay_outside() {
        let (here, there) = pair();
        let file = tempfile::tempfile().unwrap();
        send(&here, b"hello", &[file.as_fd()]).unwrap();
        assert_eq!(receive_bytes(&there).unwrap().as_deref(), Some(&b"hello"[..]));
        send(&here, &[1; MAX_MESSAGE + 1], &[]).unwrap();
        assert_eq!(receive_bytes(&there).err().map(|error| error.kind()), Some(io::ErrorKind::InvalidData));
        drop(here);
        assert!(receive_bytes(&there).unwrap().is_none());
    }

    #[test]
    fn a_silent_peer_is_not_waited_for_longer_than_asked() {
        let (_here, there) = pair();
        assert_eq!(receive(&there, Duration::ZERO).err().map(|e| e.kind()), Some(io::ErrorKind::TimedOut));
    }

    #[test]
    fn a_socket_left_behind_is_replaced_and_one_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("screen.sock");
        let first = listen(&path, 0o600).unwrap();
        assert!(listen(&path, 0o600).is_err());
        drop(first);
        let second = listen(&path, 0o600).unwrap();
        let client = connect(&path).unwrap();
        let server = accept(&second).unwrap();
        assert_eq!(peer_user(&server).unwrap(), nix::unistd::getuid().as_raw());
        drop(client);
    }
}
