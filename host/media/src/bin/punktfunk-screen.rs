//! `punktfunk-screen`: hands out what is on the screens, and can do nothing else.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use punktfunk_media::kms::Broker;

const HELP: &str = "\
Hands out descriptors of the buffers that this machine's screens show.

It runs apart from the host because reading another process's framebuffer takes CAP_SYS_ADMIN. It keeps
that capability and nothing else: no other capability, no network.

Usage: punktfunk-screen [--socket PATH] [--allow-user NAME]...

Options:
  --socket PATH       Listen here, unless the service manager hands over a socket
                      (ListenSequentialPacket= in a .socket unit)
  --allow-user NAME   Let this user connect, by name or number, beside root and the broker's own user
  --version           Print the version
  --help              Print this

Example: punktfunk-screen --socket /run/punktfunk/screen.sock --allow-user punktfunk
";

/// Bad usage, as opposed to a failure.
const USAGE: u8 = 2;

struct Options {
    socket: Option<PathBuf>,
    users: Vec<u32>,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return ExitCode::SUCCESS,
        Err(sentence) => {
            say(&format!("{sentence}; see punktfunk-screen --help"));
            return ExitCode::from(USAGE);
        }
    };
    let broker = match Broker::start(options.socket.as_deref(), &options.users) {
        Ok(broker) => broker,
        Err(error) => {
            say(&format!(
                "cannot start: {error}; give --socket a path in a folder that this user may write to"
            ));
            return ExitCode::FAILURE;
        }
    };
    if broker.is_privileged() {
        say("ready");
    } else {
        say(
            "CAP_SYS_ADMIN is missing, so no picture can be read; give the service AmbientCapabilities=CAP_SYS_ADMIN",
        );
    }
    match broker.serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("the socket failed: {error}; restart the service"));
            ExitCode::FAILURE
        }
    }
}

/// The options, or `None` when what was asked for has been printed.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { socket: None, users: Vec::new() };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--socket" => options.socket = Some(value()?.into()),
            "--allow-user" => options.users.push(user(&value()?)?),
            "--version" => {
                print(&format!("punktfunk-screen {}\n", env!("CARGO_PKG_VERSION")));
                return Ok(None);
            }
            "--help" => {
                print(HELP);
                return Ok(None);
            }
            _ => return Err(format!("unknown argument {argument:?}")),
        }
    }
    if options.socket.is_none() && std::env::var_os("LISTEN_FDS").is_none() {
        return Err("no socket: give --socket, or start it from a .socket unit".into());
    }
    Ok(Some(options))
}

fn user(name: &str) -> Result<u32, String> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    match nix::unistd::User::from_name(name) {
        Ok(Some(user)) => Ok(user.uid.as_raw()),
        Ok(None) => Err(format!("there is no user {name:?}")),
        Err(error) => Err(format!("user {name:?} cannot be looked up ({error})")),
    }
}

fn say(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "punktfunk-screen: {sentence}");
}

fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
