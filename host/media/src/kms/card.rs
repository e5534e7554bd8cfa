//! One graphics card, looked at without being its master.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use drm::control::{
    Device as _, Mode, ModeFlags, ResourceHandles, connector, crtc, framebuffer, plane, property,
};
use drm::{ClientCapability, Device as _, VblankWaitFlags, VblankWaitTarget};

use super::edid;
use super::protocol::{Area, Layer, LayerPlane, MODIFIER_UNKNOWN, Output};

/// An open card.
pub(super) struct Card {
    file: File,
    driver: String,
    device: u64,
}

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl drm::Device for Card {}
impl drm::control::Device for Card {}

/// The way from a connector to what it shows.
pub(super) struct Route {
    pub(super) output: Output,
    crtc: crtc::Handle,
    pipe: u32,
    primary: PlaneRef,
    cursor: Option<PlaneRef>,
}

/// What is on the planes of a [`Route`] at one moment; equal values mean the same buffers in the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scene {
    mode: Mode,
    primary: Placed,
    cursor: Option<Placed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Placed {
    framebuffer: framebuffer::Handle,
    source: Area,
    position: (i32, i32),
}

impl Scene {
    /// Whether the output still runs in the same mode.
    pub(super) fn same_mode(&self, other: &Self) -> bool {
        self.mode == other.mode
    }
}

/// Why the buffers of a [`Scene`] could not be had.
#[derive(Debug)]
pub(super) enum CaptureError {
    /// The kernel hides buffers from processes without `CAP_SYS_ADMIN`.
    CapabilityMissing,
    /// The framebuffer is gone: the screen has moved on.
    Gone,
    /// Another error of the card.
    Device(io::Error),
}

/// The buffers of a scene with their descriptors.
pub(super) struct Captured {
    pub(super) primary: Layer,
    pub(super) cursor: Option<Layer>,
    pub(super) descriptors: Vec<OwnedFd>,
}

/// A plane and the numbers of those of its properties that say where it is.
struct PlaneRef {
    handle: plane::Handle,
    source: [Option<property::Handle>; 4],
    position: [Option<property::Handle>; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PlaneKind {
    Primary,
    Cursor,
    Other,
}

impl Card {
    /// Opens a card and at once lets go of the mastery that the kernel gives to whoever comes first.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).custom_flags(nix::libc::O_CLOEXEC).open(path)?;
        let device = file.metadata()?.rdev();
        let mut card = Self { file, driver: String::new(), device };
        // Refused when another process is master, which is as it should be.
        let _ = card.release_master_lock();
        card.driver =
            card.get_driver()?.name().to_string_lossy().chars().filter(|c| !c.is_control()).collect();
        // Plane positions are only told to atomic clients; drivers without it still have universal planes.
        if card.set_client_capability(ClientCapability::Atomic, true).is_ok() {
            // Virtual machines' cards hide the cursor from atomic clients that do not ask; older kernels do not know this.
            let _ = card.set_client_capability(ClientCapability::CursorPlaneHotspot, true);
        } else {
            card.set_client_capability(ClientCapability::UniversalPlanes, true)?;
        }
        Ok(card)
    }

    /// The device number, by which the same card is known under another name.
    pub(super) fn device(&self) -> u64 {
        self.device
    }

    /// Every connector.
    pub(super) fn outputs(&self) -> io::Result<Vec<Output>> {
        let resources = self.resource_handles()?;
        Ok(self.connectors(&resources)?.into_iter().map(|(output, _)| output).collect())
    }

    /// The way to the first output that `wanted` accepts and that shows something, and what it shows.
    pub(super) fn route(&self, wanted: impl Fn(&Output) -> bool) -> io::Result<Option<(Route, Scene)>> {
        let resources = self.resource_handles()?;
        for (output, crtc) in self.connectors(&resources)? {
            let Some(crtc) = crtc.filter(|_| output.active && wanted(&output)) else { continue };
            if let Some(route) = self.route_from(&resources, output, crtc)?
                && let Some(scene) = self.scene(&route)?
            {
                return Ok(Some((route, scene)));
            }
        }
        Ok(None)
    }

    /// What the route shows now; `None` when it shows nothing any more.
    pub(super) fn scene(&self, route: &Route) -> io::Result<Option<Scene>> {
        let crtc = self.get_crtc(route.crtc)?;
        let Some(mode) = crtc.mode() else { return Ok(None) };
        let (width, height) = mode.size();
        let whole =
            Area { x: crtc.position().0, y: crtc.position().1, width: width.into(), height: height.into() };
        let Some(mut primary) = self.placed(&route.primary, route.crtc)? else { return Ok(None) };
        if primary.source.width == 0 || primary.source.height == 0 {
            primary.source = whole;
        }
        let cursor = match &route.cursor {
            // A cursor whose position the driver does not tell cannot be drawn.
            Some(cursor) if cursor.position.iter().all(Option::is_some) => self.placed(cursor, route.crtc)?,
            _ => None,
        };
        Ok(Some(Scene { mode, primary, cursor }))
    }

    /// Whether another buffer is on the primary plane than in `scene`: the cheapest question there is.
    pub(super) fn has_flipped(&self, route: &Route, scene: &Scene) -> bool {
        drm_ffi::mode::get_plane(self.as_fd(), route.primary.handle.into(), None)
            .map_or(true, |plane| plane.fb_id != u32::from(scene.primary.framebuffer))
    }

    /// Descriptors of the buffers of a scene.
    pub(super) fn capture(&self, scene: &Scene) -> Result<Captured, CaptureError> {
        let mut descriptors = Vec::new();
        let primary = self.layer(&scene.primary, &mut descriptors)?;
        let cursor = match &scene.cursor {
            None => None,
            Some(cursor) => match self.layer(cursor, &mut descriptors) {
                Ok(layer) => Some(layer),
                // Cursors come and go faster than frames.
                Err(CaptureError::Gone) => None,
                Err(error) => return Err(error),
            },
        };
        Ok(Captured { primary, cursor, descriptors })
    }

    /// Waits for the next vertical blank and says when it was on the monotonic clock.
    ///
    /// # Errors
    /// Drivers without vertical blanks, and outputs that are off, refuse at once.
    pub(super) fn await_vblank(&self, route: &Route) -> io::Result<Option<Duration>> {
        let reply =
            self.wait_vblank(VblankWaitTarget::Relative(1), VblankWaitFlags::empty(), route.pipe, 0)?;
        Ok(reply.time())
    }

    fn connectors(&self, resources: &ResourceHandles) -> io::Result<Vec<(Output, Option<crtc::Handle>)>> {
        let mut found = Vec::new();
        for &handle in resources.connectors() {
            // Connectors of a dock vanish between the two calls.
            let Ok(info) = self.get_connector(handle, false) else { continue };
            if info.interface() == connector::Interface::Writeback {
                continue;
            }
            let crtc = info.current_encoder().and_then(|encoder| self.get_encoder(encoder).ok()?.crtc());
            let mode = crtc.and_then(|crtc| self.get_crtc(crtc).ok()?.mode());
            let (width, height) = mode.map_or((0, 0), |mode| mode.size());
            let output = Output {
                connector: info.to_string(),
                driver: self.driver.clone(),
                monitor: self.monitor(handle).unwrap_or_default(),
                connected: info.state() == connector::State::Connected,
                active: mode.is_some(),
                width: width.into(),
                height: height.into(),
                refresh_mhz: mode.map_or(0, |mode| refresh_mhz(&mode)),
            };
            found.push((output, crtc));
        }
        Ok(found)
    }

    fn monitor(&self, handle: connector::Handle) -> Option<String> {
        let properties = self.get_properties(handle).ok()?;
        let (_, &blob) = properties.iter().find(|(id, value)| **value != 0 && self.has_name(**id, "EDID"))?;
        edid::identity(&self.get_property_blob(blob).ok()?)
    }

    fn has_name(&self, id: property::Handle, name: &str) -> bool {
        self.get_property(id).is_ok_and(|info| info.name().to_bytes() == name.as_bytes())
    }

    fn route_from(
        &self,
        resources: &ResourceHandles,
        output: Output,
        crtc: crtc::Handle,
    ) -> io::Result<Option<Route>> {
        let Some(pipe) = resources.crtcs().iter().position(|&other| other == crtc) else { return Ok(None) };
        let (mut primary, mut cursor) = (None, None);
        for handle in self.plane_handles()? {
            let info = self.get_plane(handle)?;
            let reaches = resources.filter_crtcs(info.possible_crtcs()).contains(&crtc);
            if !reaches || info.crtc().is_some_and(|other| other != crtc) {
                continue;
            }
            match self.plane_ref(handle)? {
                (PlaneKind::Primary, plane) if primary.is_none() || info.crtc() == Some(crtc) => {
                    primary = Some(plane);
                }
                (PlaneKind::Cursor, plane) if cursor.is_none() || info.crtc() == Some(crtc) => {
                    cursor = Some(plane);
                }
                _ => {}
            }
        }
        let pipe = u32::try_from(pipe).unwrap_or(0);
        Ok(primary.map(|primary| Route { output, crtc, pipe, primary, cursor }))
    }

    fn plane_ref(&self, handle: plane::Handle) -> io::Result<(PlaneKind, PlaneRef)> {
        let mut plane = PlaneRef { handle, source: [None; 4], position: [None; 2] };
        let mut kind = PlaneKind::Other;
        for (&id, &value) in &self.get_properties(handle)? {
            match self.get_property(id)?.name().to_bytes() {
                b"type" if value == u64::from(drm_ffi::drm_sys::DRM_PLANE_TYPE_PRIMARY) => {
                    kind = PlaneKind::Primary;
                }
                b"type" if value == u64::from(drm_ffi::drm_sys::DRM_PLANE_TYPE_CURSOR) => {
                    kind = PlaneKind::Cursor;
                }
                b"SRC_X" => plane.source[0] = Some(id),
                b"SRC_Y" => plane.source[1] = Some(id),
                b"SRC_W" => plane.source[2] = Some(id),
                b"SRC_H" => plane.source[3] = Some(id),
                b"CRTC_X" => plane.position[0] = Some(id),
                b"CRTC_Y" => plane.position[1] = Some(id),
                _ => {}
            }
        }
        Ok((kind, plane))
    }

    fn placed(&self, plane: &PlaneRef, crtc: crtc::Handle) -> io::Result<Option<Placed>> {
        let info = self.get_plane(plane.handle)?;
        let Some(framebuffer) = info.framebuffer().filter(|_| info.crtc() == Some(crtc)) else {
            return Ok(None);
        };
        let values = self.get_properties(plane.handle)?;
        let value = |wanted: Option<property::Handle>| {
            values.iter().find(|(id, _)| Some(**id) == wanted).map_or(0, |(_, &value)| value)
        };
        // Sources are unsigned 16.16 fixed point, positions are signed numbers carried in 64 bits.
        let [x, y, width, height] = plane.source.map(|id| u32::try_from(value(id) >> 16).unwrap_or(0));
        let [left, top] = plane.position.map(|id| i32::try_from(value(id).cast_signed()).unwrap_or(0));
        Ok(Some(Placed { framebuffer, source: Area { x, y, width, height }, position: (left, top) }))
    }

    fn layer(&self, placed: &Placed, descriptors: &mut Vec<OwnedFd>) -> Result<Layer, CaptureError> {
        // The drm crate's own call would lose the handles of a framebuffer whose format it does not know.
        let info = drm_ffi::mode::get_framebuffer2(self.as_fd(), placed.framebuffer.into())
            .map_err(gone_or_device)?;
        if info.handles[0] == 0 {
            return Err(CaptureError::CapabilityMissing);
        }
        let mut buffers: Vec<u32> = info.handles.iter().copied().filter(|&handle| handle != 0).collect();
        buffers.sort_unstable();
        buffers.dedup();
        let first = descriptors.len();
        let exported: Result<Vec<OwnedFd>, _> = buffers.iter().map(|&handle| self.export(handle)).collect();
        for &handle in &buffers {
            // Left open, every frame would leak a handle and with it, in the end, the buffer.
            let _ = drm_ffi::gem::close(self.as_fd(), handle);
        }
        descriptors.extend(exported.map_err(gone_or_device)?);
        let mut planes = [None; 4];
        for (index, plane) in planes.iter_mut().enumerate() {
            if let Ok(buffer) = buffers.binary_search(&info.handles[index]) {
                let descriptor = u8::try_from(first + buffer).unwrap_or(u8::MAX);
                *plane =
                    Some(LayerPlane { pitch: info.pitches[index], offset: info.offsets[index], descriptor });
            }
        }
        let told = info.flags & drm_ffi::drm_sys::DRM_MODE_FB_MODIFIERS != 0;
        Ok(Layer {
            framebuffer: placed.framebuffer.into(),
            width: info.width,
            height: info.height,
            fourcc: info.pixel_format,
            modifier: if told { info.modifier[0] } else { MODIFIER_UNKNOWN },
            planes,
            source: placed.source,
            position: placed.position,
        })
    }

    /// A read-only descriptor of a buffer.
    fn export(&self, handle: u32) -> io::Result<OwnedFd> {
        let handle =
            drm::control::from_u32::<drm::buffer::Handle>(handle).ok_or(io::ErrorKind::InvalidData)?;
        self.buffer_to_prime_fd(handle, drm::CLOEXEC)
    }
}

fn gone_or_device(error: io::Error) -> CaptureError {
    match error.kind() {
        io::ErrorKind::NotFound => CaptureError::Gone,
        _ => CaptureError::Device(error),
    }
}

/// The true refresh rate in thousandths of a hertz; modes only tell it rounded to whole hertz.
fn refresh_mhz(mode: &Mode) -> u32 {
    let (across, down) = (u64::from(mode.hsync().2), u64::from(mode.vsync().2));
    let mut rate = match (u64::from(mode.clock()) * 1_000_000).checked_div(across * down) {
        None | Some(0) => return mode.vrefresh().saturating_mul(1000),
        Some(rate) => rate,
    };
    if mode.flags().contains(ModeFlags::INTERLACE) {
        rate *= 2;
    }
    if mode.flags().contains(ModeFlags::DBLSCAN) {
        rate /= 2;
    }
    u32::try_from(rate).unwrap_or(0)
}
