//! The health of the machine, as `punktfunk-host doctor` sees it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use tokio::sync::Mutex;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Read, Scope};
use super::problem::Problem;
use super::refusals::{Examining, WORKER_LOST};
use crate::app::Host;
use crate::doctor::{Check, Patient, examine};

/// For so long what was found is taken for what is the case. An examination encodes a picture and makes input devices.
const FRESH: Duration = Duration::from_secs(5);

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(doctor))
}

/// Examines the machine for everybody who asks, at most once at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Surgery(Arc<Mutex<Option<Finding>>>);

#[derive(Debug)]
struct Finding {
    at: Instant,
    checks: Vec<Check>,
}

/// Looks at everything that a host needs and changes nothing: the same as `punktfunk-host doctor`. What was found in the
/// last five seconds is not looked at again.
#[utoipa::path(get, path = "/doctor", operation_id = "doctor", tag = "host", responses(
    (status = 200, description = "everything that was looked at, in the order in which it matters", body = [Check]),
    Examining))]
async fn doctor(_: Scope<Read>, State(api): State<Api>) -> Result<Json<Vec<Check>>, Problem> {
    let lost = |_| Problem::of(&WORKER_LOST, "the examination broke down; the host's log says where");
    let mut last = Arc::clone(&api.surgery.0).lock_owned().await;
    if let Some(finding) = &*last
        && finding.at.elapsed() < FRESH
    {
        return Ok(Json(finding.checks.clone()));
    }
    let host = Arc::clone(&api.host);
    // the lock goes along, so that a caller who hangs up lets nobody begin a second one
    let checks = tokio::task::spawn_blocking(move || {
        let checks = look_at(&host);
        *last = Some(Finding { at: Instant::now(), checks: checks.clone() });
        checks
    });
    Ok(Json(checks.await.map_err(lost)?))
}

fn look_at(host: &Host) -> Vec<Check> {
    let places = host.places();
    examine(&Patient {
        policy: host.policy_on_disk(),
        state_dir: places.state_dir.clone(),
        runtime_dir: places.runtime_dir.clone(),
        screen_socket: places.screen_socket.clone(),
        running: Ok(host.status()),
    })
    .checks
}
