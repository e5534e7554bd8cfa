//! The command line: one verb per module, results to standard output, logs and progress to standard error.

mod bundle;
mod error;
mod install;
mod keygen;
mod place;
mod print;
mod verbs;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use error::CliError;
use place::Place;
use print::Output;

/// Keeps a flashed punktfunk box up to date, and able to go back.
#[derive(Debug, Parser)]
#[command(name = "punktfunk-update", version, about, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    output: Output,
    /// What is logged, to standard error: a level, or `target=level` pairs
    #[arg(long, global = true, env = "PUNKTFUNK_LOG", default_value = "warn")]
    log: String,
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  punktfunk-update status                 what runs, what is to be had, what happened last
  punktfunk-update check                  ask the feed
  punktfunk-update install                put the newest version in place, for the next start
  punktfunk-update install --reboot       … and start it now
  punktfunk-update install --feed /media  … from a directory instead of the policy's feed
  punktfunk-update rollback               undo the last update
  punktfunk-update keygen publisher       make a pair of keys to publish with
  punktfunk-update bundle --help          make a feed";

/// Where a box's things are; the defaults are right on a box.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlaceArgs {
    /// The directory that stands for `/`, for a box that is looked at from outside
    #[arg(long, global = true, value_name = "DIR", default_value = "/", help_heading = "Places")]
    root: PathBuf,
    /// The policy [default: etc/punktfunk/punktfunk.yaml below the root]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Places")]
    config: Option<PathBuf>,
    /// The disk with the slots, or a file that is one [default: the one that the system runs from]
    #[arg(long, global = true, value_name = "DISK", help_heading = "Places")]
    disk: Option<PathBuf>,
    /// Where the boot partition is mounted [default: efi below the root]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Places")]
    esp: Option<PathBuf>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Say what runs, what is to be had and what happened last
    Status(verbs::StatusArgs),
    /// Ask the feed whether there is a newer version
    Check(FeedArgs),
    /// Put a newer version into the idle slot, to be tried at the next start
    Install(install::InstallArgs),
    /// Keep the running version, as its gate would
    MarkGood,
    /// Undo the last update: cancel it while it waits, else start the version before
    Rollback(verbs::RollbackArgs),
    /// Run a command that says whether this box does its work, and remember its verdict
    Gate(verbs::GateArgs),
    /// Make a signed feed out of images
    Bundle(Box<bundle::BundleArgs>),
    /// Make a pair of keys to sign feeds with
    Keygen(keygen::KeygenArgs),
}

/// Which feed.
#[derive(Debug, Clone, Default, Args)]
struct FeedArgs {
    /// An http(s) address or a directory, instead of the policy's `update.feed`
    #[arg(long, value_name = "FEED")]
    feed: Option<String>,
    /// Accept a manifest, and a version, older than one that this box has seen; written into the history
    #[arg(long)]
    allow_downgrade: bool,
}

/// Runs the verb of this process's command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let place = Place::new(&cli.place);
    let outcome = start_log(&cli.log).and_then(|()| match &cli.verb {
        Verb::Status(args) => verbs::status(&place, args, cli.output),
        Verb::Check(args) => verbs::check(&place, args, cli.output),
        Verb::Install(args) => install::run(&place, args, cli.output),
        Verb::MarkGood => verbs::mark_good(&place, cli.output),
        Verb::Rollback(args) => verbs::roll_back(&place, args, cli.output),
        Verb::Gate(args) => verbs::gate(&place, args, cli.output),
        Verb::Bundle(args) => bundle::run(args, cli.output),
        Verb::Keygen(args) => keygen::run(args, cli.output),
    });
    print::end(cli.output, outcome)
}

fn start_log(filter: &str) -> Result<(), CliError> {
    use std::io::IsTerminal as _;
    let parsed = tracing_subscriber::EnvFilter::try_new(filter).map_err(|why| {
        CliError::Usage(format!("the log filter {filter:?} cannot be read: {why}; write it like `info`"))
    })?;
    let _ = tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false)
        .try_init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_does_not_break_in_the_midst_of_a_sentence_on_a_narrow_terminal() {
        const NARROW: usize = 96;
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands().cloned());
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let lines: Vec<&str> = help.lines().chain([""]).collect();
            for pair in lines.windows(2).filter(|pair| pair[0].chars().count() > NARROW) {
                // a paragraph in one line is broken where it fits, an example is not
                let wraps = !pair[0].starts_with(' ') && pair[1].is_empty();
                assert!(wraps, "{}: {}", command.get_name(), pair[0]);
            }
        }
    }
}
