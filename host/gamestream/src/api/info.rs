//! What the host tells about itself (GameStream §2.3).

use std::net::IpAddr;

use axum::extract::State;

use super::Api;
use super::caller::Caller;
use crate::xml::Root;

/// Generation 7 with an encrypted control stream; the negative last number switches the extensions on.
const APP_VERSION: &str = "7.1.431.-1";
const GFE_VERSION: &str = "3.23.0.74";
/// What clients need to see before they believe in HEVC.
const MAX_LUMA_PIXELS_HEVC: u32 = 1_869_449_984;
const H264: u32 = 1;
const HEVC_MAIN: u32 = 0x100;

/// `/serverinfo`, over HTTP and HTTPS.
pub(super) async fn server_info(State(api): State<Api>, caller: Caller) -> Root {
    let facts = api.house.facts();
    let device = caller.certificate.filter(|device| api.house.is_paired(device));
    let app = device.and_then(|device| api.running().get(&device).map(|running| running.app));
    Root::ok()
        .child("hostname", &facts.name)
        .child("appversion", APP_VERSION)
        .child("GfeVersion", GFE_VERSION)
        .child("uniqueid", &facts.unique_id)
        .child("HttpsPort", api.https_port)
        .child("mac", "00:00:00:00:00:00")
        .child("LocalIP", local_ip(caller.local))
        .child("MaxLumaPixelsHEVC", if facts.hevc { MAX_LUMA_PIXELS_HEVC } else { 0 })
        .child("ServerCodecModeSupport", H264 | if facts.hevc { HEVC_MAIN } else { 0 })
        .child("PairStatus", u8::from(device.is_some()))
        .child("currentgame", app.unwrap_or(0))
        .child("state", if app.is_some() { "PUNKTFUNK_SERVER_BUSY" } else { "PUNKTFUNK_SERVER_FREE" })
}

/// Clients ignore a loopback address, and understand no other of IPv6.
fn local_ip(address: IpAddr) -> IpAddr {
    if address.is_ipv4() { address } else { [127, 0, 0, 1].into() }
}
