//! Requests and responses as text.

use std::fmt::Write as _;

/// The longest message that is read; clients send about two kilobytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 32;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Why a message is not a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestFault {
    /// More is to come.
    #[error("the request is not whole")]
    Incomplete,
    /// It never will be one.
    #[error("this is no RTSP request")]
    Malformed,
}

impl Request {
    /// Reads a request, whose body may be longer than the bytes: then it is incomplete.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, RequestFault> {
        let malformed = RequestFault::Malformed;
        if bytes.len() > MAX_MESSAGE_BYTES {
            return Err(malformed);
        }
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Err(RequestFault::Incomplete);
        };
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| malformed)?;
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (first.next().unwrap_or_default(), first.next().ok_or(malformed)?);
        if method.is_empty() || first.next() != Some("RTSP/1.0") || first.next().is_some() {
            return Err(malformed);
        }
        let mut headers = Vec::new();
        for line in lines {
            let (name, value) = line.split_once(':').ok_or(malformed)?;
            if headers.len() == MAX_HEADERS {
                return Err(malformed);
            }
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        let mut request =
            Self { method: method.to_owned(), target: target.to_owned(), headers, body: String::new() };
        let length: usize = match request.header("Content-length") {
            Some(text) => text.parse().map_err(|_| malformed)?,
            None => 0,
        };
        if length > MAX_MESSAGE_BYTES {
            return Err(malformed);
        }
        let body = bytes.get(end + 4..end + 4 + length).ok_or(RequestFault::Incomplete)?;
        request.body = String::from_utf8_lossy(body).into_owned();
        Ok(request)
    }

    /// A header's value; names are compared without regard to case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// A response. Clients compare the names of headers exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Response {
    /// An answer to `request`. Clients need at least one header, so its number goes back.
    pub(crate) fn new(request: &Request, status: u16) -> Self {
        let number = request.header("CSeq").and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
        Self { status, headers: vec![("CSeq", number.to_string())], body: String::new() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn body(self, body: String) -> Self {
        Self { body, ..self }
    }

    /// The text to send.
    pub(crate) fn encode(&self) -> String {
        let reason = match self.status {
            200 => "OK",
            400 => "Bad Request",
            403 => "Forbidden",
            404 => "Not Found",
            _ => "Service Unavailable",
        };
        let mut text = format!("RTSP/1.0 {} {reason}\r\n", self.status);
        for (name, value) in &self.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text + "\r\n" + &self.body
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANNOUNCE: &str =
        "ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\nContent-length: 5\r\n\r\nv=0\r\n";

    #[test]
    fn a_request_is_whole_once_its_body_is() {
        let request = Request::parse(ANNOUNCE.as_bytes()).unwrap();
        assert_eq!((request.method.as_str(), request.target.as_str()), ("ANNOUNCE", "streamid=control/13/0"));
        assert_eq!((request.header("cseq"), request.body.as_str()), (Some("6"), "v=0\r\n"));
        for cut in 0..ANNOUNCE.len() {
            assert_eq!(Request::parse(&ANNOUNCE.as_bytes()[..cut]), Err(RequestFault::Incomplete), "{cut}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for text in [
            "GET / HTTP/1.1\r\n\r\n",
            "\r\n\r\n",
            "OPTIONS\r\n\r\n",
            "OPTIONS * RTSP/1.0\r\nno colon\r\n\r\n",
        ] {
            assert_eq!(Request::parse(text.as_bytes()), Err(RequestFault::Malformed), "{text}");
        }
        let long = "OPTIONS * RTSP/1.0\r\nContent-length: 99999999999\r\n\r\n";
        assert_eq!(Request::parse(long.as_bytes()), Err(RequestFault::Malformed));
    }

    #[test]
    fn a_response_is_laid_out_as_the_clients_parser_needs_it() {
        let request = Request::parse(ANNOUNCE.as_bytes()).unwrap();
        let response =
            Response::new(&request, 200).header("Session", "1;timeout = 90").body("a=b\n".to_owned());
        assert_eq!(response.encode(), "RTSP/1.0 200 OK\r\nCSeq: 6\r\nSession: 1;timeout = 90\r\n\r\na=b\n");
    }

    proptest! {
        #[test]
        fn no_bytes_make_parsing_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[A-Z :/0-9.\r\n-]{0,120}") {
            let _ = Request::parse(&bytes);
            let _ = Request::parse(text.as_bytes());
        }
    }
}
