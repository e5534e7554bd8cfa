//! The list of what can be started, with its pictures (GameStream §2.5, §2.6).

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::Api;
use super::caller::Paired;
use crate::house::App;
use crate::query::Query;
use crate::xml::Root;

/// The number of the desktop; clients keep art and order by it.
pub(super) const DESKTOP: u32 = 1;
const DESKTOP_TITLE: &str = "Desktop";

/// The apps that this device may start, the desktop first.
pub(super) fn listed(api: &Api, device: Paired) -> Vec<App> {
    let desktop = App { id: DESKTOP, title: DESKTOP_TITLE.to_owned() };
    // a number names one app only, and 0 none
    let others =
        api.house.apps(&device.0).into_iter().filter(|app| app.id > DESKTOP && app.id <= i32::MAX as u32);
    std::iter::once(desktop).chain(others).collect()
}

/// `/applist`.
pub(super) async fn app_list(State(api): State<Api>, device: Paired) -> Root {
    listed(&api, device).into_iter().fold(Root::ok(), |root, app| {
        let fields = Root::ok().child("IsHdrSupported", 0).child("AppTitle", app.title).child("ID", app.id);
        root.nested("App", fields)
    })
}

/// `/appasset`: clients draw a picture of their own where there is none.
pub(super) async fn box_art(State(api): State<Api>, device: Paired, RawQuery(query): RawQuery) -> Response {
    let wanted = Query::parse(query.as_deref()).number("appid");
    let Some(app) = listed(&api, device).into_iter().find(|app| Some(app.id) == wanted) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match api.house.box_art(app).await {
        Some(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
