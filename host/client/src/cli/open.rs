//! From the command line's words to a running session: whom to trust, what to ask for, what to say meanwhile.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};

use punktfunk_client::{
    CancelToken, Codec, Codecs, ConnectOptions, HostPin, NativeClient, Progress, ProgressCallback, probe,
};

use super::args::{CodecWish, Peer, Trust, Wish};
use super::failure::Failure;
use super::known_hosts::{KnownHost, TrustedBy};
use super::place::Myself;

/// What `connect` and `bench` have in common.
pub(crate) struct Request<'a> {
    pub(crate) peer: &'a Peer,
    pub(crate) trust: &'a Trust,
    pub(crate) wish: &'a Wish,
    pub(crate) decodable: Codecs,
    pub(crate) stop: &'a CancelToken,
}

/// Connects, and remembers a host that was trusted on first use.
pub(crate) fn open(request: &Request<'_>) -> Result<NativeClient, Failure> {
    let Request { peer, trust, wish, .. } = *request;
    let myself = Myself::load(peer)?;
    let (pin, remember) = choose_pin(peer, trust, &myself)?;
    let mut options = ConnectOptions::new(peer.host.clone(), myself.identity.clone(), pin);
    options.mode = wish.mode;
    options.name = myself.name.clone();
    options.bitrate_kbps = wish.bitrate.unwrap_or(0);
    (options.codecs, options.preferred_codec) = choose_codecs(wish.codec, request.decodable)?;
    options.budget = trust.timeout;
    options.cancel = request.stop.clone();
    options.on_progress = Some(ProgressCallback::new(tell));
    let client = NativeClient::connect(options)?;
    if remember {
        let host = KnownHost { id: client.host(), by: TrustedBy::FirstUse };
        myself.known_hosts.remember(&peer.host, host)?;
    }
    Ok(client)
}

/// The pin, and whether the host is to be remembered. A known host stays pinned, whatever else is allowed.
fn choose_pin(peer: &Peer, trust: &Trust, myself: &Myself) -> Result<(HostPin, bool), Failure> {
    if let Some(id) = trust.pin_host {
        return Ok((HostPin::Fingerprint(id), false));
    }
    if let Some(known) = myself.known_hosts.find(&peer.host)? {
        return Ok((HostPin::Fingerprint(known.id), false));
    }
    if trust.tofu {
        return Ok((HostPin::TrustOnFirstUse, true));
    }
    if !peer.json && stdin().is_terminal() && stderr().is_terminal() {
        let shown = probe(&peer.host, &myself.identity)?;
        if agreed(&format!(
            "{} is not known yet. It shows the fingerprint\n  {shown}\nTrust it from now on? [y/N] ",
            peer.host
        )) {
            return Ok((HostPin::Fingerprint(shown), true));
        }
    }
    Err(Failure::new(
        "unknown_host",
        format_args!(
            "{} is not known to this device. Pair with it (`punktfunk-client pair {0}`), give its fingerprint \
             (--pin-host), or trust it on first use (--tofu).",
            peer.host
        ),
    ))
}

fn agreed(question: &str) -> bool {
    let _ = write!(stderr(), "{question}").and_then(|()| stderr().flush());
    let mut answer = String::new();
    stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

fn choose_codecs(wish: CodecWish, decodable: Codecs) -> Result<(Codecs, Option<Codec>), Failure> {
    let (offered, preferred) = match wish {
        CodecWish::Auto => {
            (decodable, [Codec::H264].into_iter().find(|&codec| decodable.contains(codec.into())))
        }
        CodecWish::H264 => (decodable & Codecs::H264, Some(Codec::H264)),
        CodecWish::Hevc => (decodable & Codecs::HEVC, Some(Codec::Hevc)),
    };
    if offered.is_empty() {
        return Err(Failure::new(
            "no_decoder",
            "this machine has no decoder for that codec. Install FFmpeg's, or ask for another --codec.",
        ));
    }
    Ok((offered, preferred))
}

fn tell(progress: Progress) {
    let line = match progress {
        Progress::Dialling { address, attempt: 1 } => format!("dialling {address}"),
        Progress::Dialling { address, attempt } => {
            format!("no answer yet, dialling {address} again (attempt {attempt})")
        }
        Progress::Connected { host } => format!("connected, host {host}"),
        Progress::WaitingForApproval { device, code, remaining } => {
            let code = code.map(|code| format!(", with the code\n  {}", code.words().join(" ")));
            format!(
                "waiting for approval, up to {} s: the host's console and `punktfunk-host pair pending` show this device \
                 as\n  {}\n  {device}{}",
                remaining.as_secs(),
                device.words().join(" "),
                code.unwrap_or_default()
            )
        }
        Progress::Welcomed => "let in".to_owned(),
        _ => return,
    };
    let _ = writeln!(stderr(), "{line}");
}
