//! What can want the owner's eye, and how much it matters.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is broken, or somebody tries to get in.
    Alarm,
    /// Something does less than it could, or lets in more.
    Warning,
    /// Good to know.
    Notice,
}

/// What can want the owner's eye.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttentionCode {
    /// The allow-list on disk is behind the one in force (`reason`).
    StoreNotSaved,
    /// The owner's account on disk is behind the one in force (`reason`).
    OwnerNotSaved,
    /// Wrong PINs in a row (`failures`).
    PinGuessing,
    /// A session shows a card in place of its source (`session`, `fault`, and the fault's own).
    NoPicture,
    /// Everybody on the network is let in.
    OpenMode,
    /// This machine has no video encoder.
    NoEncoder,
    /// The policy allows no codec that this machine can make (`allowed`, `here`).
    NoCodec,
    /// Every door is closed.
    NoDoor,
    /// The Moonlight door is open.
    WeakerDoor,
    /// The clock is behind what it was before.
    ClockBehind,
    /// PINs are made without being asked no more.
    PinsStopped,
    /// There is no screen that could be streamed.
    NoDisplay,
    /// The policy asks for an encoder that is not there (`backend`, `encoder`).
    EncoderFellBack,
    /// Input cannot be injected (`reason`, `fault`, and the fault's own).
    InputUnavailable,
    /// The policy file could not be put in force (`text`, `at`).
    PolicyBad,
    /// The policy file was refused when the box started (`text`).
    PolicyRefused,
    /// The policy changes something that comes with the next start only (`keys`).
    RestartDue,
    /// The policy sets something that this version does not have (`key`).
    SettingWithoutEffect,
    /// The processor encodes (`encoder`).
    SoftwareEncoder,
    /// An update did not stay: the box is on the version before again (`version`, `reason`).
    UpdateWentBack,
    /// The running version has not proven itself, and there is no other to go back to (`version`, `reason`).
    UpdateUnproven,
    /// An update could not be installed (`version`, `reason`).
    UpdateFailed,
    /// Nothing was heard from the feed for too long (`days`).
    FeedSilent,
    /// A newer version is installed and starts with the next restart (`version`).
    UpdateWaiting,
    /// The feed offers a newer version (`version`).
    UpdateReady,
    /// Devices wait to be let in (`count`).
    KnocksWaiting,
}

impl AttentionCode {
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::StoreNotSaved
            | Self::OwnerNotSaved
            | Self::PinGuessing
            | Self::NoPicture
            | Self::NoEncoder
            | Self::NoCodec => Severity::Alarm,
            Self::SoftwareEncoder | Self::KnocksWaiting | Self::UpdateReady | Self::UpdateWaiting => {
                Severity::Notice
            }
            _ => Severity::Warning,
        }
    }
}
