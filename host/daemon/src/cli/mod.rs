//! The command line: one verb per module, results to standard output, logs to standard error.

mod apps;
mod backup;
mod box_files;
mod card;
mod config;
mod console;
pub mod dirs;
mod doctor;
mod factory_reset;
mod local;
mod openapi;
mod pair;
mod passphrase;
mod policy;
mod print;
mod restore;
mod serve;
mod status;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use apps::AppsArgs;
pub use backup::BackupArgs;
pub use card::CardArgs;
pub use config::ConfigArgs;
pub use console::ConsoleArgs;
pub use doctor::DoctorArgs;
pub use factory_reset::FactoryResetArgs;
pub use pair::PairArgs;
pub use restore::RestoreArgs;
pub use serve::ServeArgs;
pub use status::StatusArgs;

pub(crate) use print::say;

/// The verb was done.
pub const DONE: u8 = 0;
/// The verb was refused or failed.
pub const FAILED: u8 = 1;
/// The command line or the configuration is wrong.
pub const USAGE: u8 = 2;

/// Streams this machine's screen to the devices that its owner has let in.
#[derive(Debug, Parser)]
#[command(name = "punktfunk-host", version, about, after_help = EXAMPLES)]
pub struct Cli {
    /// What is logged, to standard error: a level, or `target=level` pairs
    #[arg(long, global = true, env = "PUNKTFUNK_LOG", default_value = crate::logging::DEFAULT_FILTER)]
    pub log: String,
    /// The verb
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  punktfunk-host serve                         stream this machine, with the built-in policy
  punktfunk-host serve --allow-pairing         let the next device in with a PIN that is logged
  punktfunk-host pair pending                  who is waiting to be let in
  punktfunk-host console claim-code            how to claim the box in a browser
  punktfunk-host doctor                        is this machine fit to stream?
  punktfunk-host config check my.yaml          is this policy good?";

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the host until it is told to stop
    Serve(ServeArgs),
    /// Say who may stream from the running host
    Pair(PairArgs),
    /// Say who runs the box over the web console
    Console(ConsoleArgs),
    /// Show on the machine's own screen how the box is claimed, or what is wrong
    Card(CardArgs),
    /// Say what the running host is doing
    Status(StatusArgs),
    /// Say whether this machine is fit to stream, and what to do if not
    Doctor(DoctorArgs),
    /// Check and show policies
    Config(ConfigArgs),
    /// Write identity, devices and policy into one encrypted file
    Backup(BackupArgs),
    /// Put back a backup, or an allow-list that a start has refused
    Restore(RestoreArgs),
    /// Make the box as new: no owner, no devices
    FactoryReset(FactoryResetArgs),
    /// Run the policy's apps for the host, as the user of the screen's session
    Apps(AppsArgs),
    /// Print the OpenAPI document of the console's API
    Openapi,
}

/// Runs the verb of this process's command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Err(bad) = crate::logging::start(&cli.log) {
        return fail(USAGE, &bad);
    }
    match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Pair(args) => pair::run(&args),
        Command::Console(args) => console::run(&args),
        Command::Card(args) => card::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::FactoryReset(args) => factory_reset::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Apps(args) => apps::run(&args),
        Command::Openapi => openapi::run(),
    }
}

/// Says on standard error why the verb did not work, and makes the exit code for it.
pub(crate) fn fail(code: u8, error: &dyn std::fmt::Display) -> ExitCode {
    // the last word of a verb is for the person at the terminal, whatever the log filter
    let _ = writeln!(std::io::stderr(), "punktfunk-host: {error}");
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

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

    #[test]
    fn the_ways_of_letting_devices_in_exclude_each_other() {
        for pair in [["--open", "--require-pairing"], ["--open", "--allow-pairing"]] {
            let line = ["punktfunk-host", "serve"].into_iter().chain(pair);
            assert!(Cli::try_parse_from(line).is_err());
        }
        assert!(Cli::try_parse_from(["punktfunk-host", "serve", "--open"]).is_ok());
    }
}
