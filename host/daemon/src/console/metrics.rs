//! What the host is doing, for a monitoring system that keeps it (Prometheus text format).

use std::fmt::{Display, Write as _};

use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Read, Scope};
use super::refusals::Guarded;
use crate::app::{Severity, Status, StreamView};
use crate::session::{LatencyUs, SessionView};

/// The media type of the format.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// What the host is doing, in the text format of Prometheus. Sessions and streams are labelled by their numbers; no device,
/// name or address is in it.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "host", responses(
    (status = 200, description = "all metrics", content_type = "text/plain", body = String,
     example = "# HELP punktfunk_streams Streams running.\n# TYPE punktfunk_streams gauge\npunktfunk_streams 1\n"), Guarded))]
async fn metrics(guard: Scope<Read>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], page(&guard.host().status()))
}

fn page(status: &Status) -> String {
    let mut page = Page::default();
    page.family("punktfunk_info", "gauge", "The host itself; always 1.");
    page.sample(&[("version", &status.version)], 1);
    page.one("punktfunk_uptime_seconds", "gauge", "Seconds since the host was started.", status.uptime_secs);
    page.family("punktfunk_devices", "gauge", "Devices, by what the host knows of them.");
    page.sample(&[("state", &"paired")], status.paired);
    page.sample(&[("state", &"waiting")], status.pending);
    page.family("punktfunk_attention", "gauge", "Things that want the owner's eye, by how much they matter.");
    for (severity, word) in
        [(Severity::Alarm, "alarm"), (Severity::Warning, "warning"), (Severity::Notice, "notice")]
    {
        let count = status.attention.iter().filter(|one| one.severity == severity).count();
        page.sample(&[("severity", &word)], count);
    }
    page.one("punktfunk_sessions", "gauge", "Sources being encoded.", status.sessions.len());
    page.one("punktfunk_streams", "gauge", "Streams running.", status.streams.len());
    sessions(&mut page, &status.sessions);
    streams(&mut page, &status.streams);
    page.text
}

fn sessions(page: &mut Page, sessions: &[SessionView]) {
    type Value = fn(&SessionView) -> u64;
    let families: [(&str, &str, &str, Value); 4] = [
        ("frames_total", "counter", "Pictures encoded.", |session| session.frames),
        ("frames_per_second", "gauge", "Pictures encoded a second.", |session| session.fps.into()),
        ("bits_per_second", "gauge", "Bits of video made a second.", |session| {
            u64::from(session.kbps) * 1000
        }),
        ("fault", "gauge", "1 while a card stands in for the source.", |session| {
            session.fault.is_some().into()
        }),
    ];
    for (name, kind, help, value) in families {
        page.family(&format!("punktfunk_session_{name}"), kind, help);
        for session in sessions {
            page.sample(&[("session", &session.id)], value(session));
        }
    }
    let help = "Where time goes, over the last two seconds.";
    page.family("punktfunk_session_latency_seconds", "gauge", help);
    for session in sessions {
        for (quantile, LatencyUs { capture, encode, send }) in
            [("0.5", session.latency_us), ("0.99", session.latency_p99_us)]
        {
            for (part, us) in [("capture", capture), ("encode", encode), ("send", send)] {
                if let Some(us) = us {
                    let labels: [(&str, &dyn Display); 3] =
                        [("session", &session.id), ("part", &part), ("quantile", &quantile)];
                    page.sample(&labels, f64::from(us) / 1e6);
                }
            }
        }
    }
}

fn streams(page: &mut Page, streams: &[StreamView]) {
    type Value = fn(&StreamView) -> Option<f64>;
    let families: [(&str, &str, &str, Value); 8] = [
        ("frames_total", "counter", "Frames sent.", |stream| Some(stream.frames as f64)),
        ("datagrams_total", "counter", "Datagrams handed to the kernel.", |stream| {
            Some(stream.datagrams as f64)
        }),
        ("dropped_datagrams_total", "counter", "Datagrams that the kernel had no room for.", |stream| {
            Some(stream.dropped as f64)
        }),
        (
            "skipped_frames_total",
            "counter",
            "Frames that the link or the client was too slow for.",
            |stream| Some(stream.skipped as f64),
        ),
        ("frames_per_second", "gauge", "Frames sent a second.", |stream| Some(stream.fps.into())),
        ("bits_per_second", "gauge", "Bits sent a second, parity included.", |stream| {
            Some(f64::from(stream.kbps) * 1e3)
        }),
        ("loss_ratio", "gauge", "Loss that the client reported last.", |stream| {
            Some(f64::from(stream.loss_ppm) / 1e6)
        }),
        ("round_trip_seconds", "gauge", "The network's round trip.", |stream| {
            stream.rtt_us.map(|us| f64::from(us) / 1e6)
        }),
    ];
    for (name, kind, help, value) in families {
        page.family(&format!("punktfunk_stream_{name}"), kind, help);
        for stream in streams {
            if let Some(value) = value(stream) {
                page.sample(&[("stream", &stream.id), ("session", &stream.session)], value);
            }
        }
    }
}

/// Text in the making.
#[derive(Default)]
struct Page {
    text: String,
    family: String,
}

impl Page {
    /// Begins a family; the samples that follow belong to it.
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // writing to a String cannot fail
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        name.clone_into(&mut self.family);
    }

    fn sample(&mut self, labels: &[(&str, &dyn Display)], value: impl Display) {
        let label =
            |(name, value): &(&str, &dyn Display)| format!("{name}=\"{}\"", escaped(&value.to_string()));
        let labels: Vec<String> = labels.iter().map(label).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{}{labels} {value}", self.family);
    }

    /// A family with one sample.
    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(&[], value);
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_label_cannot_end_it() {
        let mut page = Page::default();
        page.family("a", "gauge", "Something.");
        page.sample(&[("x", &"1\"} 2\n\\b 3")], 4);
        assert_eq!(page.text, "# HELP a Something.\n# TYPE a gauge\na{x=\"1\\\"} 2\\n\\\\b 3\"} 4\n");
    }
}
