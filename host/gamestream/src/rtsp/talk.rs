//! The order of the negotiation, and the answer to each request.

use std::fmt::Write as _;

use super::announce::{AUDIO, AnnounceFault, Announced, CONTROL_V2, VIDEO};
use super::message::{Request, Response};
use crate::house::Encryption;

/// The layouts of surround sound: normal and high quality, each for six and eight channels (GameStream §6.4). The normal
/// ones couple left and right of the same place, and have the channel of low frequencies last.
const SURROUND: [&str; 4] = ["642014235", "660012345", "85301623457", "88001234567"];
/// The address by which a client says that its sound may take little.
const LITTLE_SOUND: &str = "0.0.0.0";
/// Length of the secret that pings carry, in characters.
pub(crate) const PING_SECRET_BYTES: usize = 16;

/// What is offered to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) hevc: bool,
    /// Whether fingers and pens are taken.
    pub(crate) touch: bool,
    pub(crate) encryption: Encryption,
    pub(crate) video_port: u16,
    pub(crate) control_port: u16,
    pub(crate) audio_port: u16,
    /// What pings must carry.
    pub(crate) ping_secret: [u8; PING_SECRET_BYTES],
    /// What the control connection must carry; never 0.
    pub(crate) connect_data: u32,
}

/// What a request leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The answer, and nothing more.
    Answer(Response),
    /// The client has said what it wants: join a session, then answer by [`Talk::joined`].
    Join(Announced),
    /// The answer; the negotiation is over.
    Play(Response),
}

/// The negotiation of one session.
#[derive(Debug)]
pub(crate) struct Talk {
    offer: Offer,
    joined: bool,
}

impl Talk {
    pub(crate) fn new(offer: Offer) -> Self {
        Self { offer, joined: false }
    }

    /// Takes a request.
    pub(crate) fn hear(&mut self, request: &Request) -> Step {
        let ok = Response::new(request, 200);
        match request.method.as_str() {
            "OPTIONS" => Step::Answer(ok),
            "DESCRIBE" => Step::Answer(ok.body(self.description())),
            "SETUP" => Step::Answer(self.set_up(request)),
            // joining twice would take two places
            "ANNOUNCE" if self.joined => Step::Answer(Response::new(request, 400)),
            "ANNOUNCE" => {
                match Announced::parse(&request.body, self.offer.encryption == Encryption::Required) {
                    Ok(announced)
                        if request.header("Host").is_some_and(|it| it.starts_with(LITTLE_SOUND)) =>
                    {
                        Step::Join(announced.with_little_sound())
                    }
                    Ok(announced) => Step::Join(announced),
                    Err(fault) => Step::Answer(self.refuse(request, fault)),
                }
            }
            "PLAY" if self.joined => Step::Play(ok),
            _ => Step::Answer(Response::new(request, 400)),
        }
    }

    /// The answer to the announcement, once a place was found or not.
    pub(crate) fn joined(&mut self, request: &Request, found: bool) -> Response {
        self.joined = found;
        Response::new(request, if found { 200 } else { 503 })
    }

    fn refuse(&self, request: &Request, fault: AnnounceFault) -> Response {
        tracing::info!("a Moonlight stream was refused: {fault}");
        Response::new(request, fault.status())
    }

    fn set_up(&self, request: &Request) -> Response {
        let Offer { ping_secret, connect_data, .. } = self.offer;
        let kind = request.target.split_once('=').and_then(|(_, rest)| rest.split('/').next());
        let secret = || String::from_utf8_lossy(&ping_secret).into_owned();
        let (port, name, value) = match kind {
            Some("audio") => (self.offer.audio_port, "X-SS-Ping-Payload", secret()),
            Some("video") => (self.offer.video_port, "X-SS-Ping-Payload", secret()),
            Some("control") => (self.offer.control_port, "X-SS-Connect-Data", connect_data.to_string()),
            _ => return Response::new(request, 404),
        };
        Response::new(request, 200)
            .header("Session", "punktfunk;timeout = 90")
            .header("Transport", format!("server_port={port}"))
            .header(name, value)
    }

    fn description(&self) -> String {
        let supported = CONTROL_V2 | VIDEO | AUDIO;
        let requested = match self.offer.encryption {
            Encryption::Required => supported,
            Encryption::Offered => CONTROL_V2 | AUDIO,
        };
        let mut text = format!(
            "a=x-ss-general.featureFlags:{}\na=x-ss-general.encryptionSupported:{supported}\n\
             a=x-ss-general.encryptionRequested:{requested}\n",
            u8::from(self.offer.touch)
        );
        if self.offer.hevc {
            text += "sprop-parameter-sets=AAAAAU\n";
        }
        for layout in SURROUND {
            let _ = writeln!(text, "a=fmtp:97 surround-params={layout}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::announce::tests::body;
    use super::*;

    const OFFER: Offer = Offer {
        hevc: false,
        touch: true,
        encryption: Encryption::Required,
        video_port: 47998,
        control_port: 47999,
        audio_port: 48000,
        ping_secret: *b"0123456789abcdef",
        connect_data: 77,
    };

    fn request(line: &str, body: &str) -> Request {
        let text = format!("{line} RTSP/1.0\r\nCSeq: 3\r\nContent-length: {}\r\n\r\n{body}", body.len());
        Request::parse(text.as_bytes()).unwrap()
    }

    fn answer(talk: &mut Talk, line: &str) -> String {
        match talk.hear(&request(line, "")) {
            Step::Answer(response) | Step::Play(response) => response.encode(),
            Step::Join(_) => panic!("{line}"),
        }
    }

    #[test]
    fn each_stream_gets_its_port_and_its_secret() {
        let mut talk = Talk::new(OFFER);
        let audio = answer(&mut talk, "SETUP streamid=audio/0/0");
        assert!(
            audio.contains("\r\nTransport: server_port=48000\r\nX-SS-Ping-Payload: 0123456789abcdef\r\n")
        );
        let control = answer(&mut talk, "SETUP streamid=control/13/0");
        assert!(control.contains("server_port=47999\r\nX-SS-Connect-Data: 77\r\n"));
        assert!(answer(&mut talk, "SETUP streamid=video/0/0").contains("server_port=47998"));
        assert!(answer(&mut talk, "SETUP streamid=other/0/0").starts_with("RTSP/1.0 404 "));
    }

    #[test]
    fn a_codec_that_cannot_be_had_is_not_offered() {
        let describe = |hevc| answer(&mut Talk::new(Offer { hevc, ..OFFER }), "DESCRIBE rtspenc://h:1");
        assert!(describe(true).contains("sprop-parameter-sets=AAAAAU"));
        let text = describe(false);
        assert!(!text.contains("sprop") && text.contains("a=x-ss-general.encryptionRequested:7\n"));
    }

    #[test]
    fn clients_keep_touches_to_themselves_where_none_are_taken() {
        let describe = |touch| answer(&mut Talk::new(Offer { touch, ..OFFER }), "DESCRIBE rtspenc://h:1");
        assert!(describe(true).contains("a=x-ss-general.featureFlags:1\n"));
        assert!(describe(false).contains("a=x-ss-general.featureFlags:0\n"));
    }

    #[test]
    fn nothing_plays_before_a_place_was_found_and_nobody_gets_two() {
        let mut talk = Talk::new(OFFER);
        assert!(answer(&mut talk, "PLAY /").starts_with("RTSP/1.0 400 "));
        let announce = request("ANNOUNCE streamid=control/13/0", &body(&[]));
        assert!(matches!(talk.hear(&announce), Step::Join(_)));
        assert!(talk.joined(&announce, false).encode().starts_with("RTSP/1.0 503 "));
        assert!(matches!(talk.hear(&announce), Step::Join(_)), "it may try again");
        talk.joined(&announce, true);
        assert!(matches!(talk.hear(&announce), Step::Answer(response) if response.status == 400));
        assert!(matches!(talk.hear(&request("PLAY /", "")), Step::Play(_)));
    }
}
