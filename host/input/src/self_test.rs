use crate::uinput::UinputDevice;
use crate::{DeviceKind, InputError};

/// What [`self_test`] saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfTest {
    /// Each kind of device with the kernel's name for it while it existed, for example `input7`.
    pub devices: Vec<(DeviceKind, String)>,
}

/// Makes one device of each kind and removes it again, sending nothing through any of them. It
/// proves that a session on this machine could inject input, without disturbing one.
///
/// # Errors
/// [`InputError`] of the first device that could not be made.
pub fn self_test() -> Result<SelfTest, InputError> {
    let kinds = [
        DeviceKind::Keyboard,
        DeviceKind::Mouse,
        DeviceKind::AbsolutePointer,
        DeviceKind::TouchScreen,
        DeviceKind::Pen,
        DeviceKind::Pad(0),
    ];
    let devices = kinds
        .into_iter()
        .map(|kind| {
            let device = UinputDevice::create(kind)?;
            let name = device.system_name().map_err(|source| InputError::Create { device: kind, source })?;
            Ok((kind, name))
        })
        .collect::<Result<_, InputError>>()?;
    Ok(SelfTest { devices })
}
