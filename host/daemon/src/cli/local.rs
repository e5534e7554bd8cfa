//! Talking to the running host over its control socket.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::console::{self, BASE, Problem};

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The directory of the control socket, as every verb for a running host takes it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct RuntimeDir {
    /// Where the running host keeps its control socket
    #[arg(long = "runtime-dir",global = true, value_name = "DIR", default_value_os_t = super::dirs::runtime_dir())]
    pub(super) path: PathBuf,
}

/// Why the running host did not do it.
#[derive(Debug, thiserror::Error)]
pub(super) enum LocalError {
    /// Nobody answers on the socket.
    #[error(
        "no host answers on {path}: start it with `punktfunk-host serve`, or say where it runs with --runtime-dir ({why})"
    )]
    NotRunning {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The host answered with a refusal.
    #[error("{}", .0.error)]
    Refused(Problem),
    /// The answer is not one of this version's.
    #[error(
        "the running host answered something else than this program expects; are both of the same version? ({0})"
    )]
    Unreadable(String),
}

impl LocalError {
    /// The stable code, for scripts.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::NotRunning { .. } => "not_running",
            Self::Refused(problem) => &problem.code,
            Self::Unreadable(_) => "unreadable_answer",
        }
    }
}

/// A way to ask the running host.
pub(super) struct Local {
    client: Client,
    socket: PathBuf,
    runtime: tokio::runtime::Runtime,
}

impl Local {
    /// Prepares to ask the host of `runtime_dir`; nothing is sent yet.
    ///
    /// # Errors
    /// This process can have no HTTP client.
    pub(super) fn open(runtime_dir: &Path) -> Result<Self, LocalError> {
        let socket = console::socket_path(runtime_dir);
        let unreadable = |why: &dyn std::fmt::Display| LocalError::Unreadable(why.to_string());
        // the client wants a TLS provider even for a socket that never sees TLS, and without a list of its own it
        // fails where the system has no certificates of authorities
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = Client::builder()
            .unix_socket(socket.as_path())
            .tls_certs_only([])
            .timeout(PATIENCE)
            .no_proxy()
            .build();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            client: client.map_err(|why| unreadable(&why))?,
            socket,
            runtime: runtime.map_err(|why| unreadable(&why))?,
        })
    }

    /// Reads `path`, which is below `/api/v1`.
    ///
    /// # Errors
    /// No host, a refusal, or an answer of another kind.
    pub(super) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, LocalError> {
        self.answer(Method::GET, path, None::<&()>)
    }

    /// Sends `body` to `path` and reads the answer.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(super) fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, LocalError> {
        self.answer(method, path, Some(body))
    }

    /// Sends `body` to `path`, where no answer is expected but that it was done.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(super) fn order(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<(), LocalError> {
        self.runtime.block_on(async { self.request(method, path, body).await.map(drop) })
    }

    fn answer<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, LocalError> {
        self.runtime.block_on(async {
            let response = self.request(method, path, body).await?;
            response.json().await.map_err(|why| LocalError::Unreadable(why.to_string()))
        })
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Response, LocalError> {
        let mut request = self.client.request(method, format!("http://localhost{BASE}{path}"));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|why| self.unsent(&why))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem =
            response.json().await.unwrap_or_else(|_| Problem::new(status, "unreadable_answer", status));
        Err(LocalError::Refused(problem))
    }

    fn unsent(&self, why: &reqwest::Error) -> LocalError {
        if why.is_timeout() && !why.is_connect() {
            return LocalError::Unreadable(format!("no answer within {} s", PATIENCE.as_secs()));
        }
        let mut root: &dyn std::error::Error = why;
        while let Some(source) = root.source() {
            root = source;
        }
        LocalError::NotRunning { path: self.socket.clone(), why: root.to_string() }
    }
}
