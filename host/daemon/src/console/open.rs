//! Opening the console with a host.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use punktfunk_media::heap;
use tokio::task::{JoinError, JoinSet, spawn_blocking};

use super::listen::{serve_https, serve_local};
use super::{Api, ConsoleError, Limits, LocalListener, bind_https, events, router};
use crate::app::Host;
use crate::owner::Desk;
use crate::record::Kept;

/// How often it is looked whether the owner's account is saved.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The console's listeners, bound and not yet answering.
#[derive(Debug)]
pub(crate) struct Console {
    local: LocalListener,
    https: Vec<TcpListener>,
}

impl Console {
    /// Binds the control socket in `runtime_dir`, and HTTPS on `addresses`.
    pub(crate) fn bind(runtime_dir: &Path, addresses: &[SocketAddr]) -> Result<Self, ConsoleError> {
        let local = LocalListener::bind(runtime_dir)?;
        Ok(Self { local, https: bind_https(addresses)? })
    }

    /// Where HTTPS is.
    pub(crate) fn https_addr(&self) -> Option<SocketAddr> {
        self.https.first().and_then(|listener| listener.local_addr().ok())
    }

    /// Answers for `host` and its `owner` until it goes down.
    pub(crate) fn serve(
        self,
        host: &Arc<Host>,
        owner: &Arc<Desk>,
        kept: &Arc<Kept>,
        limits: Limits,
        tasks: &mut JoinSet<()>,
    ) {
        let api = Api::new(Arc::clone(host), Arc::clone(owner), Arc::clone(kept), limits);
        let (watched, account) = (Arc::clone(host), Arc::clone(owner));
        tasks.spawn(async move {
            tokio::select! {
                () = account.keep_time() => {}
                () = watched.going_down() => {}
            }
        });
        tasks.spawn(events::pass_on(Arc::clone(owner), Arc::clone(host)));
        tasks.spawn(watch_the_disk(Arc::clone(owner), Arc::clone(host)));
        let (slots, host) = (api.slots(), Arc::clone(host));
        tasks.spawn(async move {
            // Off the threads that answer devices: they do not wait for the API, and whoever knocks here meanwhile is kept.
            let built = spawn_blocking(move || {
                let router = router(api);
                // its description was most of what a start has taken
                heap::give_back();
                router
            });
            let Ok(router) = built.await else {
                tracing::error!("the console could not be put together; streams go on without it");
                return;
            };
            let mut listeners = JoinSet::new();
            listeners.spawn(serve_local(self.local, Arc::clone(&host), router.clone()));
            for listener in self.https {
                listeners.spawn(serve_https(listener, Arc::clone(&host), slots.clone(), router.clone()));
            }
            while let Some(ended) = listeners.join_next().await {
                report(ended);
            }
        });
    }
}

/// Has the host say when the owner's account is not on disk as it holds.
async fn watch_the_disk(owner: Arc<Desk>, host: Arc<Host>) {
    loop {
        host.note_owner_trouble(owner.ask(|account, _| account.trouble().map(str::to_owned)));
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = host.going_down() => return,
        }
    }
}

/// A console that fails does not take streams down with it.
fn report(ended: Result<Result<(), ConsoleError>, JoinError>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!("{error}"),
        Err(error) => tracing::error!(%error, "a listener of the console broke down"),
    }
}
