//! The policy's apps, as Moonlight clients know them.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use punktfunk_gamestream::{Answer, App, AppRun, Fingerprint};
use punktfunk_media::{check_box_art, draw_box_art};
use punktfunk_trust::{DeviceId, Right};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::hall::id_of;
use crate::app::{Door, Host};
use crate::apps::RunningApp;

/// The largest picture that is read.
const MAX_ART_BYTES: u64 = 2 * 1024 * 1024;
/// Numbers below this are for what the door itself offers.
const LEAST_ID: u32 = 2;

/// The apps of the policy with their numbers, in the policy's order. A number follows from the name, so that clients find
/// their pictures again however the list changes.
fn numbered(apps: &[punktfunk_config::App]) -> Vec<(u32, &punktfunk_config::App)> {
    let mut numbered: Vec<(u32, &punktfunk_config::App)> = Vec::new();
    for app in apps {
        let mut id = number_of(&app.name);
        while numbered.iter().any(|(taken, _)| *taken == id) {
            id = if id == i32::MAX as u32 { LEAST_ID } else { id + 1 };
        }
        numbered.push((id, app));
    }
    numbered
}

fn number_of(name: &str) -> u32 {
    let hash = digest(&SHA256, name.as_bytes());
    let number = hash.as_ref().iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    (number & i32::MAX as u32).max(LEAST_ID)
}

/// Why a device gets no apps but the desktop.
fn closed(host: &Host, device: DeviceId) -> Option<&'static str> {
    let grant = host.trust(|trust, _| trust.grant_of(&device));
    if !grant.is_some_and(|grant| grant.level.allows(Right::Launch)) {
        return Some("This device may not start apps; its owner can allow it in the console");
    }
    let nobody = "Nobody runs apps on this host: its service punktfunk-apps is not started";
    (!host.apps().is_open()).then_some(nobody)
}

pub(super) fn list(host: &Host, device: Fingerprint) -> Vec<App> {
    let policy = host.policy();
    if policy.apps.is_empty() || closed(host, id_of(device)).is_some() {
        return Vec::new();
    }
    numbered(&policy.apps).into_iter().map(|(id, app)| App { id, title: app.name.clone() }).collect()
}

/// Why an app is not in the [list].
pub(super) fn why_missing(host: &Host, device: Fingerprint, id: u32) -> String {
    let known = numbered(&host.policy().apps).iter().any(|(known, _)| *known == id);
    let why = if known { closed(host, id_of(device)) } else { None };
    why.unwrap_or("There is no such app on this host").to_owned()
}

/// The picture that the policy names, else one with the name on it.
pub(super) fn box_art(host: &Host, app: &App) -> Option<Vec<u8>> {
    let policy = host.policy();
    let art = policy.apps.iter().find(|known| known.name == app.title).and_then(|known| known.art.as_deref());
    if let Some(path) = art {
        match read_art(Path::new(path)) {
            Ok(file) => return Some(file),
            Err(reason) => tracing::warn!(app = app.title, path, "the app's picture is not shown: {reason}"),
        }
    }
    draw_box_art(&app.title).inspect_err(|error| tracing::warn!(%error, "no picture for an app")).ok()
}

fn read_art(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    let mut file = Vec::new();
    // a path may lead through links, as it does on NixOS
    let real = path.canonicalize().map_err(|error| error.to_string())?;
    let opened = punktfunk_trust::open_regular(&real).map_err(|error| error.to_string())?;
    opened.take(MAX_ART_BYTES + 1).read_to_end(&mut file).map_err(|error| error.to_string())?;
    if file.len() as u64 > MAX_ART_BYTES {
        return Err(format!("it has more than {} MiB", MAX_ART_BYTES / 1024 / 1024));
    }
    check_box_art(&file).map_err(|error| error.to_string())?;
    Ok(file)
}

/// Starts an app for a device that may.
pub(super) async fn start(host: Arc<Host>, device: Fingerprint, app: App) -> Result<Arc<dyn AppRun>, String> {
    let device = id_of(device);
    if let Some(reason) = closed(&host, device) {
        return Err(reason.to_owned());
    }
    let running = host.apps().start(&app.title).await.map_err(|fault| fault.to_string())?;
    Ok(Arc::new(HallApp::new(host, device, running)))
}

/// An app that runs for one device of this door.
struct HallApp {
    over: Arc<watch::Sender<bool>>,
    following: AbortHandle,
    /// It ends when no device holds it any more.
    _running: Arc<RunningApp>,
}

impl HallApp {
    fn new(host: Arc<Host>, device: DeviceId, running: Arc<RunningApp>) -> Self {
        let over = Arc::new(watch::Sender::new(false));
        let (told, ended) = (Arc::clone(&over), running.ended());
        let mut events = host.watch();
        let following = tokio::spawn(async move {
            let revoked = async {
                while host.trust(|trust, _| trust.is_let_in_at(Door::GameStream, &device)) {
                    // whatever has happened may have been that
                    let _ = events.recv().await;
                }
            };
            tokio::select! {
                () = ended => {}
                () = revoked => {}
            }
            told.send_replace(true);
        });
        Self { over, following: following.abort_handle(), _running: running }
    }
}

impl AppRun for HallApp {
    fn ended(&self) -> Answer<'static, ()> {
        let mut over = self.over.subscribe();
        Box::pin(async move {
            // nobody is left to tell it when this is gone
            let _ = over.wait_for(|over| *over).await;
        })
    }
}

impl Drop for HallApp {
    fn drop(&mut self) {
        self.following.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(name: &str) -> punktfunk_config::App {
        punktfunk_config::App { name: name.to_owned(), command: vec!["true".to_owned()], art: None }
    }

    #[test]
    fn a_number_follows_from_the_name_wherever_it_stands() {
        let (steam, kodi) = (app("Steam"), app("Kodi"));
        let one = [steam.clone(), kodi.clone()];
        let other = [app("New"), kodi, steam];
        let (one, other) = (numbered(&one), numbered(&other));
        assert_eq!((one[0].0, one[1].0), (other[2].0, other[1].0));
        assert!(one.iter().all(|(id, _)| (LEAST_ID..=i32::MAX as u32).contains(id)));
        let twice = [app("Steam"), app("Steam")];
        let twice = numbered(&twice);
        assert_ne!(twice[0].0, twice[1].0, "even a name that could not be twice has two numbers");
    }

    #[test]
    fn only_real_pictures_of_a_reasonable_size_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("art.png");
        let png = draw_box_art("Steam").unwrap();
        std::fs::write(&file, &png).unwrap();
        assert_eq!(read_art(&file).unwrap(), png);
        std::fs::write(&file, "<svg/>").unwrap();
        assert!(read_art(&file).unwrap_err().contains("PNG"));
        std::fs::write(&file, [png, vec![0; MAX_ART_BYTES as usize]].concat()).unwrap();
        assert!(read_art(&file).unwrap_err().contains("2 MiB"));
        assert!(read_art(dir.path()).is_err() && read_art(Path::new("/dev/zero")).is_err());
    }
}
