//! The words by which programs know what is told about the machine.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What can be told about the machine, for the API's document: the code of a check, or of why there is no picture.
#[derive(Debug)]
pub struct MachineCode;

/// All of them, in the order of the alphabet.
const CODES: &[&str] = &[
    "clock_behind",
    "clock_never_set",
    "clock_plausible",
    "console_answers",
    "console_off",
    "console_silent",
    "discoverable",
    "doors_unasked",
    "encoder_fails",
    "encoder_fell_back",
    "encoder_works",
    "feed_silent",
    "file_empty",
    "file_plays",
    "file_unplayable",
    "film_sound_unplayable",
    "graphics_card_silent",
    "host_answers",
    "host_silent",
    "identity_damaged",
    "identity_gone",
    "identity_unreadable",
    "input_device_refused",
    "input_device_stopped",
    "input_off",
    "input_thread_not_started",
    "input_unavailable",
    "input_works",
    "interfaces_unlisted",
    "knocks_waiting",
    "list_damaged",
    "list_good",
    "list_held",
    "list_locked",
    "list_missing",
    "list_unreadable",
    "native_answers",
    "native_off",
    "native_silent",
    "no_codec",
    "no_display",
    "no_door",
    "no_encoder",
    "no_graphics_card",
    "no_network",
    "no_picture",
    "no_screen_on",
    "no_such_output",
    "open_mode",
    "output_off",
    "output_on",
    "output_unplugged",
    "owner_not_saved",
    "picture_unreadable",
    "pin_guessing",
    "pins_stopped",
    "policy_bad",
    "policy_read",
    "policy_refused",
    "port_free",
    "port_ours",
    "port_refused",
    "port_taken",
    "port_taken_unseen",
    "restart_due",
    "screen_format",
    "screen_geometry",
    "screen_gives_none",
    "screen_gives_pictures",
    "screen_service_answers",
    "screen_service_broke_off",
    "screen_service_busy",
    "screen_service_foreign",
    "screen_service_missing",
    "screen_service_powerless",
    "screen_tiled",
    "screen_unmapped",
    "send_buffers",
    "send_buffers_unknown",
    "setting_without_effect",
    "software_encoder",
    "sound_library_missing",
    "sound_not_encoded",
    "sound_server_silent",
    "sound_without_opus",
    "source_gives_none",
    "space",
    "space_short",
    "space_unknown",
    "state_foreign",
    "state_missing",
    "state_no_folder",
    "state_open",
    "state_private",
    "state_unreadable",
    "store_not_saved",
    "test_card_chosen",
    "test_card_mode",
    "uinput_denied",
    "uinput_missing",
    "uinput_not_opened",
    "uinput_without_driver",
    "update_failed",
    "update_ready",
    "update_unproven",
    "update_waiting",
    "update_went_back",
    "video_arrives",
    "video_lost",
    "weaker_door",
];

impl PartialSchema for MachineCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What can be told about the machine."))
            .enum_values(Some(CODES.iter().copied()))
            .build()
            .into()
    }
}

impl ToSchema for MachineCode {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("MachineCode")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    /// What is followed by the word for what is told.
    const BEFORE: [&str; 7] =
        ["Check::good(", "Check::wrong(", "Finding::good(", "Fault::new(", "good(", "wrong(", "=>"];
    /// Where such words are.
    const PLACES: [&str; 6] = [
        "src/doctor",
        "src/session",
        "src/native",
        "src/console/preview.rs",
        "../media/src",
        "../input/src/error.rs",
    ];

    fn files(place: &Path) -> Vec<PathBuf> {
        let Ok(inside) = fs::read_dir(place) else { return vec![place.to_owned()] };
        let inside = inside.map(|entry| entry.expect("a folder can be listed").path());
        inside
            .flat_map(|path| files(&path))
            .filter(|path| path.extension().is_some_and(|it| it == "rs"))
            .collect()
    }

    fn words(text: &str) -> impl Iterator<Item = &str> {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        BEFORE.into_iter().flat_map(|before| text.split(before).skip(1)).filter_map(|rest| {
            let (word, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
            let is_one =
                word.contains('_') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            is_one.then_some(word)
        })
    }

    #[test]
    fn every_word_that_is_used_is_listed_once_and_in_order() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let known: BTreeSet<&str> = CODES.iter().copied().collect();
        assert!(CODES.is_sorted() && known.len() == CODES.len());
        let mut count = 0;
        for path in PLACES.iter().flat_map(|place| files(&root.join(place))) {
            let text = fs::read_to_string(&path).unwrap();
            for word in words(&text) {
                assert!(known.contains(word), "{word} of {} is not listed", path.display());
                count += 1;
            }
        }
        assert!(count > 60, "{count}");
    }
}
