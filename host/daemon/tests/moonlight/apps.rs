//! Apps of the policy, run by a real runner.

use std::path::{Path, PathBuf};

use punktfunk_config::{App, Policy};
use punktfunk_host::apps::{AppGroups, Runner};
use punktfunk_trust::Actor;
use tempfile::TempDir;

use crate::client::rtsp::Wishes;
use crate::client::{Document, Moonlight, PATIENCE};
use crate::common::{TestHost, decoded, eventually, id};

fn small() -> Wishes {
    Wishes { width: 320, height: 180, refresh_hz: 30, ..Wishes::default() }
}

/// An app that writes into a file what becomes of it.
struct Told {
    dir: TempDir,
}

impl Told {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a directory") }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("told")
    }

    fn app(&self) -> App {
        let script =
            "echo started >> \"$0\"; trap 'echo ended >> \"$0\"; exit 0' TERM; while :; do sleep 0.05; done";
        let command = ["sh", "-c", script].map(str::to_owned).into_iter();
        App {
            name: "Told".to_owned(),
            command: command.chain([self.file().display().to_string()]).collect(),
            art: None,
        }
    }

    fn says(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap_or_default()
    }
}

async fn host_with(app: App) -> (TestHost, Policy) {
    let host = TestHost::with(|policy| policy.apps = vec![app]).await;
    let policy = Policy::clone(&host.host().policy());
    (host, policy)
}

fn run_for(user: u32, socket: &Path, policy: Policy) {
    let runner = Runner::bind(socket, user, move || Ok(policy.clone())).expect("a runner");
    tokio::spawn(runner.run());
}

fn me() -> u32 {
    nix::unistd::getuid().as_raw()
}

/// The number of the one app that is listed besides the desktop.
fn app_in(list: &Document) -> Option<u32> {
    let (_, app) = list.text.split_once("</App><App>")?;
    let (_, number) = app.split_once("<ID>")?;
    number.split('<').next()?.parse().ok()
}

async fn wants_the_app(host: &TestHost) -> Moonlight {
    let mut client = host.paired().await;
    client.app = app_in(&client.get_tls("applist", "").await).expect("it is listed");
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_the_policy_runs_until_it_is_quit_and_two_devices_share_it() {
    let told = Told::new();
    let (host, policy) = host_with(told.app()).await;
    run_for(me(), &host.apps_socket(), policy);
    let (one, other) = (wants_the_app(&host).await, wants_the_app(&host).await);
    let stream = one.stream("launch", &small()).await.expect("a stream");
    decoded(&stream, 2);
    eventually("it has started", || told.says() == "started\n").await;
    let second = other.stream("launch", &small()).await.expect("a stream");
    one.get_tls("cancel", "").await;
    assert!(stream.control.is_over_within(PATIENCE));
    decoded(&second, 2);
    assert_eq!(told.says(), "started\n", "the other device still has it, and it was not started twice");
    second.control.disconnect();
    assert!(second.control.is_over_within(PATIENCE));
    assert_eq!(told.says(), "started\n", "a pause keeps it");
    other.get_tls("cancel", "").await;
    eventually("it has ended", || told.says() == "started\nended\n").await;
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_revoked_takes_its_app_with_it() {
    let told = Told::new();
    let (host, policy) = host_with(told.app()).await;
    run_for(me(), &host.apps_socket(), policy);
    let client = wants_the_app(&host).await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    stream.control.disconnect();
    assert!(stream.control.is_over_within(PATIENCE));
    eventually("it has started", || told.says() == "started\n").await;
    let device = id(&client);
    let _ =
        host.host().trust(|trust, now| trust.revoke(now, &device, Actor::Console)).expect("it was paired");
    eventually("it has ended", || told.says() == "started\nended\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_breaks_down_ends_its_stream() {
    let command = ["sh", "-c", "sleep 0.5; exit 1"].map(str::to_owned).to_vec();
    let (host, policy) = host_with(App { name: "Short".to_owned(), command, art: None }).await;
    run_for(me(), &host.apps_socket(), policy);
    let client = wants_the_app(&host).await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    assert!(stream.control.is_over_within(PATIENCE));
    eventually("the stream is out of the register", || host.host().streams().is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_hands_over_to_another_program_goes_on() {
    let command = vec!["true".to_owned()];
    let (host, policy) = host_with(App { name: "Starter".to_owned(), command, art: None }).await;
    run_for(me(), &host.apps_socket(), policy);
    let client = wants_the_app(&host).await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    decoded(&stream, 30);
}

/// A control group for this test.
struct Tree(PathBuf);

impl Tree {
    fn new() -> Self {
        let mounts = std::fs::read_to_string("/proc/mounts").expect("mounts");
        let unified = mounts.lines().find_map(|line| {
            let mut words = line.split(' ').skip(1);
            let path = words.next()?;
            (words.next()? == "cgroup2").then_some(path)
        });
        let path = Path::new(unified.expect("control groups of version 2"))
            .join(format!("punktfunk-test-{}", std::process::id()));
        std::fs::create_dir(&path).expect("a control group");
        Self(path)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let above = self.0.parent().expect("the root");
        let _ = std::fs::write(above.join("cgroup.procs"), "0");
        let _ = std::fs::remove_dir(&self.0);
    }
}

fn lives(pid: &str) -> bool {
    // one that nobody has collected yet has no command line any more
    std::fs::read(Path::new("/proc").join(pid.trim()).join("cmdline")).is_ok_and(|line| !line.is_empty())
}

/// Its child has a session and a process group of its own, does not hear of being told to end, and is nobody's child soon.
const ESCAPE: &str =
    "setsid sh -c 'trap \"\" TERM; echo $$ > \"$0\"; while :; do sleep 0.05; done' \"$0\" & ";

async fn escaped_app_ends_with_its_stream(rest: &str) {
    let tree = Tree::new();
    let told = Told::new();
    let file = told.file().display().to_string();
    let command = vec!["sh".to_owned(), "-c".to_owned(), format!("{ESCAPE}{rest}"), file];
    let (host, policy) = host_with(App { name: "Escape".to_owned(), command, art: None }).await;
    let groups = AppGroups::below(&tree.0).expect("groups can be made in it");
    let runner = Runner::bind(&host.apps_socket(), me(), move || Ok(policy.clone())).expect("a runner");
    tokio::spawn(runner.in_groups(groups).run());
    let client = wants_the_app(&host).await;
    let stream = client.stream("launch", &small()).await.expect("a stream");
    decoded(&stream, 2);
    eventually("it has started", || told.says().ends_with('\n')).await;
    let pid = told.says();
    assert!(lives(&pid));
    client.get_tls("cancel", "").await;
    eventually("nothing of it is left", || !lives(&pid)).await;
    let empty = || {
        let entries = std::fs::read_dir(&tree.0).expect("it is there").flatten();
        !entries.into_iter().any(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
    };
    eventually("its group is gone", empty).await;
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs control groups that may be written to"]
async fn what_leaves_its_apps_process_group_ends_with_the_app_all_the_same() {
    escaped_app_ends_with_its_stream("wait").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs control groups that may be written to"]
async fn what_an_app_has_handed_over_to_ends_when_the_client_quits() {
    escaped_app_ends_with_its_stream("exit 0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_runner_there_is_the_desktop_alone_and_the_reason_is_told() {
    let told = Told::new();
    let (host, policy) = host_with(told.app()).await;
    run_for(me(), &host.apps_socket(), policy);
    let client = wants_the_app(&host).await;
    std::fs::remove_file(host.apps_socket()).expect("there was a runner");
    assert_eq!(app_in(&client.get_tls("applist", "").await), None);
    let refused = client.start("launch", [7; 16]).await.expect_err("nobody runs it");
    assert!(refused.status() == 404 && refused.text.contains("punktfunk-apps is not started"), "{refused:?}");
    let art = client.get_tls("appasset", "appid=1").await;
    assert!(art.text.contains("PNG"), "the desktop has its picture all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runner_serves_the_hosts_user_alone() {
    let told = Told::new();
    let (host, policy) = host_with(told.app()).await;
    run_for(me() + 1, &host.apps_socket(), policy);
    let client = wants_the_app(&host).await;
    let refused = client.start("launch", [7; 16]).await.expect_err("this is not the host's user");
    assert!(refused.status() == 503 && refused.text.contains("did not answer"), "{refused:?}");
    assert_eq!(told.says(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_runner_reads_the_policy_itself_and_knows_no_other_app() {
    let told = Told::new();
    let (host, mut policy) = host_with(told.app()).await;
    policy.apps.clear();
    run_for(me(), &host.apps_socket(), policy);
    let client = wants_the_app(&host).await;
    let refused = client.start("launch", [7; 16]).await.expect_err("the runner has no such app");
    assert!(refused.status() == 503 && refused.text.contains("has no app"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_may_only_play_starts_no_apps() {
    let told = Told::new();
    let (host, policy) = host_with(told.app()).await;
    run_for(me(), &host.apps_socket(), policy);
    let client = wants_the_app(&host).await;
    let device = id(&client);
    let play = punktfunk_trust::Grant { level: punktfunk_trust::Level::Play, ..punktfunk_trust::Grant::FULL };
    let _ = host
        .host()
        .trust(|trust, now| trust.set_grant(now, &device, play, Actor::Console))
        .expect("it is paired");
    assert_eq!(app_in(&client.get_tls("applist", "").await), None);
    let refused = client.start("launch", [7; 16]).await.expect_err("it may not");
    assert!(refused.status() == 404 && refused.text.contains("may not start apps"), "{refused:?}");
}
