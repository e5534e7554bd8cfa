//! The health of the machine, as `punktfunk-host doctor` sees it.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Read, Scope};
use super::problem::Problem;
use super::refusals::Examining;
use crate::app::Host;
use crate::doctor::{Check, Patient, examine};

/// For so long what was found is taken for what is the case. An examination encodes a picture and makes input devices.
pub(super) const FRESH: Duration = Duration::from_secs(5);

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(doctor))
}

/// Looks at everything that a host needs and changes nothing: the same as `punktfunk-host doctor`. What was found in the
/// last five seconds is not looked at again.
#[utoipa::path(get, path = "/doctor", operation_id = "doctor", tag = "host", responses(
    (status = 200, description = "everything that was looked at, in the order in which it matters", body = [Check]),
    Examining))]
async fn doctor(guard: Scope<Read>) -> Result<Json<Vec<Check>>, Problem> {
    let host = Arc::clone(guard.host());
    Ok(Json(guard.checks().get(move || look_at(&host)).await?))
}

fn look_at(host: &Host) -> Vec<Check> {
    let places = host.places();
    examine(&Patient {
        policy: host.policy_on_disk(),
        state_dir: places.state_dir.clone(),
        runtime_dir: places.runtime_dir.clone(),
        screen_socket: places.screen_socket.clone(),
        box_files: places.box_files.clone(),
        running: Ok(host.status()),
    })
    .checks
}
