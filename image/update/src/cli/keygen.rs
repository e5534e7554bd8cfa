//! `keygen`: a pair of keys.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use clap::Args;
use minisign::{KeyPair, SecretKey, SecretKeyBox};
use serde_json::json;

use super::error::CliError;
use super::print::Output;

/// Makes NAME.key, which stays secret, and NAME.pub, whose second line goes into the policies of the boxes.
#[derive(Debug, Args)]
pub(super) struct KeygenArgs {
    /// The two files without their endings; they must not exist yet
    name: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
}

/// How the secret key is protected.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub(super) struct PasswordArgs {
    /// Read the password from the first line of a file instead of asking
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The secret key has no password; then keep it where only the publisher can read it
    #[arg(long)]
    no_password: bool,
}

pub(super) fn run(args: &KeygenArgs, output: Output) -> Result<(), CliError> {
    let failed = |why: minisign::PError| CliError::Failed(format!("no keys were made: {why}"));
    let (secret, public) = (args.name.with_added_extension("key"), args.name.with_added_extension("pub"));
    if let Some(exists) = [&secret, &public].into_iter().find(|path| path.exists()) {
        return Err(CliError::Usage(format!("{} exists already and is not replaced", exists.display())));
    }
    let pair = match args.password.no_password {
        true => KeyPair::generate_unencrypted_keypair(),
        false => KeyPair::generate_encrypted_keypair(args.password.read()?),
    };
    let pair = pair.map_err(failed)?;
    let secret_text = pair.sk.to_box(Some("punktfunk feed secret key")).map_err(failed)?.into_string();
    let public_text = pair.pk.to_box().map_err(failed)?.into_string();
    for (path, text, mode) in [(&secret, secret_text, 0o600), (&public, public_text, 0o644)] {
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
        let written =
            file.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
        written.map_err(|why| CliError::Failed(format!("{}: {why}", path.display())))?;
    }
    let key = pair.pk.to_base64();
    let result = json!({ "key": key, "secret": secret, "public": public });
    output.show(&result, || {
        format!(
            "{} stays secret. Into the policy of each box:\n\nupdate:\n  keys: [{key}]\n",
            secret.display()
        )
    });
    Ok(())
}

impl PasswordArgs {
    /// The password, or `None` to ask for it at the terminal.
    fn read(&self) -> Result<Option<String>, CliError> {
        let Some(path) = &self.password_file else { return Ok(None) };
        let text =
            fs::read_to_string(path).map_err(|why| CliError::Usage(format!("{}: {why}", path.display())))?;
        Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
    }

    /// Opens a secret key.
    pub(super) fn open(&self, path: &std::path::Path) -> Result<SecretKey, CliError> {
        let text = fs::read_to_string(path).map_err(|why| {
            let path = path.display();
            CliError::Usage(match why.kind() {
                io::ErrorKind::NotFound => {
                    format!("there is no secret key {path}: make a pair with `punktfunk-update keygen NAME`")
                }
                io::ErrorKind::InvalidData => not_a_key(&path),
                _ => format!("the secret key {path} cannot be read: {why}"),
            })
        })?;
        let path = path.display();
        let usage = |why: String| Err(CliError::Usage(why));
        let unlocked = SecretKeyBox::from_string(&text).and_then(SecretKeyBox::into_unencrypted_secret_key);
        match (unlocked, self.no_password) {
            (Ok(key), true) => Ok(key),
            (Ok(_), false) => usage(format!("the secret key {path} has no password: say --no-password")),
            // the crate has no other word for a key that is locked
            (Err(why), no_password) if why.to_string().contains("encrypted") => match no_password {
                true => usage(format!("the secret key {path} has a password: leave out --no-password")),
                false => SecretKeyBox::from(text)
                    .into_secret_key(self.read()?)
                    .or_else(|why| usage(format!("the secret key {path} does not open: {why}"))),
            },
            (Err(_), _) => usage(not_a_key(&path)),
        }
    }
}

fn not_a_key(path: &impl std::fmt::Display) -> String {
    format!("{path} is not a secret key; it is the file NAME.key that `punktfunk-update keygen NAME` made")
}
