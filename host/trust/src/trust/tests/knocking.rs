use super::*;
use crate::MatchCode;
use crate::trust::admission::Refusal;

#[test]
fn an_unknown_device_waits_and_is_shown() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    let shown = house.entry(1);
    assert_eq!((shown.id, shown.device, shown.name.as_str()), (ticket.pending, id(1), "Phone"));
    assert_eq!((shown.revision, shown.knocks, shown.connected), (1, 1, true));
    assert_eq!(shown.source, address("192.168.1.1"));
    assert_eq!(house.events(), [TrustEvent::Knocked { id: ticket.pending, device: id(1) }]);
    assert_eq!(house.disk.writes(), 0, "a knock touches no disk");
}

#[test]
fn a_code_is_shown_as_long_as_the_very_connection_waits_that_has_it() {
    let code = |byte| MatchCode::from_exported([byte; 4]);
    let mut house = House::new();
    let first = house.wait_in_line(1);
    assert_eq!(house.entry(1).code, None);
    house.trust.show_code(first, code(1));
    assert_eq!(house.entry(1).code, Some(code(1)));
    assert_eq!(house.entry(1).revision, 1, "an approval is for the device and not for its connection");
    let second = house.wait_in_line(1);
    assert_eq!(house.entry(1).code, None, "another connection has another code");
    house.trust.show_code(first, code(1));
    assert_eq!(house.entry(1).code, None);
    house.trust.show_code(second, code(2));
    assert_eq!(house.entry(1).code, Some(code(2)));
    house.trust.leave(second);
    assert_eq!(house.entry(1).code, None);
}

#[test]
fn a_device_without_a_certificate_is_refused_and_leaves_nothing() {
    for mut house in [House::new(), House::open()] {
        let knock = Knock { device: None, name: "Phone", source: address("192.168.1.1") };
        assert_eq!(house.trust.knock(house.now, knock), Admission::Refuse(Refusal::NoCertificate));
        assert!(house.trust.pending(house.now).is_empty());
        assert!(house.events().is_empty() && house.trust.record().is_empty());
    }
}

#[test]
fn a_hostile_name_is_shown_clean_and_never_longer_than_the_policy_says() {
    let mut house = House::with(TrustSettings { name_bytes: 12, ..TrustSettings::default() });
    let hostile = format!("\u{1b}[31m\u{202e}Living\u{200b} Room\n{}", "x".repeat(300));
    let _ = house.knock_as(1, &hostile, "192.168.1.1");
    assert_eq!(house.entry(1).name.as_str(), "Living Room");
    let _ = house.knock_as(2, "\u{200b}", "192.168.1.2");
    assert_eq!(house.entry(2).name, DeviceName::label_for(&id(2)));
}

#[test]
fn a_repeated_knock_refreshes_the_one_place_and_supersedes_the_older_connection() {
    let mut house = House::new();
    let first = house.wait_in_line(1);
    house.wait(30);
    house.events();
    let second = house.wait_in_line(1);
    assert_eq!(house.events(), [TrustEvent::Superseded { ticket: first }]);
    assert_eq!(first.pending, second.pending);
    assert!(!house.trust.is_waiting(first) && house.trust.is_waiting(second));
    let shown = house.entry(1);
    assert_eq!((shown.knocks, shown.revision, shown.age), (2, 1, Duration::ZERO));
    assert_eq!(shown.first_seen, START.wall);
    assert_eq!(shown.last_seen, START.wall.plus(Duration::from_secs(30)));
    assert_eq!(house.trust.pending(house.now).len(), 1);
}

#[test]
fn what_a_person_decides_by_cannot_change_without_a_new_revision() {
    let mut house = House::new();
    let _ = house.knock_as(1, "Phone", "192.168.1.1");
    let _ = house.knock_as(1, "Tablet", "192.168.1.1");
    assert_eq!((house.entry(1).revision, house.entry(1).name.as_str()), (2, "Tablet"));
    let _ = house.knock_as(1, "Tablet", "192.168.1.9");
    assert_eq!((house.entry(1).revision, house.entry(1).source), (3, address("192.168.1.9")));
}

#[test]
fn the_room_holds_32_and_the_least_recently_active_goes_first() {
    let mut house = House::new();
    for device in 0..32 {
        let _ = house.wait_in_line(device);
        house.wait(1);
    }
    let _ = house.wait_in_line(0);
    house.events();
    let loser = house.entry(1);
    let _ = house.wait_in_line(32);
    assert_eq!(house.trust.pending(house.now).len(), 32);
    assert!(!house.is_waiting(1) && house.is_waiting(0), "1 was silent for longest");
    let evicted = house.events().into_iter().find_map(|event| match event {
        TrustEvent::Evicted { id, ticket, .. } => Some((id, ticket)),
        _ => None,
    });
    let (evicted, ticket) = evicted.expect("its connection is told");
    assert_eq!(evicted, loser.id);
    assert!(ticket.is_some());
}

#[test]
fn a_crowd_from_eight_addresses_does_not_push_out_one_waiting_device() {
    let mut house = House::new();
    let honest = house.wait_in_line(1);
    // Every place is asked for again and again, so the honest device is the least recently active one.
    for device in 1000..1200 {
        house.now = house.now.later(Duration::from_millis(100));
        let admission = house.knock_as(device, "x", &format!("10.0.0.{}", device % 8));
        if let (Admission::Wait(ticket), 0) = (admission, device % 3) {
            house.trust.leave(ticket);
        }
    }
    assert_eq!(house.trust.pending(house.now).len(), 32);
    assert!(house.trust.is_waiting(honest));
    // Nor does a newcomer whose own source has a single place.
    let _ = house.wait_in_line(2);
    assert!(house.trust.is_waiting(honest) && house.is_waiting(2));
}

#[test]
fn one_address_gets_four_places_and_cannot_push_out_its_own_waiting_connections() {
    let mut house = House::new();
    let tickets: Vec<_> =
        (1..=4).map(|device| ticket(house.knock_as(device, "Phone", "192.168.1.7"))).collect();
    let mapped = "::ffff:192.168.1.7";
    assert_eq!(house.knock_as(5, "Phone", mapped), Admission::Refuse(Refusal::RoomFull));
    assert_eq!(house.trust.pending(house.now).len(), 4);
    let _ = ticket(house.knock_as(6, "Phone", "192.168.1.8"));
    house.trust.leave(tickets[2]);
    let _ = ticket(house.knock_as(5, "Phone", "192.168.1.7"));
    assert!(!house.is_waiting(3), "a place without a connection gives way");
    assert!(house.is_waiting(1) && house.is_waiting(5));
}

#[test]
fn an_ipv6_neighbour_is_one_source_with_all_its_addresses() {
    let mut house = House::new();
    for device in 1..=4 {
        let _ = ticket(house.knock_as(device, "Phone", &format!("2001:db8:1:2::{device}")));
    }
    let refused = house.knock_as(5, "Phone", "2001:db8:1:2:ffff::1");
    assert_eq!(refused, Admission::Refuse(Refusal::RoomFull));
    let _ = ticket(house.knock_as(5, "Phone", "2001:db8:1:3::1"));
}

#[test]
fn a_device_that_moves_to_a_crowded_address_keeps_its_place_there_only_if_there_is_room() {
    let mut house = House::new();
    for device in 1..=4 {
        let _ = ticket(house.knock_as(device, "Phone", "192.168.1.7"));
    }
    let _ = ticket(house.knock_as(5, "Phone", "192.168.1.8"));
    let moved = house.knock_as(5, "Phone", "192.168.1.7");
    assert_eq!(moved, Admission::Refuse(Refusal::RoomFull));
    assert_eq!(house.entry(5).source, address("192.168.1.8"), "nothing has changed");
}

#[test]
fn a_flood_of_strangers_does_not_push_out_a_device_that_was_trusted_before() {
    let mut house = House::new();
    let end = house.now.wall.plus(Duration::from_secs(60));
    house.let_in_as(1, Grant { lifetime: Lifetime::Until(end), ..Grant::FULL });
    house.wait(61);
    let _ = house.wait_in_line(1);
    assert!(house.entry(1).returning);
    for device in 1000..1500 {
        house.wait(1);
        let _ = house.knock_as(device, "x", &format!("10.0.{}.{}", device / 250, device % 250));
    }
    assert!(house.is_waiting(1));
    assert_eq!(house.trust.pending(house.now).len(), 32);
}

#[test]
fn a_place_is_given_up_ten_minutes_after_the_last_knock() {
    let mut house = House::new();
    let first = house.wait_in_line(1);
    house.wait(599);
    assert!(house.is_waiting(1));
    let _ = house.knock(1);
    house.wait(599);
    assert!(house.is_waiting(1), "a knock refreshes it");
    house.events();
    house.wait(1);
    assert!(!house.is_waiting(1));
    let expired = TrustEvent::Expired { id: first.pending, device: id(1), ticket: None };
    assert_eq!(house.events(), [expired]);
}

#[test]
fn a_connection_is_held_for_three_minutes_and_the_place_outlives_it() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.events();
    house.wait(179);
    assert!(house.trust.is_waiting(ticket));
    house.wait(1);
    assert_eq!(house.events(), [TrustEvent::HoldEnded { ticket }]);
    assert!(!house.entry(1).connected);
    house.approve(1).unwrap();
    assert!(matches!(house.knock(1), Admission::Admit(_)), "the next connect goes straight through");
}

#[test]
fn with_no_hold_a_device_is_told_to_come_back_and_then_comes_straight_in() {
    let mut house = House::with(TrustSettings { pending_hold: Duration::ZERO, ..TrustSettings::default() });
    let Admission::Refuse(Refusal::Asked(place)) = house.knock(1) else { panic!("not held") };
    assert_eq!(house.entry(1).id, place);
    house.approve(1).unwrap();
    assert!(matches!(house.knock(1), Admission::Admit(_)));
}

#[test]
fn a_connection_that_goes_away_leaves_its_device_on_the_list() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.trust.leave(ticket);
    assert!(!house.entry(1).connected);
    house.events();
    let shown = house.entry(1).id;
    house.approve(1).unwrap();
    assert!(house.events().contains(&TrustEvent::Approved { id: shown, device: id(1), ticket: None }));
}

#[test]
fn leaving_with_an_old_ticket_does_not_touch_the_newer_connection() {
    let mut house = House::new();
    let old = house.wait_in_line(1);
    let new = house.wait_in_line(1);
    house.trust.leave(old);
    assert!(house.trust.is_waiting(new));
}

#[test]
fn places_are_never_numbered_alike_before_and_after_a_restart() {
    let mut house = House::new();
    let mut seen = BTreeSet::new();
    for _ in 0..200 {
        for device in 1..=4 {
            let ticket = house.wait_in_line(device);
            assert!(seen.insert(ticket.pending), "{ticket:?} again");
            assert!(ticket.pending.get() < 1 << 53, "exact in JSON");
        }
        house.restart();
    }
}

#[test]
fn in_open_mode_unknown_devices_come_in_and_are_not_stored() {
    let mut house = House::open();
    let Admission::Admit(admitted) = house.knock_as(1, "\u{1b}[1mPhone", "8.8.8.8") else {
        panic!("it is open")
    };
    assert_eq!((admitted.id, admitted.name.as_str(), admitted.via), (id(1), "Phone", None));
    assert!(house.trust.devices().is_empty() && house.trust.pending(house.now).is_empty());
    assert_eq!(house.disk.writes(), 0);
}

#[test]
fn leaving_open_mode_is_announced_and_strangers_have_to_ask_again() {
    let mut house = House::open();
    assert!(matches!(house.knock(1), Admission::Admit(_)));
    house.trust.replace_settings(house.now, TrustSettings::default()).unwrap();
    assert_eq!(house.events(), [TrustEvent::OpenModeEnded]);
    let _ = house.wait_in_line(1);
}

#[test]
fn a_smaller_room_after_a_reload_sends_the_least_recently_active_away() {
    let mut house = House::new();
    for device in 1..=5 {
        let _ = house.wait_in_line(device);
        house.wait(1);
    }
    let smaller = TrustSettings { pending_cap: 2, pending_per_source: 2, ..TrustSettings::default() };
    house.trust.replace_settings(house.now, smaller).unwrap();
    let waiting: Vec<_> = house.trust.pending(house.now).into_iter().map(|entry| entry.device).collect();
    assert_eq!(waiting, [id(4), id(5)]);
    let evicted = house.events().into_iter().filter(|event| matches!(event, TrustEvent::Evicted { .. }));
    assert_eq!(evicted.count(), 3);
}

#[test]
fn settings_that_contradict_themselves_change_nothing() {
    let mut house = House::new();
    let before = house.trust.settings().clone();
    let declared = vec![DeclaredDevice { id: id(1), name: "a".into() }; 2];
    let bad = [
        TrustSettings { pending_cap: 0, ..before.clone() },
        TrustSettings { pending_cap: 257, ..before.clone() },
        TrustSettings { pending_per_source: 33, ..before.clone() },
        TrustSettings { pending_ttl: Duration::ZERO, ..before.clone() },
        TrustSettings { pending_hold: Duration::MAX, ..before.clone() },
        TrustSettings { pin_digits: 3, ..before.clone() },
        TrustSettings { pin_window: Duration::from_secs(14), ..before.clone() },
        TrustSettings { pin_cooldown: Duration::MAX, ..before.clone() },
        TrustSettings { name_bytes: 65, ..before.clone() },
        TrustSettings { declared, ..before.clone() },
    ];
    for settings in bad {
        house.trust.replace_settings(house.now, settings.clone()).expect_err(&format!("{settings:?}"));
        assert_eq!(*house.trust.settings(), before);
    }
}

#[test]
fn a_caller_that_does_not_listen_is_told_that_it_has_missed_something() {
    let mut house = House::new();
    for device in 0..3000 {
        let _ = house.knock_as(device, "x", &format!("10.{}.{}.1", device / 200, device % 200));
    }
    let events = house.events();
    assert!(matches!(events[0], TrustEvent::Missed(missed) if missed > 1000));
    assert_eq!(events.len(), 1 + 1024);
}

#[test]
fn a_flood_of_knocks_does_not_push_decisions_out_of_the_record() {
    let mut house = House::new();
    house.let_in(1);
    for device in 2..2000 {
        let _ = house.knock_as(device, "x", &format!("10.{}.{}.1", device / 200, device % 200));
    }
    let record = house.trust.record();
    assert!(record.len() <= 64 + 256);
    let approval = record.iter().find(|entry| entry.what == Happening::Approved).expect("it is still there");
    assert_eq!((approval.device, approval.by), (Some(id(1)), Some(Actor::Console)));
    assert!(record.is_sorted_by(|a, b| a.number > b.number), "newest first");
}
