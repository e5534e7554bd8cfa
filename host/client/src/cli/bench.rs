//! `bench`: what a stream is worth on this network, without the decoder's share.

use std::time::{Duration, Instant};

use punktfunk_client::{CancelToken, Codecs};

use super::args::BenchArgs;
use super::failure::Failure;
use super::open::{Request, open};
use super::progress::ProgressLine;
use super::report::Done;
use super::summary::{Agreement, Summary};

const LOOK_UP: Duration = Duration::from_millis(50);
const NO_VIDEO: Duration = Duration::from_secs(15);

pub(crate) fn run(args: &BenchArgs, stop: &CancelToken) -> Result<Done, Failure> {
    let decodable = Codecs::H264 | Codecs::HEVC | Codecs::AV1;
    let client = open(&Request { peer: &args.peer, trust: &args.trust, wish: &args.wish, decodable, stop })?;
    let begun = Instant::now();
    let mut first: Option<Instant> = None;
    let mut line = ProgressLine::new();
    let failure = loop {
        match client.next_video(LOOK_UP) {
            Ok(Some(_)) => {
                first.get_or_insert_with(Instant::now);
            }
            Ok(None) if first.is_none() && begun.elapsed() > NO_VIDEO => {
                break Some(Failure::new(
                    "no_video",
                    "no video came. Check that nothing between the two blocks UDP.",
                ));
            }
            Ok(None) => {}
            Err(end) => break Failure::from_end(&end),
        }
        if stop.is_cancelled() || first.is_some_and(|first| first.elapsed() >= args.seconds) {
            break None;
        }
        line.update(|| client.stats());
    };
    drop(line);
    let streamed = first.map(|first| first.elapsed()).unwrap_or_default();
    let summary = Summary::new(&client.stats(), &Agreement::of(&client), streamed, None);
    client.quit();
    Ok(Done::session(&summary, failure))
}
