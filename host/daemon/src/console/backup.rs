//! Backup and restore over the console, for the owner who has just shown that it is him.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::IntoResponse;
use punktfunk_trust::Trust;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::body::{Asked, Body};
use super::document::File;
use super::guard::{RecentlyProven, SignedIn};
use super::problem::Problem;
use super::refusals::{BACKUP_BAD, BackingUp, NOT_SAVED, PASSPHRASE_SHORT, Restoring, WORKER_LOST};
use crate::app::{EXAMPLE_FINGERPRINT, Host};
use crate::backup::{Bundle, BundleError, MAX_FILE_BYTES, stage};

/// Where a backup is sent to; its body may be larger than others.
pub(super) const RESTORE: &str = "/api/v1/restore";
/// The largest body of a restore, bytes: the file in hex digits, and what stands around it.
pub(super) const RESTORE_LIMIT: usize = 2 * MAX_FILE_BYTES + 8 * 1024;
/// Backups are sealed and opened one at a time: each takes up to 256 MiB and all of a core.
static SEALING: Semaphore = Semaphore::const_new(1);
/// How long the answer may take to arrive before the host ends to be started again.
const BEFORE_THE_END: Duration = Duration::from_secs(1);

pub(super) fn routes() -> OpenApiRouter<Api> {
    let restoring = OpenApiRouter::new().routes(routes!(restore)).layer(DefaultBodyLimit::max(RESTORE_LIMIT));
    OpenApiRouter::new().routes(routes!(backup)).merge(restoring)
}

/// Makes a backup.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupBody {
    /// What opens it: at least ten characters.
    #[schema(example = "grüne Wolken ziehen", min_length = 10, max_length = 1024)]
    passphrase: String,
}

/// Puts a backup back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreBody {
    /// What opens it.
    #[schema(example = "grüne Wolken ziehen", max_length = 1024)]
    passphrase: String,
    /// The file, in hex digits.
    #[schema(max_length = 4_194_304, example = "6167652d656e6372797074696f6e2e6f72672f7631")]
    file: String,
}

/// A restore that is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RestoreState {
    /// The fingerprint that the box has from its next start on, 64 hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(EXAMPLE_FINGERPRINT))]
    pub fingerprint: String,
    /// Unix time at which the backup was made.
    pub made_at: u64,
    /// The policy that is in it. It is not put in force: the box's own stays.
    pub policy: Option<String>,
}

/// The identity, the devices with all revocations, and the policy, as one file in the age format, encrypted with a
/// passphrase. It holds the private key of the box.
#[utoipa::path(post, path = "/backup", operation_id = "backup", tag = "account", request_body = BackupBody, responses(
    (status = 200, description = "the file", content_type = "application/octet-stream", body = inline(File)), BackingUp))]
async fn backup(
    Asked(guard, Body(body)): Asked<RecentlyProven<SignedIn>, Body<BackupBody>>,
) -> Result<impl IntoResponse, Problem> {
    let _turn = SEALING.acquire().await.map_err(|_| lost())?;
    let host = Arc::clone(guard.host());
    let file = spawn_blocking(move || seal(&host, &body.passphrase)).await.map_err(|_| lost())??;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"punktfunk-backup.age\""),
    ];
    Ok((headers, file))
}

/// Decides that the box becomes the one of a backup and lets its devices in. Devices that were revoked since stay out, and
/// those that are let in now stay so. The host ends a second later, and puts the backup in place when the service manager
/// starts it again.
#[utoipa::path(post, path = "/restore", operation_id = "restore", tag = "account", request_body = RestoreBody, responses(
    (status = 200, description = "it is decided", body = RestoreState), Restoring))]
async fn restore(
    Asked(guard, Body(body)): Asked<RecentlyProven<SignedIn>, Body<RestoreBody>>,
) -> Result<Json<RestoreState>, Problem> {
    let turn = SEALING.acquire().await.map_err(|_| lost())?;
    let (bundle, decided) = spawn_blocking(move || open(&body)).await.map_err(|_| lost())??;
    drop(turn);
    let state_dir = guard.host().places().state_dir.clone();
    // the right is looked at again before it is written down
    let write =
        move |_: &mut Trust, _, _| stage(&state_dir, &bundle).map_err(|error| Problem::of(&NOT_SAVED, error));
    guard.decide(write).await?;
    let host = Arc::clone(guard.host());
    tokio::spawn(async move {
        tokio::time::sleep(BEFORE_THE_END).await;
        tracing::info!("a backup is to be put in place: the host ends, to be started again");
        host.start_again();
    });
    Ok(Json(decided))
}

fn seal(host: &Host, passphrase: &str) -> Result<Vec<u8>, Problem> {
    let policy = host.policy().file().map(std::path::PathBuf::from);
    let bundle = Bundle::collect(&host.places().state_dir, policy.as_deref(), host.clock().now());
    bundle.and_then(|bundle| bundle.seal(passphrase)).map_err(Problem::from)
}

fn open(body: &RestoreBody) -> Result<(Bundle, RestoreState), Problem> {
    let file = hex::decode(&body.file).map_err(|_| {
        Problem::of(&BACKUP_BAD, "the file has to be sent in hex digits; reload the page and try again")
    })?;
    let bundle = Bundle::open(&file, &body.passphrase)?;
    let fingerprint = bundle.identity().map_err(|error| Problem::of(&BACKUP_BAD, error))?;
    let (made_at, policy) = (bundle.made_at.0, bundle.policy.clone());
    Ok((bundle, RestoreState { fingerprint: fingerprint.to_string(), made_at, policy }))
}

fn lost() -> Problem {
    Problem::of(&WORKER_LOST, "the host broke down at the backup; its log says where")
}

impl From<BundleError> for Problem {
    fn from(error: BundleError) -> Self {
        let code = match &error {
            BundleError::ShortPassphrase => &PASSPHRASE_SHORT,
            error if error.is_about_the_file() => &BACKUP_BAD,
            _ => &WORKER_LOST,
        };
        Self::of(code, error)
    }
}
