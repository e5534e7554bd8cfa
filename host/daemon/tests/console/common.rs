//! A host of its own for every test, and somebody who asks it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use punktfunk_client::{
    CancelToken, ConnectError, ConnectOptions, HostPin, NativeClient, Progress, ProgressCallback,
};
use punktfunk_config::{Loaded, Policy, Source};
use punktfunk_core::wire::Mode;
use punktfunk_host::app::{Host, HostEvent};
use punktfunk_host::appliance::BoxFiles;
use punktfunk_host::console::{BASE, Limits, socket_path};
use punktfunk_host::owner::{Browser, Desk, PasswordHash, TokenScope};
use punktfunk_host::serve::{Options, Running, start};
use punktfunk_trust::tls::KnownHost;
use punktfunk_trust::{Actor, DeviceId, Identity, Role, SystemRandomness};
use reqwest::{Client, Method, RequestBuilder, Response};
use rustls::ClientConfig;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What the owner of every test host has chosen.
pub(crate) const PASSWORD: &str = "grüne Wolken ziehen";

pub(crate) struct TestHost {
    pub(crate) runtime: Runtime,
    running: Option<Running>,
    runtime_dir: PathBuf,
    on_disk: Arc<Mutex<Option<String>>>,
    token: OnceLock<String>,
    _dir: TempDir,
}

impl TestHost {
    pub(crate) fn start() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Policy)) -> Self {
        Self::built(change, None, Ipv4Addr::LOCALHOST)
    }

    /// That lets itself be asked less.
    pub(crate) fn limited(limits: Limits) -> Self {
        Self::built_with(|_| {}, None, Ipv4Addr::LOCALHOST, limits)
    }

    /// With its state in `state_dir`, if given, and its console on `listen`.
    pub(crate) fn built(
        change: impl FnOnce(&mut Policy),
        state_dir: Option<PathBuf>,
        listen: Ipv4Addr,
    ) -> Self {
        Self::built_with(change, state_dir, listen, Limits::default())
    }

    fn built_with(
        change: impl FnOnce(&mut Policy),
        state_dir: Option<PathBuf>,
        listen: Ipv4Addr,
        limits: Limits,
    ) -> Self {
        let mut policy = Loaded::default();
        policy.policy.capture.source = Source::TestCard;
        change(&mut policy.policy);
        let dir = tempfile::tempdir().unwrap();
        let state_dir = state_dir.unwrap_or_else(|| dir.path().join("state"));
        let runtime_dir = dir.path().join("run");
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let again = policy.clone();
        let on_disk = Arc::<Mutex<Option<String>>>::default();
        let written = Arc::clone(&on_disk);
        let options = Options {
            policy,
            read_policy: Box::new(move || match &*written.lock().unwrap() {
                Some(text) => punktfunk_config::parse(text, "policy.yaml"),
                None => Ok(again.clone()),
            }),
            state_dir,
            runtime_dir: runtime_dir.clone(),
            screen_socket: "/nonexistent/screen.sock".into(),
            apps_socket: "/nonexistent/apps.sock".into(),
            box_files: BoxFiles::default(),
            native_at: Some((Ipv4Addr::LOCALHOST, 0).into()),
            console_at: Some((listen, 0).into()),
            console_limits: limits,
            announce: false,
        };
        let running = runtime.block_on(start(options)).unwrap();
        Self { runtime, running: Some(running), runtime_dir, on_disk, token: OnceLock::new(), _dir: dir }
    }

    pub(crate) fn host(&self) -> &Arc<Host> {
        self.running.as_ref().unwrap().host()
    }

    pub(crate) fn console(&self) -> SocketAddr {
        self.running.as_ref().unwrap().console_addr().unwrap()
    }

    pub(crate) fn runtime_dir(&self) -> &Path {
        &self.runtime_dir
    }

    /// What the host finds when it reads its policy again.
    pub(crate) fn write_policy(&self, text: &str) {
        *self.on_disk.lock().unwrap() = Some(text.to_owned());
    }

    /// A device that is let in and streams.
    pub(crate) fn stream(&self, name: &str) -> NativeClient {
        let knocking = self.knock(name);
        self.post(&knocking.place("approve"), &self.approval(&knocking)).ok();
        knocking.outcome().unwrap()
    }

    pub(crate) fn owner(&self) -> &Arc<Desk> {
        self.running.as_ref().unwrap().owner()
    }

    /// The code that an unclaimed host shows.
    pub(crate) fn claim_code(&self) -> String {
        self.owner().claim_code().unwrap().to_string()
    }

    /// Gives the host an owner behind its back; the API's way is tested in `account`.
    pub(crate) fn claim(&self) {
        let browser = Browser { label: "Test".to_owned(), source: Ipv4Addr::LOCALHOST.into() };
        let hash = PasswordHash::of(PASSWORD, &mut SystemRandomness::default()).unwrap();
        let code = self.claim_code();
        self.owner().ask(|account, now| {
            let claiming = account.present_code(now, &code, browser.source).unwrap();
            account.claim(now, &claiming, hash, browser).unwrap();
        });
    }

    /// A token for everything. It gives the host an owner, if it has none.
    pub(crate) fn token(&self) -> &str {
        self.token.get_or_init(|| self.token_for(TokenScope::All))
    }

    /// A new token. It gives the host an owner, if it has none.
    pub(crate) fn token_for(&self, scope: TokenScope) -> String {
        if !self.owner().is_claimed() {
            self.claim();
        }
        let made = self.owner().ask(|account, now| account.make_token(now, "Test", scope, Actor::Console));
        made.unwrap().1.reveal().to_owned()
    }

    /// A client that takes this host's certificate and no other.
    pub(crate) fn https(&self) -> Client {
        let tls = pinned(self.host().identity().certificate_der());
        Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(PATIENCE).build().unwrap()
    }

    pub(crate) fn socket_path(&self) -> PathBuf {
        socket_path(&self.runtime_dir)
    }

    /// A client of the control socket.
    pub(crate) fn socket(&self) -> Client {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Client::builder()
            .unix_socket(self.socket_path())
            .tls_certs_only([])
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{BASE}{path}", self.console())
    }

    /// A request of the operator over HTTPS, to be changed and [sent](Self::send).
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.https().request(method, self.url(path)).bearer_auth(self.token())
    }

    pub(crate) fn send(&self, request: RequestBuilder) -> Answer {
        self.runtime.block_on(async { Answer::read(request.send().await.unwrap()).await })
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body))
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body))
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path))
    }

    /// The body that approves exactly what is shown of a device that waits.
    pub(crate) fn approval(&self, knocking: &Knocking) -> Value {
        let shown = self.get("/native/pending").ok();
        let entry = shown.as_array().unwrap().iter().find(|entry| entry["id"] == knocking.id);
        json!({ "fingerprint": knocking.fingerprint, "revision": entry.unwrap()["revision"] })
    }

    /// A device knocks as `name`; returns when the host shows it.
    pub(crate) fn knock(&self, name: &str) -> Knocking {
        self.knock_as(&Arc::new(Identity::generate(Role::Client).unwrap()), name)
    }

    pub(crate) fn knock_as(&self, device: &Arc<Identity>, name: &str) -> Knocking {
        self.knock_hearing(device, name, |_| {})
    }

    /// And `hears` how it goes.
    pub(crate) fn knock_with(
        &self,
        name: &str,
        hears: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Knocking {
        self.knock_hearing(&Arc::new(Identity::generate(Role::Client).unwrap()), name, hears)
    }

    fn knock_hearing(
        &self,
        device: &Arc<Identity>,
        name: &str,
        hears: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Knocking {
        let mut events = self.host().watch();
        let address = self.running.as_ref().unwrap().native_addr().unwrap();
        let pin = HostPin::Fingerprint(self.host().identity().id());
        let mut options = ConnectOptions::new(address.to_string().parse().unwrap(), Arc::clone(device), pin);
        options.mode = Mode { width: 320, height: 180, refresh_hz: 30 };
        options.name = Some(name.to_owned());
        options.budget = PATIENCE;
        options.on_progress = Some(ProgressCallback::new(hears));
        let cancel = options.cancel.clone();
        let thread = std::thread::spawn(move || NativeClient::connect(options));
        let id = self.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                loop {
                    match events.recv().await.unwrap() {
                        HostEvent::Knocked { id, device: knocking } if knocking == device.id() => break id,
                        _ => {}
                    }
                }
            })
            .await
            .expect("the knock arrives")
        });
        Knocking { id: id.get(), fingerprint: device.id().to_string(), cancel, thread: Some(thread) }
    }
}

impl Drop for TestHost {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shut_down());
        }
    }
}

/// A device that waits.
pub(crate) struct Knocking {
    pub(crate) id: u64,
    pub(crate) fingerprint: String,
    cancel: CancelToken,
    thread: Option<JoinHandle<Result<NativeClient, ConnectError>>>,
}

impl Knocking {
    pub(crate) fn place(&self, verb: &str) -> String {
        format!("/native/pending/{}/{verb}", self.id)
    }

    /// What became of it.
    pub(crate) fn outcome(mut self) -> Result<NativeClient, ConnectError> {
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Knocking {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    /// The `Set-Cookie` headers.
    pub(crate) cookies: Vec<String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let header = |name| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
        let kind = header("content-type").unwrap_or_default();
        assert_eq!(header("cache-control").as_deref(), Some("no-store"));
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        let cookies = response.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
        let text = response.text().await.unwrap();
        Self { status, kind, cookies, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{:?}", self.body);
        self.body
    }

    #[track_caller]
    pub(crate) fn done(&self) {
        assert_eq!(self.status, 204, "{:?}", self.body);
    }

    /// A refusal with everything that belongs to one.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, &self.body["code"]), (status, &code.into()), "{:?}", self.body);
        assert_eq!(self.body["status"], status);
        assert_eq!(self.kind, "application/problem+json");
        assert!(self.body["error"].as_str().is_some_and(|sentence| sentence.len() > 15), "{:?}", self.body);
    }
}

/// TLS towards exactly one certificate.
pub(crate) fn pinned(certificate: &[u8]) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let host = DeviceId::from_certificate(certificate);
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(KnownHost::new(Some(host))))
        .with_no_client_auth()
}
