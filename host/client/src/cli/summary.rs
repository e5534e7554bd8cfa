//! What a session came to, as text and as JSON.

use std::fmt;
use std::time::Duration;

use punktfunk_client::{Histogram, HostId, Mode, NativeClient, Stats, Terms};
use serde::Serialize;
use serde_json::Value;

use super::failure::Failure;

/// The figures of a session that has ended.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Summary {
    /// Access units received whole.
    pub(crate) frames: u64,
    /// Pictures that came out of the decoder; absent where nothing was decoded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decoded: Option<u64>,
    /// Access units that never came whole.
    pub(crate) lost: u64,
    /// Access units that parity completed.
    pub(crate) recovered: u64,
    /// Access units thrown away because this machine was too slow.
    pub(crate) dropped: u64,
    /// Packets of sound.
    pub(crate) audio_packets: u64,
    /// Packets of sound that never came.
    pub(crate) audio_lost: u64,
    pub(crate) seconds: f64,
    pub(crate) fps: f64,
    pub(crate) mbit_s: f64,
    /// From the dial to the first frame, the owner's time to approve left out.
    pub(crate) first_frame_ms: Option<f64>,
    /// Capture on the host to reassembled here.
    pub(crate) latency_ms: Spread,
    /// Capture to fully sent, as the host says.
    pub(crate) host_ms: Spread,
    /// Time spent in the decoder per access unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decode_ms: Option<Spread>,
    pub(crate) round_trip_ms: Option<f64>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) refresh_hz: u32,
    pub(crate) codec: String,
    pub(crate) bitrate_kbps: u32,
    pub(crate) host_fingerprint: String,
}

/// Two percentiles in milliseconds; `null` while nothing was measured.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Spread {
    p50: Option<f64>,
    p99: Option<f64>,
}

/// What the command itself counted beside the session's own figures.
#[derive(Debug, Default)]
pub(crate) struct Decoding {
    pub(crate) pictures: u64,
    pub(crate) time: Histogram,
}

/// What was agreed on, and with whom.
#[derive(Debug, Clone)]
pub(crate) struct Agreement {
    pub(crate) mode: Mode,
    pub(crate) codec: String,
    pub(crate) bitrate_kbps: u32,
    pub(crate) host: HostId,
}

impl Agreement {
    pub(crate) fn of(client: &NativeClient) -> Self {
        let Terms { codec, bitrate_kbps, .. } = client.terms();
        Self {
            mode: client.mode(),
            codec: codec.to_string(),
            bitrate_kbps: *bitrate_kbps,
            host: client.host(),
        }
    }
}

impl Summary {
    /// `streamed` is the time from the first frame on, which rates are counted over.
    pub(crate) fn new(
        stats: &Stats,
        agreement: &Agreement,
        streamed: Duration,
        decoding: Option<&Decoding>,
    ) -> Self {
        let seconds = streamed.as_secs_f64();
        let per_second = |count: f64| if seconds > 0.0 { rounded(count / seconds, 10.0) } else { 0.0 };
        Self {
            frames: stats.frames,
            decoded: decoding.map(|decoding| decoding.pictures),
            lost: stats.lost,
            recovered: stats.recovered,
            dropped: stats.dropped,
            audio_packets: stats.audio_packets,
            audio_lost: stats.audio_lost,
            seconds: rounded(seconds, 1000.0),
            fps: per_second(stats.frames as f64),
            mbit_s: per_second(stats.bytes as f64 * 8.0 / 1e6),
            first_frame_ms: stats.first_frame.map(milliseconds),
            latency_ms: Spread::of(&stats.latency),
            host_ms: Spread::of(&stats.host_time),
            decode_ms: decoding.map(|decoding| Spread::of(&decoding.time)),
            round_trip_ms: stats.round_trip.map(milliseconds),
            width: agreement.mode.width,
            height: agreement.mode.height,
            refresh_hz: agreement.mode.refresh_hz,
            codec: agreement.codec.clone(),
            bitrate_kbps: agreement.bitrate_kbps,
            host_fingerprint: agreement.host.to_string(),
        }
    }

    /// One object, with the reason beside the figures when the session was cut short.
    pub(crate) fn to_json(&self, failure: Option<&Failure>) -> Value {
        let mut object = serde_json::to_value(self).unwrap_or_default();
        if let Some(failure) = failure {
            object["error"] = failure.to_json();
        }
        object
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "stream   {} at {}x{}@{}, {:.1} s",
            self.codec, self.width, self.height, self.refresh_hz, self.seconds
        )?;
        write!(f, "frames   {}", self.frames)?;
        if let Some(decoded) = self.decoded {
            write!(f, ", {decoded} decoded")?;
        }
        write!(f, ", {} lost, {} recovered", self.lost, self.recovered)?;
        if self.dropped > 0 {
            write!(f, ", {} dropped here (this machine is too slow)", self.dropped)?;
        }
        writeln!(f, "\nrate     {:.1} frames/s, {:.1} Mbit/s", self.fps, self.mbit_s)?;
        match (self.audio_packets, self.audio_lost) {
            (0, _) => writeln!(f, "sound    none came")?,
            (packets, lost) => writeln!(f, "sound    {packets} packets, {lost} lost")?,
        }
        match self.first_frame_ms {
            Some(first) => writeln!(
                f,
                "first    {first:.1} ms from dialling to the first frame, without the wait to be let in"
            )?,
            None => writeln!(f, "first    no frame came")?,
        }
        writeln!(f, "latency  {}, capture to received", self.latency_ms)?;
        writeln!(f, "  host   {}, capture to its last packet sent, parity too", self.host_ms)?;
        if let Some(decode) = self.decode_ms {
            writeln!(f, "decode   {decode}")?;
        }
        write!(f, "host     {}", self.host_fingerprint)
    }
}

impl Spread {
    fn of(histogram: &Histogram) -> Self {
        Self {
            p50: histogram.percentile(50).map(milliseconds),
            p99: histogram.percentile(99).map(milliseconds),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.p50, self.p99) {
            (Some(p50), Some(p99)) => write!(f, "p50 {p50:.2} ms, p99 {p99:.2} ms"),
            _ => f.write_str("not measured"),
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    rounded(duration.as_secs_f64() * 1000.0, 1000.0)
}

/// Cut to what is worth reading: `steps` per unit.
fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        Summary {
            frames: 600,
            decoded: Some(598),
            lost: 2,
            recovered: 7,
            dropped: 0,
            audio_packets: 1999,
            audio_lost: 3,
            seconds: 10.012,
            fps: 59.9,
            mbit_s: 18.4,
            first_frame_ms: Some(143.25),
            latency_ms: Spread { p50: Some(3.125), p99: Some(7.5) },
            host_ms: Spread { p50: Some(2.25), p99: Some(6.0) },
            decode_ms: Some(Spread { p50: Some(1.5), p99: Some(4.75) }),
            round_trip_ms: Some(0.32),
            width: 1280,
            height: 720,
            refresh_hz: 60,
            codec: "h264".to_owned(),
            bitrate_kbps: 20_000,
            host_fingerprint: "9f2c".repeat(16),
        }
    }

    #[test]
    fn the_summary_reads_like_this() {
        insta::assert_snapshot!(summary(), @r"
        stream   h264 at 1280x720@60, 10.0 s
        frames   600, 598 decoded, 2 lost, 7 recovered
        rate     59.9 frames/s, 18.4 Mbit/s
        sound    1999 packets, 3 lost
        first    143.2 ms from dialling to the first frame, without the wait to be let in
        latency  p50 3.12 ms, p99 7.50 ms, capture to received
          host   p50 2.25 ms, p99 6.00 ms, capture to its last packet sent, parity too
        decode   p50 1.50 ms, p99 4.75 ms
        host     9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c
        ");
    }

    #[test]
    fn a_session_without_video_says_so() {
        let nothing = Summary {
            frames: 0,
            decoded: Some(0),
            lost: 0,
            recovered: 0,
            dropped: 3,
            audio_packets: 0,
            audio_lost: 0,
            first_frame_ms: None,
            latency_ms: Spread::default(),
            host_ms: Spread::default(),
            decode_ms: Some(Spread::default()),
            ..summary()
        };
        insta::assert_snapshot!(nothing, @r"
        stream   h264 at 1280x720@60, 10.0 s
        frames   0, 0 decoded, 0 lost, 0 recovered, 3 dropped here (this machine is too slow)
        rate     59.9 frames/s, 18.4 Mbit/s
        sound    none came
        first    no frame came
        latency  not measured, capture to received
          host   not measured, capture to its last packet sent, parity too
        decode   not measured
        host     9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c
        ");
    }

    #[test]
    fn scripts_read_these_keys() {
        insta::assert_snapshot!(serde_json::to_string_pretty(&summary().to_json(None)).expect("JSON"), @r#"
        {
          "audio_lost": 3,
          "audio_packets": 1999,
          "bitrate_kbps": 20000,
          "codec": "h264",
          "decode_ms": {
            "p50": 1.5,
            "p99": 4.75
          },
          "decoded": 598,
          "dropped": 0,
          "first_frame_ms": 143.25,
          "fps": 59.9,
          "frames": 600,
          "height": 720,
          "host_fingerprint": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
          "host_ms": {
            "p50": 2.25,
            "p99": 6.0
          },
          "latency_ms": {
            "p50": 3.125,
            "p99": 7.5
          },
          "lost": 2,
          "mbit_s": 18.4,
          "recovered": 7,
          "refresh_hz": 60,
          "round_trip_ms": 0.32,
          "seconds": 10.012,
          "width": 1280
        }
        "#);
    }

    #[test]
    fn what_was_not_decoded_is_not_counted_and_a_failure_stands_beside_the_figures() {
        let measured = Summary { decoded: None, decode_ms: None, ..summary() };
        let failure = Failure::new("lost", "The connection was lost.");
        let object = measured.to_json(Some(&failure));
        assert!(object.get("decoded").is_none() && object.get("decode_ms").is_none());
        assert_eq!((&object["error"]["code"], &object["frames"]), (&"lost".into(), &600.into()));
        assert!(!measured.to_string().contains("decode"));
    }
}
