//! The list of what can be started: the desktop (GameStream §2.5, §2.6).

use axum::http::StatusCode;

use super::caller::Paired;
use crate::xml::Root;

/// The number of the desktop; clients keep art and order by it.
pub(super) const DESKTOP: u32 = 1;

/// `/applist`.
pub(super) async fn app_list(_: Paired) -> Root {
    let desktop = Root::ok().child("IsHdrSupported", 0).child("AppTitle", "Desktop").child("ID", DESKTOP);
    Root::ok().nested("App", desktop)
}

/// `/appasset`: clients draw a picture of their own where there is none.
pub(super) async fn box_art(_: Paired) -> StatusCode {
    StatusCode::NOT_FOUND
}
