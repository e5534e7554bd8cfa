//! The traps that whoever builds a host for these clients falls into (GameStream §11), and the tests that fail when one is
//! fallen into again.

use std::fs;
use std::path::Path;

const TRAPS: &[(&str, &[&str])] = &[
    (
        "1: serial number 0, the certificate is the identity, 401 after a whole handshake",
        &[
            "certificates_with_serial_number_0_and_wrong_dates_are_taken_in_both_versions_of_tls",
            "a_copied_certificate_without_its_key_opens_nothing",
            "a_stranger_gets_a_handshake_and_then_401_for_every_path",
        ],
    ),
    (
        "2: certificates travel as hex of PEM, hashes use their own signatures",
        &[
            "a_client_whose_pin_the_owner_enters_is_paired",
            "the_right_pin_and_key_pair_and_nothing_else_does",
        ],
    ),
    (
        "3: version, state, codec mask, no white space",
        &["the_host_tells_what_clients_look_for", "the_list_of_apps_can_be_read_by_every_client"],
    ),
    (
        "4: RTSP closes after each message, spells headers exactly, secrets have 16 characters",
        &["a_paired_client_sees_the_test_card", "each_stream_gets_its_port_and_its_secret"],
    ),
    (
        "5: rikeyid is signed, and an old flag decides whether sound is encrypted",
        &[
            "a_paired_client_sees_the_test_card",
            "parameters_are_found_by_name_in_any_order",
            "a_payload_is_sealed_as_the_known_answer_says",
            "sound_is_sealed_for_a_client_that_asks_for_it_by_the_old_flag_alone",
            "a_client_that_asks_for_open_sound_gets_it_open",
        ],
    ),
    (
        "6: the packet size is not the datagram's",
        &[
            "frames_count_from_one_and_packets_from_zero_parity_included",
            "a_sealed_datagram_is_longer_and_no_nonce_comes_twice",
        ],
    ),
    (
        "7: frames from 1, packets from 0, flags for each block",
        &[
            "frames_count_from_one_and_packets_from_zero_parity_included",
            "every_block_has_its_own_first_and_last_packet_and_tells_how_many_there_are",
        ],
    ),
    (
        "8: the code's index, its percentage, and the bytes that it covers",
        &[
            "parity_matches_the_known_answers",
            "the_client_makes_the_same_number_of_parity_packets_from_the_percentage",
            "parity_covers_what_the_client_takes_from_it_and_the_rest_is_each_packets_own",
        ],
    ),
    (
        "9: the first slice in the first packet, parameter sets with every IDR, an IDR first",
        &[
            "the_first_slice_of_a_key_frame_lies_in_the_first_packet",
            "every_key_frame_begins_with_its_parameter_sets",
        ],
    ),
    (
        "10: packets of sound are equally long, come in fours, count milliseconds, and parity covers what is sent",
        &[
            "noise_and_silence_make_packets_of_one_length",
            "two_packets_of_every_six_may_be_lost_and_the_tone_is_whole",
            "a_slow_client_gets_packets_of_ten_milliseconds",
            "after_every_fourth_packet_come_two_of_parity_that_name_the_group",
            "parity_covers_what_is_sent_and_numbers_begin_anew_without_a_break_in_the_groups",
        ],
    ),
    (
        "11: nonces differ by direction and stream, counters never begin anew under one key",
        &[
            "messages_of_both_sides_match_the_known_answers",
            "no_nonce_comes_twice_under_one_key_in_either_direction",
            "a_client_that_connects_once_more_gets_no_number_twice",
            "a_session_key_is_good_for_one_stream",
        ],
    ),
    (
        "12: an end without a word looks like a crash",
        &[
            "quitting_ends_the_stream_as_intended_and_leaves_nothing_running",
            "a_door_that_closes_tells_its_clients",
        ],
    ),
];

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, text);
        } else if entry.extension().is_some_and(|ending| ending == "rs") && !entry.ends_with("traps.rs") {
            *text += &fs::read_to_string(entry).expect("a text");
        }
    }
}

#[test]
fn every_trap_has_tests_that_are_there() {
    let mut text = String::new();
    for folder in ["src", "tests"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut text);
    }
    for (trap, tests) in TRAPS {
        assert!(!tests.is_empty());
        for test in *tests {
            assert!(text.contains(&format!("fn {test}(")), "{trap}: there is no test {test}");
        }
    }
}
