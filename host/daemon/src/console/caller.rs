//! Who is asking. Handlers get their rights as arguments, so a handler without a guard has no way to act.

use std::net::SocketAddr;

use axum::extract::{
    FromRequestParts,
    connect_info::{ConnectInfo, Connected},
};
use axum::http::{StatusCode, header, request::Parts};
use axum::serve::IncomingStream;
use nix::unistd::Uid;
use punktfunk_trust::Actor;
use tokio::net::UnixListener;

use super::Api;
use super::problem::Problem;

/// The other end of a connection to the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// A process on this machine, through the control socket.
    Local {
        /// Its user; none when the kernel would not say.
        uid: Option<u32>,
    },
    /// Somebody on the network, through HTTPS.
    Remote(SocketAddr),
}

impl Connected<SocketAddr> for Caller {
    fn connect_info(address: SocketAddr) -> Self {
        Self::Remote(address)
    }
}

impl Connected<IncomingStream<'_, UnixListener>> for Caller {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        Self::Local { uid: stream.io().peer_cred().ok().map(|peer| peer.uid()) }
    }
}

/// The right to run this host: root or the host's own user on the control socket, or the bearer token from loopback.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operator(pub(super) Actor);

impl FromRequestParts<Api> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match parts.extensions.get::<ConnectInfo<Caller>>() {
            Some(ConnectInfo(Caller::Local { uid: Some(uid) })) => local(*uid),
            Some(ConnectInfo(Caller::Remote(address))) => remote(parts, api, *address),
            _ => Err(forbidden("the control socket did not say which user you are")),
        }
    }
}

fn local(uid: u32) -> Result<Operator, Problem> {
    if uid == 0 || uid == Uid::effective().as_raw() {
        return Ok(Operator(Actor::Local { uid }));
    }
    Err(forbidden("this host answers to root and to the user it runs as; try again with sudo"))
}

fn remote(parts: &Parts, api: &Api, address: SocketAddr) -> Result<Operator, Problem> {
    let presented = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let Some(presented) = presented else {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "token_missing",
            "this needs the API token: send it as `Authorization: Bearer …` (it is in console.token in the host's state directory)",
        ));
    };
    // looked at before the token is compared, so that nobody on the network can find out whether a guess was right
    if !address.ip().to_canonical().is_loopback() {
        return Err(forbidden("the API token works on the box itself only"));
    }
    if !api.token.matches(presented) {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "token_wrong",
            "this is not this host's API token",
        ));
    }
    Ok(Operator(Actor::Console))
}

fn forbidden(why: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", why)
}
