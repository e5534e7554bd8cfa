//! `bundle`: a signed feed out of images.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::error::CliError;
use super::keygen::PasswordArgs;
use super::print::Output;
use crate::bundle::{Ingredients, Renewal, make, renew};
use crate::manifest::Manifest;
use crate::signature::public_key;
use crate::status::{bytes, moment};
use crate::version::Version;

/// Makes a signed feed: static files for any web server.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct BundleArgs {
    /// The directory of the feed; what is in it already stays, but for the manifest
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The secret key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
    /// The version of the images
    #[arg(long = "release", value_name = "VERSION", required_unless_present = "renew")]
    release: Option<Version>,
    /// The system image (erofs)
    #[arg(long, value_name = "IMAGE", required_unless_present = "renew")]
    usr: Option<PathBuf>,
    /// Its dm-verity tree
    #[arg(long, value_name = "IMAGE", required_unless_present = "renew")]
    verity: Option<PathBuf>,
    /// The unified kernel image that boots it; says the root hash
    #[arg(long, value_name = "IMAGE", required_unless_present = "renew")]
    uki: Option<PathBuf>,
    /// The root hash that the UKI must have
    #[arg(long, value_name = "HASH")]
    root_hash: Option<String>,
    /// The oldest version that is still safe to run
    #[arg(long, value_name = "VERSION")]
    minimum: Option<Version>,
    /// For how long boxes may believe this manifest; make it anew before that
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = valid_for)]
    valid: Duration,
    /// What is new, for people
    #[arg(long, value_name = "TEXT", default_value = "")]
    notes: String,
    /// A public key that may sign from now on, may be given several times; renewed, the announced ones stay unless others are given
    #[arg(long, value_name = "KEY")]
    next_key: Vec<String>,
    /// Announce no key any more
    #[arg(long, requires = "renew", conflicts_with = "next_key")]
    no_next_key: bool,
    /// Another public key of yours, by which the manifest that is renewed may be signed
    #[arg(long, value_name = "KEY", requires = "renew")]
    signed_by: Vec<String>,
    /// Sign what the feed offers already once more, with a new time; only what your keys have signed
    #[arg(long, conflicts_with_all = ["release", "usr", "verity", "uki", "root_hash", "minimum", "notes"])]
    renew: bool,
}

const EXAMPLES: &str = "\
Examples:
  punktfunk-update bundle --out feed --key publisher.key --release 1.2.4 \\
    --usr punktfunk.usr --verity punktfunk.verity --uki punktfunk.efi
  punktfunk-update bundle --out feed --key publisher.key --renew --valid 90d";

pub(super) fn run(args: &BundleArgs, output: Output) -> Result<(), CliError> {
    for key in args.next_key.iter().chain(&args.signed_by) {
        public_key(key)?;
    }
    let key = args.password.open(&args.key)?;
    let created = Timestamp::now();
    let validity = SignedDuration::try_from(args.valid).map_err(|why| CliError::Usage(why.to_string()))?;
    let expires = created.checked_add(validity).map_err(|why| CliError::Usage(why.to_string()))?;
    let manifest = match (&args.release, &args.usr, &args.verity, &args.uki) {
        (Some(release), Some(usr), Some(verity), Some(uki)) => {
            let root_hash = args.root_hash.as_deref().map(str::parse).transpose();
            let ingredients = Ingredients {
                version: release.clone(),
                minimum_version: args.minimum.clone(),
                created,
                expires,
                notes: args.notes.clone(),
                next_keys: args.next_key.clone(),
                images: [usr.clone(), verity.clone(), uki.clone()],
                root_hash: root_hash
                    .map_err(|_| CliError::Usage("--root-hash wants 64 hexadecimal digits".to_owned()))?,
            };
            make(&ingredients, &key, &args.out)?
        }
        _ => {
            let replaced = args.no_next_key || !args.next_key.is_empty();
            let next_keys = replaced.then(|| args.next_key.clone());
            let renewal = Renewal { created, expires, next_keys, signed_by: args.signed_by.clone() };
            renew(renewal, &key, &args.out)?
        }
    };
    output.show(&json!({ "manifest": manifest }), || describe(args, &manifest));
    Ok(())
}

fn describe(args: &BundleArgs, manifest: &Manifest) -> String {
    let announced = manifest.next_keys.iter().map(|key| format!("  announces {key}\n")).collect::<String>();
    format!(
        "{} offers {} ({}), to be believed until {}\n{announced}",
        args.out.display(),
        manifest.version,
        bytes(manifest.total_bytes()),
        moment(manifest.expires)
    )
}

fn valid_for(text: &str) -> Result<Duration, String> {
    punktfunk_config::parse_duration(text).map_err(|why| why.to_string())
}
