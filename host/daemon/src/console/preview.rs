//! A picture of what the box shows, for its owner.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::document::File;
use super::guard::SignedIn;
use super::problem::Problem;
use super::refusals::{NO_PICTURE, Previewing};
use crate::app::{Fault, Host};
use crate::session::preview;

/// For so long a picture is taken for what is shown.
pub(super) const FRESH: Duration = Duration::from_millis(500);

/// What is kept of the last picture.
pub(super) type Shot = Result<Bytes, Fault>;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(picture))
}

/// What the box shows now, no side longer than 960 pixels: what its viewers see, or, while nobody streams, what they would
/// see. For the owner alone; no API token shows it.
#[utoipa::path(get, path = "/preview", operation_id = "preview", tag = "host", responses(
    (status = 200, description = "the picture", content_type = "image/png", body = inline(File)), Previewing))]
async fn picture(guard: SignedIn) -> Result<impl IntoResponse, Problem> {
    let host = Arc::clone(guard.host());
    match guard.shots().get(move || shoot(&host)).await? {
        Ok(png) => Ok(([(header::CONTENT_TYPE, "image/png")], png)),
        Err(fault) => Err(problem(&fault)),
    }
}

fn shoot(host: &Host) -> Shot {
    let thumbnail = preview(host.sessions(), &host.policy(), host.screen_socket())?;
    let failed = |error: punktfunk_media::ThumbnailError| {
        Fault::new("picture_unreadable", Vec::new(), &error.to_string())
    };
    Ok(thumbnail.to_png().map_err(failed)?.into())
}

fn problem(fault: &Fault) -> Problem {
    let problem = Problem::of(&NO_PICTURE, format!("{}; {}", fault.sentence, fault.next));
    let named = fault.params.iter().fold(problem, |problem, (name, value)| problem.with(name, value));
    named.with("fault", &fault.code)
}
