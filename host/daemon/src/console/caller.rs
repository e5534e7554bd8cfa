//! Who is asking. Handlers get their rights as arguments, so a handler without a guard has no way to act.

use std::net::SocketAddr;

use axum::extract::{
    FromRequestParts,
    connect_info::{ConnectInfo, Connected},
};
use axum::http::{HeaderMap, header, request::Parts};
use axum::serve::IncomingStream;
use nix::unistd::Uid;
use punktfunk_trust::Actor;

use super::Api;
use super::problem::Problem;
use super::refusals::{FORBIDDEN, TOKEN_MISSING, TOKEN_WRONG};
use super::slots::ControlSocket;
use super::token::Token;

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

impl Connected<IncomingStream<'_, ControlSocket>> for Caller {
    fn connect_info(stream: IncomingStream<'_, ControlSocket>) -> Self {
        *stream.remote_addr()
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
            Some(ConnectInfo(Caller::Remote(address))) => remote(&parts.headers, &api.token, *address),
            _ => Err(forbidden("the control socket did not say which user you are")),
        }
    }
}

fn local(uid: u32) -> Result<Operator, Problem> {
    if is_operator(uid) {
        return Ok(Operator(Actor::Local { uid }));
    }
    Err(forbidden("this host answers to root and to the user it runs as; try again with sudo"))
}

/// Whether a user of this machine runs this host.
pub(super) fn is_operator(uid: u32) -> bool {
    uid == 0 || uid == Uid::effective().as_raw()
}

fn remote(headers: &HeaderMap, token: &Token, address: SocketAddr) -> Result<Operator, Problem> {
    let presented = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let Some(presented) = presented else {
        return Err(Problem::of(
            &TOKEN_MISSING,
            "this needs the API token: send it as `Authorization: Bearer …` (it is in console.token in the host's state directory)",
        ));
    };
    // looked at before the token is compared, so that nobody on the network can find out whether a guess was right
    if !address.ip().to_canonical().is_loopback() {
        return Err(forbidden("the API token works on the box itself only"));
    }
    if !token.matches(presented) {
        return Err(Problem::of(&TOKEN_WRONG, "this is not this host's API token"));
    }
    Ok(Operator(Actor::Console))
}

fn forbidden(why: &str) -> Problem {
    Problem::of(&FORBIDDEN, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::TOKEN_FILE;

    #[test]
    fn the_token_works_from_this_machine_only_and_guesses_from_the_network_learn_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let token = Token::load_or_create(dir.path()).unwrap();
        let text = std::fs::read_to_string(dir.path().join(TOKEN_FILE)).unwrap();
        let with = |token: &str| {
            HeaderMap::from_iter([(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap())])
        };
        let ask = |headers: &HeaderMap, from: &str| {
            remote(headers, &token, from.parse().unwrap())
                .map(|Operator(by)| by)
                .map_err(|problem| problem.code)
        };
        let (right, wrong) = (with(text.trim()), with("no"));
        for here in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(ask(&right, here), Ok(Actor::Console));
            assert_eq!(ask(&wrong, here).unwrap_err(), "token_wrong");
        }
        for elsewhere in ["192.0.2.7:1", "[fe80::1]:1", "[::ffff:192.0.2.7]:1"] {
            assert_eq!(ask(&right, elsewhere).unwrap_err(), "forbidden");
            assert_eq!(ask(&wrong, elsewhere).unwrap_err(), "forbidden");
        }
        assert_eq!(ask(&HeaderMap::new(), "127.0.0.1:1").unwrap_err(), "token_missing");
    }

    #[test]
    fn root_and_the_hosts_own_user_are_operators() {
        let me = Uid::effective().as_raw();
        assert!(is_operator(0) && is_operator(me));
        assert!(!is_operator(me + 1));
    }
}
