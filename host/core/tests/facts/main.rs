//! What holds on the wire and in the data plane, one file per subject. No test reads a clock or opens a
//! socket; `pair` is host and client on a made-up network in made-up time.

// The fixtures are no tests to clippy; a panic in them is a failed test like any other.
#![allow(clippy::unwrap_used)]

mod pair;
mod strategies;

mod a_stream_crosses_the_network;
mod clocks_agree;
mod datagrams_are_paced;
mod decoders_take_any_bytes;
mod input_and_feedback_planes;
mod losses_are_recovered_from;
mod messages_come_back_as_they_were;
mod parity_follows_loss;
mod reassembly_stays_bounded;
mod replays_and_forgeries_are_dropped;
mod requests_are_throttled;
mod the_data_plane_matches_known_answers;
mod the_wire_matches_known_answers;
mod welcomes_are_looked_over;

/// Bytes out of hexadecimal digits; blanks and bars do not count.
fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '|').collect();
    hex::decode(digits).expect("the vector is hexadecimal")
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}
