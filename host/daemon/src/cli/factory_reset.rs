//! `factory-reset`: a box as new.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use nix::unistd::Uid;
use punktfunk_trust::{clear_list, give_to_owner_of, mark_path, replace_private};

use super::local::RuntimeDir;
use super::print::Output;
use super::{DONE, FAILED, dirs, fail};
use crate::console::socket_path;

/// Who the box is at its doors: what devices have pinned.
const IDENTITY: [&str; 2] = ["host-identity.pem", crate::gamestream::certificate::FILE];
/// What asks for a reset at the next start of a flashed box; `image/bin/factory-reset` reads it.
const REQUEST: &str = "factory-reset";
/// What the kernel of a flashed box is started with: the root hash of the slot that it runs from.
const FLASHED: &str = "usrhash=";

/// Makes the box as new: nobody owns it, and no device is let in.
#[derive(Debug, Args)]
#[command(after_help = "\
For root, at the box. A flashed box does it at its next start, before anything else uses its data, and takes its policy from \
its drive PUNKTFUNK again. Elsewhere it is done at once, the host must not run, and the policy stays.

Examples:
  punktfunk-host factory-reset && systemctl reboot   on a flashed box
  systemctl stop punktfunk && punktfunk-host factory-reset && systemctl start punktfunk
                                                     elsewhere
  punktfunk-host factory-reset --keep-identity       devices that knew the box know it again,
                                                     and have to be let in again")]
pub struct FactoryResetArgs {
    /// Keep who the box is: devices do not take it for another
    #[arg(long)]
    keep_identity: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// At once also on a flashed box; what its start does with the request
    #[arg(long, hide = true)]
    at_once: bool,
    /// Where identity and allow-list are kept
    #[arg(long, value_name = "DIR", default_value_os_t = dirs::state_dir())]
    state_dir: PathBuf,
    #[command(flatten)]
    runtime: RuntimeDir,
    #[command(flatten)]
    output: Output,
}

/// Runs the verb.
pub(super) fn run(args: &FactoryResetArgs) -> ExitCode {
    if !Uid::effective().is_root() {
        return fail(FAILED, &"only root may do this; try again with sudo");
    }
    let flashed = is_flashed(&fs::read_to_string("/proc/cmdline").unwrap_or_default());
    let at_next_start = flashed && !args.at_once;
    if !at_next_start && UnixStream::connect(socket_path(&args.runtime.path)).is_ok() {
        return fail(FAILED, &"the host is running; stop it first: systemctl stop punktfunk");
    }
    if !args.state_dir.is_dir() {
        let told =
            format!("there is no state in {}; say where it is with --state-dir", args.state_dir.display());
        return fail(FAILED, &told);
    }
    if !args.yes {
        match agreed(args) {
            Ok(true) => {}
            Ok(false) => return fail(FAILED, &"nothing was done"),
            Err(error) => {
                return fail(
                    FAILED,
                    &format_args!("nobody could be asked: {error}; give --yes to do it all the same"),
                );
            }
        }
    }
    let done = match at_next_start {
        true => ask_for(&args.state_dir, args.keep_identity),
        false => reset(&args.state_dir, args.keep_identity),
    };
    if let Err(error) = done {
        let dir = args.state_dir.display();
        let told = match at_next_start {
            true => format!("{dir} cannot be written to: {error}; nothing was done, check the disk"),
            false => format!("{dir} could not be cleared to the end: {error}; check the disk and try again"),
        };
        return fail(FAILED, &told);
    }
    let result = serde_json::json!({ "ok": true, "identity": if args.keep_identity { "kept" } else { "new" },
        "at_next_start": at_next_start });
    args.output.show(&result, || match at_next_start {
        true => "The box will be as new at its next start: systemctl reboot.\n".to_owned(),
        false => "The box is as new: start the host, and claim it.\n".to_owned(),
    });
    ExitCode::from(DONE)
}

fn is_flashed(kernel_command_line: &str) -> bool {
    kernel_command_line.split_ascii_whitespace().any(|word| word.starts_with(FLASHED))
}

/// Leaves the request that the start of a flashed box looks for.
fn ask_for(state_dir: &Path, keep_identity: bool) -> io::Result<()> {
    let words: &[u8] = if keep_identity { b"keep identity\n" } else { b"everything\n" };
    replace_private(&state_dir.join(REQUEST), words)
}

/// Says what will be lost, and asks.
#[allow(clippy::print_stderr)] // a question is for the person at the terminal
fn agreed(args: &FactoryResetArgs) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Err(io::Error::other("standard input is no terminal"));
    }
    let identity = match args.keep_identity {
        true => {
            "The box keeps its identity and who was revoked: devices know it again, and have to be let in again."
        }
        false => "Its identity too: every device takes it for another box, and has to pair anew.",
    };
    eprintln!(
        "This takes from {}:\n  who owns the box: its password, the signed-in browsers and all tokens\n  every device that is let \
         in or ignored\n{identity}\nThere is no way back but a backup. Type reset to go on:",
        args.state_dir.display()
    );
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "reset")
}

/// Takes everything away; the list of devices last, since a host without its list but with the mark of one does not start,
/// and so a reset that was cut off is seen and done again.
fn reset(state_dir: &Path, keep_identity: bool) -> io::Result<()> {
    let trust = dirs::trust_dir(state_dir);
    let mark = mark_path(&trust);
    for entry in fs::read_dir(state_dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_last = path == trust || path == mark || name == REQUEST;
        if is_last || (keep_identity && IDENTITY.contains(&&*name)) {
            continue;
        }
        remove(&path)?;
    }
    if keep_identity {
        // who was thrown out of this box stays out of it, whatever is restored
        clear_list(&trust).map_err(io::Error::other)?;
        give_to_owner_of(state_dir)?;
    } else {
        remove(&trust)?;
        remove(&mark)?;
    }
    // what asked for it goes when all is done, so that a power cut leaves nothing half done
    fs::File::open(state_dir)?.sync_all()?;
    remove(&state_dir.join(REQUEST))?;
    fs::File::open(state_dir)?.sync_all()
}

fn remove(path: &Path) -> io::Result<()> {
    let done = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use punktfunk_trust::{Identity, Now, Role, Trust, TrustSettings};

    use super::*;

    fn used() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        Identity::load_or_create(dir.path(), Role::Host).unwrap();
        let trust = dirs::trust_dir(dir.path());
        drop(Trust::open(&trust, TrustSettings::default(), Now::read(Instant::now())).unwrap());
        for name in ["owner.json", "host-identity.pem.replaced-1", "restore.pending", IDENTITY[1], REQUEST] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        dir
    }

    fn left(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn nothing_is_left_and_the_next_start_begins_anew() {
        let dir = used();
        let before = Identity::load_or_create(dir.path(), Role::Host).unwrap().id();
        reset(dir.path(), false).unwrap();
        assert_eq!(left(dir.path()), Vec::<String>::new());
        assert_ne!(Identity::load_or_create(dir.path(), Role::Host).unwrap().id(), before);
        let trust = dirs::trust_dir(dir.path());
        Trust::open(&trust, TrustSettings::default(), Now::read(Instant::now())).unwrap();
    }

    #[test]
    fn the_identity_is_all_that_is_kept() {
        let dir = used();
        let before = Identity::load_or_create(dir.path(), Role::Host).unwrap().id();
        reset(dir.path(), true).unwrap();
        let mut left = left(dir.path());
        left.sort();
        assert_eq!(left, [IDENTITY[1], IDENTITY[0]]);
        assert_eq!(Identity::load_or_create(dir.path(), Role::Host).unwrap().id(), before);
    }

    #[test]
    fn a_flashed_box_is_known_by_the_slot_that_it_was_started_from() {
        assert!(is_flashed("console=tty0 usrhash=00ff quiet\n"));
        assert!(!is_flashed("console=tty0 root=/dev/sda1 notusrhash=1\n") && !is_flashed(""));
    }

    #[test]
    fn a_request_is_in_the_words_that_the_start_of_a_box_understands() {
        let script = include_str!("../../../../image/bin/factory-reset");
        for keep_identity in [true, false] {
            let dir = used();
            ask_for(dir.path(), keep_identity).unwrap();
            let words = fs::read_to_string(dir.path().join(REQUEST)).unwrap();
            let case = [format!("    '{}')", words.trim()), format!("    {})", words.trim())];
            assert!(case.iter().any(|case| script.contains(case)), "{words}");
            assert!(left(dir.path()).len() > 4, "nothing is taken away yet");
        }
    }

    #[test]
    fn a_reset_that_was_cut_off_is_done_again() {
        let dir = used();
        fs::remove_dir_all(dirs::trust_dir(dir.path())).unwrap();
        reset(dir.path(), false).unwrap();
        assert_eq!(left(dir.path()), Vec::<String>::new());
    }
}
