use std::io;

use crate::DeviceKind;
use crate::uinput::UINPUT_PATH;

/// Why input cannot be injected, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The device node is absent.
    #[error(
        "{UINPUT_PATH} does not exist; load the kernel module with `modprobe uinput`, and list `uinput` in \
         /etc/modules-load.d so that it is there after a reboot"
    )]
    Missing,
    /// The node exists, but no driver answers behind it.
    #[error(
        "{UINPUT_PATH} has no driver behind it; load the kernel module with `modprobe uinput`, and if that fails use a kernel \
         built with CONFIG_INPUT_UINPUT"
    )]
    NoDriver,
    /// The node may not be opened for writing.
    #[error(
        "{UINPUT_PATH} may not be written by this process; give the service access, with a udev rule \
         (KERNEL==\"uinput\", GROUP=\"input\", MODE=\"0660\"), the group `input`, and DeviceAllow={UINPUT_PATH} rw \
         in its unit"
    )]
    Denied,
    /// Opening failed for another reason.
    #[error(
        "{UINPUT_PATH} could not be opened ({0}); run `punktfunk-host doctor` for the state of this machine"
    )]
    Open(#[source] io::Error),
    /// The kernel refused to make a device.
    #[error("the kernel refused to create the virtual {device} ({source}); see `dmesg` for its reason")]
    Create {
        /// The device that was asked for.
        device: DeviceKind,
        /// The kernel's error.
        source: io::Error,
    },
    /// A device stopped taking events.
    #[error("the virtual {device} stopped taking events ({source}); end the session and connect again")]
    Write {
        /// The device that failed.
        device: DeviceKind,
        /// The kernel's error.
        source: io::Error,
    },
}

impl InputError {
    /// A stable word for this reason, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "uinput_missing",
            Self::NoDriver => "uinput_without_driver",
            Self::Denied => "uinput_denied",
            Self::Open(_) => "uinput_not_opened",
            Self::Create { .. } => "input_device_refused",
            Self::Write { .. } => "input_device_stopped",
        }
    }

    /// What the [sentence](ToString) is about, by name.
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let path = || ("path", UINPUT_PATH.to_owned());
        match self {
            Self::Missing | Self::NoDriver | Self::Denied => vec![path()],
            Self::Open(reason) => vec![path(), ("reason", reason.to_string())],
            Self::Create { device, source } | Self::Write { device, source } => {
                vec![("device", device.to_string()), ("reason", source.to_string())]
            }
        }
    }

    pub(crate) fn from_open(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ if matches!(
                error.raw_os_error(),
                Some(code) if code == nix::errno::Errno::ENODEV as i32 || code == nix::errno::Errno::ENXIO as i32
            ) =>
            {
                Self::NoDriver
            }
            _ => Self::Open(error),
        }
    }
}
