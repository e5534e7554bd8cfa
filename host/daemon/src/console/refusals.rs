//! Every refusal of the API: its status, its stable code, and where it is documented. The sentences for people are
//! those of the part that refuses; here they are only given their place.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use punktfunk_trust::{
    ApproveError, ArmError, DenyError, DeviceError, PairError, PinAnswerError, Revocation,
};
use utoipa::IntoResponses;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::problem::{CONTENT_TYPE, Problem};
use crate::app::PinFault;

/// One way of being refused.
#[derive(Debug)]
pub(super) struct Code {
    /// The status it is answered with.
    pub(super) status: StatusCode,
    /// The stable word for programs.
    pub(super) code: &'static str,
    /// When that happens, for the document.
    when: &'static str,
}

macro_rules! codes {
    ($($name:ident = $status:ident, $code:literal, $when:literal;)*) => {
        $(pub(super) const $name: Code = Code { status: StatusCode::$status, code: $code, when: $when };)*
    };
}

codes! {
    ALREADY_OVER = BAD_REQUEST, "already_over", "the time of the guest would be over before it begins";
    BAD_FINGERPRINT = BAD_REQUEST, "bad_fingerprint", "a fingerprint is 64 hex digits";
    BAD_JSON = BAD_REQUEST, "bad_json", "the body is no JSON, or not what this place takes";
    BAD_LIFETIME = BAD_REQUEST, "bad_lifetime", "the time of the guest ends in the past, is longer than ten years, or cannot be measured";
    BAD_PIN = BAD_REQUEST, "bad_pin", "a Moonlight client shows a PIN of four digits";
    BAD_NAME = BAD_REQUEST, "bad_name", "nothing that can be shown is in the name";
    BAD_PATH = BAD_REQUEST, "bad_path", "a part of the path cannot be read";
    BAD_QUERY = BAD_REQUEST, "bad_query", "what stands behind the question mark cannot be read";
    BAD_WINDOW = BAD_REQUEST, "bad_window", "a PIN works for 15 to 600 seconds";
    UNREADABLE = BAD_REQUEST, "unreadable", "the body broke off";
    PASSPHRASE_SHORT = BAD_REQUEST, "passphrase_short", "a passphrase has at least ten characters";
    PASSWORD_WEAK = BAD_REQUEST, "password_weak", "the new password is too short, too long or obvious; `params.reason` says which";
    SIGN_IN_NEEDED = UNAUTHORIZED, "sign_in_needed", "neither a session nor a token was sent, or the session is over";
    TOKEN_WRONG = UNAUTHORIZED, "token_wrong", "this is none of the host's tokens";
    PASSWORD_WRONG = UNAUTHORIZED, "password_wrong", "this is not the password";
    FORBIDDEN = FORBIDDEN, "forbidden", "whoever asks may not do this";
    UNCLAIMED = FORBIDDEN, "unclaimed", "the box has no owner yet";
    PROOF_NEEDED = FORBIDDEN, "proof_needed", "the browser's user has to give the password again first";
    CLAIM_CODE_WRONG = FORBIDDEN, "claim_code_wrong", "this is not the code that the box shows";
    CROSS_SITE = FORBIDDEN, "cross_site", "a browser sent this on behalf of another site";
    STREAM_GONE = NOT_FOUND, "stream_gone", "no such stream runs";
    KNOCK_GONE = NOT_FOUND, "knock_gone", "no such device waits, or is ignored";
    NOT_FOUND = NOT_FOUND, "not_found", "no such device, or no such place";
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED, "method_not_allowed", "this place does not take that method";
    TOO_SLOW = REQUEST_TIMEOUT, "too_slow", "the request took too long to arrive or to be answered";
    ALREADY_CLAIMED = CONFLICT, "already_claimed", "the box has an owner";
    OTHER_DEVICE = CONFLICT, "other_device", "another device waits there than the one that was shown; nothing was stored";
    KNOCK_CHANGED = CONFLICT, "knock_changed", "what waits there has changed since it was shown; nothing was stored";
    NEEDS_PIN = CONFLICT, "needs_pin", "the device shows a PIN, which is to be entered instead";
    SHOWS_NO_PIN = CONFLICT, "shows_no_pin", "the device waits for an approval, not for a PIN";
    WRONG_PIN = CONFLICT, "wrong_pin", "the device shows another PIN; it has to start pairing again";
    PIN_UNANSWERED = CONFLICT, "pin_unanswered", "the device went away before it was paired; it has to start pairing again";
    CLOCK_UNKNOWN = CONFLICT, "clock_unknown", "the clock cannot be trusted, so no limited time can be given";
    PIN_ARMED = CONFLICT, "pin_armed", "a PIN is armed already: take it back first";
    DECLARED = CONFLICT, "declared", "the policy declares the device: change it there";
    LIST_FULL = CONFLICT, "list_full", "the list is full";
    TOO_LARGE = PAYLOAD_TOO_LARGE, "too_large", "the body is larger than 16 KiB, or 4 MiB where a backup is sent";
    JSON_ONLY = UNSUPPORTED_MEDIA_TYPE, "json_only", "the body is not sent as JSON";
    BACKUP_BAD = UNPROCESSABLE_ENTITY, "backup_bad", "the file is no backup, or the passphrase is another; nothing was changed";
    POLICY_BAD = UNPROCESSABLE_ENTITY, "policy_bad", "the file is no policy; the one before stays in force";
    NO_PICTURE = SERVICE_UNAVAILABLE, "no_picture", "there is nothing to see now; `fault` says why";
    WORKER_LOST = INTERNAL_SERVER_ERROR, "worker_lost", "the host broke down at this; its log says where";
    WRONG_HOST = MISDIRECTED_REQUEST, "wrong_host", "the box is not called by a name or address of its own";
    SLOW_DOWN = TOO_MANY_REQUESTS, "slow_down", "too soon after a wrong try: `retry_after_secs` says when to try again";
    TOO_MANY_REQUESTS = TOO_MANY_REQUESTS, "too_many_requests", "more requests at once than the host answers: `retry_after_secs` says when to try again";
    NOT_SAVED = INSUFFICIENT_STORAGE, "not_saved", "it could not be saved, so nothing was changed";
    REVOKED_UNSAVED = INSUFFICIENT_STORAGE, "revoked_unsaved",
        "the device is out now, but that could not be saved: after a restart it would be let in again";
    ENDED_UNSAVED = INSUFFICIENT_STORAGE, "ended_unsaved",
        "it has ended now, but that could not be saved: after a restart it would work again";
}

/// What every request can meet, whatever it is for.
const EVERYWHERE: [Code; 4] = [CROSS_SITE, WRONG_HOST, TOO_SLOW, TOO_MANY_REQUESTS];
/// What whoever has no rights meets, where rights are needed.
const WITHOUT_RIGHTS: [Code; 4] = [SIGN_IN_NEEDED, TOKEN_WRONG, FORBIDDEN, UNCLAIMED];

/// Gives the document the refusals of a place, one response per status with an example per code.
macro_rules! refusals {
    (of $base:expr; $($(#[$doc:meta])* $name:ident = [$($code:expr),* $(,)?];)*) => {
        $($(#[$doc])* pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                let base: &[&[Code]] = $base;
                describe(base.iter().copied().chain([&[$($code),*][..]]).flatten())
            }
        })*
    };
    ($($places:tt)*) => {
        refusals! { of &[&EVERYWHERE, &WITHOUT_RIGHTS]; $($places)* }
    };
}

refusals! { of &[&EVERYWHERE];
    /// Of a place that answers anyone.
    Open = [];
    /// Of a place that answers anyone once the box has an owner.
    Documented = [UNCLAIMED];
    /// Of claiming the box.
    Claiming = [BAD_JSON, PASSWORD_WEAK, UNREADABLE, FORBIDDEN, CLAIM_CODE_WRONG, ALREADY_CLAIMED, SLOW_DOWN, TOO_LARGE, JSON_ONLY,
        WORKER_LOST, NOT_SAVED];
    /// Of signing in.
    SigningIn = [BAD_JSON, UNREADABLE, PASSWORD_WRONG, FORBIDDEN, UNCLAIMED, SLOW_DOWN, TOO_LARGE, JSON_ONLY, WORKER_LOST, NOT_SAVED];
}

refusals! {
    /// Of a place that only asks who is there.
    Guarded = [];
    /// Of taking a PIN back.
    Disarming = [TOO_LARGE, JSON_ONLY];
    /// Of signing out.
    SigningOut = [ENDED_UNSAVED, TOO_LARGE, JSON_ONLY];
    /// Of signing another browser out.
    SigningAnotherOut = [BAD_PATH, PROOF_NEEDED, NOT_FOUND, ENDED_UNSAVED, TOO_LARGE, JSON_ONLY];
    /// Of giving the password again.
    Proving = [BAD_JSON, UNREADABLE, PASSWORD_WRONG, SLOW_DOWN, TOO_LARGE, JSON_ONLY, WORKER_LOST];
    /// Of changing the password.
    ChangingPassword = [BAD_JSON, PASSWORD_WEAK, UNREADABLE, PASSWORD_WRONG, SLOW_DOWN, TOO_LARGE, JSON_ONLY, WORKER_LOST,
        NOT_SAVED];
    /// Of making a token.
    MakingAToken = [BAD_JSON, BAD_NAME, UNREADABLE, PROOF_NEEDED, LIST_FULL, TOO_LARGE, JSON_ONLY, NOT_SAVED];
    /// Of taking a token back.
    RevokingAToken = [BAD_PATH, PROOF_NEEDED, NOT_FOUND, ENDED_UNSAVED, TOO_LARGE, JSON_ONLY];
    /// Of forgetting the password.
    Resetting = [ENDED_UNSAVED, TOO_LARGE, JSON_ONLY];
    /// Of approving.
    Approving = [PROOF_NEEDED, ALREADY_OVER, BAD_FINGERPRINT, BAD_JSON, BAD_LIFETIME, BAD_PATH, UNREADABLE, KNOCK_GONE,
        OTHER_DEVICE, KNOCK_CHANGED, NEEDS_PIN, CLOCK_UNKNOWN, LIST_FULL, TOO_LARGE, JSON_ONLY, NOT_SAVED];
    /// Of entering a PIN that a device shows.
    EnteringAPin = [PROOF_NEEDED, BAD_FINGERPRINT, BAD_JSON, BAD_PATH, BAD_PIN, UNREADABLE, KNOCK_GONE, OTHER_DEVICE,
        KNOCK_CHANGED, SHOWS_NO_PIN, WRONG_PIN, PIN_UNANSWERED, LIST_FULL, TOO_LARGE, JSON_ONLY, NOT_SAVED];
    /// Of turning away.
    Denying = [BAD_JSON, BAD_PATH, UNREADABLE, KNOCK_GONE, LIST_FULL, TOO_LARGE, JSON_ONLY, NOT_SAVED];
    /// Of arming a PIN.
    Arming = [PROOF_NEEDED, BAD_FINGERPRINT, BAD_JSON, BAD_WINDOW, UNREADABLE, PIN_ARMED, TOO_LARGE, JSON_ONLY];
    /// Of changing a device.
    Amending = [PROOF_NEEDED, BAD_FINGERPRINT, BAD_JSON, BAD_LIFETIME, BAD_PATH, BAD_NAME, UNREADABLE, NOT_FOUND, DECLARED, TOO_LARGE, JSON_ONLY,
        NOT_SAVED];
    /// Of showing an ignored device again.
    Forgiving = [BAD_FINGERPRINT, BAD_PATH, KNOCK_GONE, TOO_LARGE, JSON_ONLY, NOT_SAVED];
    /// Of ending a stream.
    EndingAStream = [BAD_PATH, STREAM_GONE, TOO_LARGE, JSON_ONLY];
    /// Of taking the clock for right.
    AcceptingTheClock = [PROOF_NEEDED, NOT_SAVED, TOO_LARGE, JSON_ONLY];
    /// Of making a backup.
    BackingUp = [PROOF_NEEDED, BAD_JSON, UNREADABLE, TOO_LARGE, JSON_ONLY, PASSPHRASE_SHORT, WORKER_LOST];
    /// Of putting one back.
    Restoring = [PROOF_NEEDED, BAD_JSON, UNREADABLE, TOO_LARGE, JSON_ONLY, BACKUP_BAD, WORKER_LOST, NOT_SAVED];
    /// Of reading the policy again.
    Reloading = [PROOF_NEEDED, POLICY_BAD, WORKER_LOST, TOO_LARGE, JSON_ONLY];
    /// Of reading the record.
    ReadingTheRecord = [BAD_QUERY];
    /// Of examining the machine.
    Examining = [WORKER_LOST];
    /// Of looking at what is shown.
    Previewing = [WORKER_LOST, NO_PICTURE];
    /// Of throwing out.
    Revoking = [PROOF_NEEDED, BAD_FINGERPRINT, BAD_PATH, NOT_FOUND, TOO_LARGE, JSON_ONLY, DECLARED, REVOKED_UNSAVED];
}

fn describe<'a>(codes: impl Iterator<Item = &'a Code>) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<&Code>> = BTreeMap::new();
    for code in codes {
        by_status.entry(code.status.as_u16()).or_default().push(code);
    }
    by_status.into_iter().map(|(status, codes)| (status.to_string(), response(&codes).into())).collect()
}

fn response(codes: &[&Code]) -> Response {
    let lines: Vec<String> = codes.iter().map(|code| format!("`{}`: {}", code.code, code.when)).collect();
    let examples = codes.iter().map(|code| {
        let value = serde_json::to_value(Problem::of(code, code.when)).unwrap_or_default();
        (code.code, RefOr::T(ExampleBuilder::new().value(Some(value)).build()))
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    ResponseBuilder::new().description(lines.join("\n\n")).content(CONTENT_TYPE, content).build()
}

impl From<ApproveError> for Problem {
    fn from(error: ApproveError) -> Self {
        let code = match error {
            ApproveError::NotFound => &KNOCK_GONE,
            ApproveError::OtherDevice => &OTHER_DEVICE,
            ApproveError::Changed { .. } => &KNOCK_CHANGED,
            ApproveError::NeedsPin => &NEEDS_PIN,
            ApproveError::NotAllowed => &FORBIDDEN,
            ApproveError::AlreadyOver => &ALREADY_OVER,
            ApproveError::ClockUnknown => &CLOCK_UNKNOWN,
            ApproveError::ListFull => &LIST_FULL,
            ApproveError::Store(_) => &NOT_SAVED,
        };
        Self::of(code, error)
    }
}

impl From<PinFault> for Problem {
    fn from(error: PinFault) -> Self {
        let code = match &error {
            PinFault::NoPin => &BAD_PIN,
            PinFault::Wrong => &WRONG_PIN,
            PinFault::Answer(PinAnswerError::NotFound) => &KNOCK_GONE,
            PinFault::Answer(PinAnswerError::OtherDevice) => &OTHER_DEVICE,
            PinFault::Answer(PinAnswerError::Changed { .. }) => &KNOCK_CHANGED,
            PinFault::Answer(PinAnswerError::NotByPin) => &SHOWS_NO_PIN,
            PinFault::Answer(PinAnswerError::NotAllowed) => &FORBIDDEN,
            PinFault::Pair(PairError::ListFull) => &LIST_FULL,
            PinFault::Pair(PairError::Store(_)) => &NOT_SAVED,
            PinFault::Gone | PinFault::Pair(_) => &PIN_UNANSWERED,
        };
        Self::of(code, error)
    }
}

impl From<DenyError> for Problem {
    fn from(error: DenyError) -> Self {
        let code = match error {
            DenyError::NotFound => &KNOCK_GONE,
            DenyError::NotAllowed => &FORBIDDEN,
            DenyError::ListFull => &LIST_FULL,
            DenyError::Store(_) => &NOT_SAVED,
        };
        Self::of(code, error)
    }
}

impl From<DeviceError> for Problem {
    fn from(error: DeviceError) -> Self {
        let code = match error {
            DeviceError::NotFound => &NOT_FOUND,
            DeviceError::Declared => &DECLARED,
            DeviceError::NotAllowed => &FORBIDDEN,
            DeviceError::Name => &BAD_NAME,
            DeviceError::Lifetime => &BAD_LIFETIME,
            DeviceError::Store(_) => &NOT_SAVED,
        };
        Self::of(code, error)
    }
}

impl From<ArmError> for Problem {
    fn from(error: ArmError) -> Self {
        let code = match error {
            ArmError::Window => &BAD_WINDOW,
            ArmError::NotAllowed => &FORBIDDEN,
        };
        Self::of(code, error)
    }
}

/// A revocation always holds; one that is not on disk yet is still a problem that the owner must hear of.
pub(super) fn unsaved(revocation: Revocation) -> Result<(), Problem> {
    match revocation.unsaved {
        None => Ok(()),
        Some(error) => Err(Problem::of(
            &REVOKED_UNSAVED,
            format!("the device is out now, but after a restart it would be let in again: {error}"),
        )),
    }
}
