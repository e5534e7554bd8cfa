//! What a whole host costs beside encoding, held against the bounds that `docs/architecture.md` promises.
//!
//! Starts the real binary on free ports with a policy of its own, looks at it idle, streams its test card in software
//! H.264 at 1280x720@60 to the reference client, and floods a waiting room with knocks. The client runs on the same
//! machine and takes its share of the processor, as does whatever else is at work there: the load and the overshoot of a
//! plain sleep are printed beside the figures, and a latency means little where they are high.
//!
//! Over a bound is printed and is no failure, because machines differ; with `--strict` it is one.

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot measure may panic")]

mod knocks;
mod machine;
mod process;
mod stream;
mod table;

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use process::HostProcess;
use table::{Row, Unit};

/// From ready to the idle figures: what starting up left behind has settled by then.
const SETTLE: Duration = Duration::from_secs(3);
/// How long the stream is watched.
const WATCH: Duration = Duration::from_secs(15);

const IDLE_MIB: f64 = 40.0;
const STREAMING_MIB: f64 = 150.0;
const ADDED_MS: f64 = 4.0;
const GROWTH_MIB: f64 = 1.0;

fn main() -> ExitCode {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let measuring = has("--bench");
    let shortened = |time: Duration| if measuring { time } else { time / 15 };
    println!("load before: {}", machine::load());

    let host = HostProcess::start();
    let before = host.cpu();
    sleep(shortened(SETTLE));
    let idle = host.memory();
    let idle_cpu = host.cpu().saturating_sub(before).as_secs_f64() / shortened(SETTLE).as_secs_f64();
    let watched = stream::watch(&host, shortened(WATCH));
    sleep(shortened(SETTLE));
    let idle_again = host.memory();
    drop(host);
    let knocks = knocks::flood(if measuring { 10 } else { 1 });

    let resident = watched.resident();
    let rows = [
        Row::new("host added latency, 720p60", Unit::Ms, watched.added_ms(), ADDED_MS),
        Row::new("idle host, resident", Unit::MiB, (idle.resident, idle.resident), IDLE_MIB),
        Row::new("streaming 720p60, resident", Unit::MiB, resident, STREAMING_MIB),
        Row::new("growth from 10^5 to 10^6 knocks", Unit::MiB, (knocks.grown, knocks.grown), GROWTH_MIB),
    ];
    table::print(&rows);

    println!();
    println!("latency    {watched}");
    println!("idle       {idle}; processor {:.1} %", idle_cpu * 100.0);
    println!("streaming  {}; processor {:.0} % of one core", watched.memory(), watched.cpu_share() * 100.0);
    println!("after it   {idle_again}");
    println!("knocks     {knocks}");
    println!("machine    load {}; {}", machine::load(), watched.overshoot());
    if has("--strict") && rows.iter().any(Row::is_over) {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
