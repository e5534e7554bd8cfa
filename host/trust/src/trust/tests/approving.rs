use super::*;
use crate::trust::admission::Refusal;
use crate::{Level, PendingId};

#[test]
fn an_approved_device_is_on_disk_before_its_connection_is_woken() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.events();
    let device = house.approve(1).unwrap();
    assert_eq!((device.id, device.via, device.grant), (id(1), Via::Approval, Grant::FULL));
    assert!(house.disk.saved().devices.contains_key(&id(1)));
    assert_eq!(
        house.events(),
        [
            TrustEvent::Paired { device: id(1), via: Via::Approval },
            TrustEvent::Approved { id: ticket.pending, device: id(1), ticket: Some(ticket) },
        ]
    );
    assert!(!house.is_waiting(1));
    house.restart();
    let Admission::Admit(admitted) = house.knock(1) else { panic!("it is trusted") };
    assert_eq!(admitted.via, Some(Via::Approval));
}

#[test]
fn a_full_disk_while_approving_pairs_nothing_and_the_device_still_waits() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.events();
    house.disk.set_full(true);
    let error = house.approve(1).unwrap_err();
    assert!(matches!(error, ApproveError::Store(_)));
    assert!(
        error.to_string().contains("not let in") && error.to_string().contains("Free some space"),
        "{error}"
    );
    assert!(!house.is_trusted(1) && house.trust.is_waiting(ticket));
    assert_eq!(house.events(), [TrustEvent::StoreFailed]);
    assert!(house.trust.trouble().is_some());
    house.disk.set_full(false);
    house.approve(1).unwrap();
    assert_eq!(house.trust.trouble(), None);
    assert!(house.events().contains(&TrustEvent::StoreRecovered));
}

#[test]
fn an_approval_must_name_the_whole_fingerprint_that_was_shown() {
    let mut house = House::new();
    let _ = house.wait_in_line(1);
    let mut bytes = *id(1).as_bytes();
    bytes[31] ^= 1;
    let order = Approve { fingerprint: DeviceId::from_bytes(bytes), ..house.order(1) };
    assert!(matches!(house.trust.approve(house.now, &order), Err(ApproveError::OtherDevice)));
    assert!(house.disk.saved().devices.is_empty() && house.is_waiting(1));
}

#[test]
fn an_approval_never_reaches_another_request_than_the_one_it_names() {
    let mut house = House::new();
    let _ = house.wait_in_line(1);
    let _ = house.wait_in_line(2);
    let crossed = Approve { id: house.entry(2).id, ..house.order(1) };
    assert!(matches!(house.trust.approve(house.now, &crossed), Err(ApproveError::OtherDevice)));
    let unknown = Approve { id: PendingId::from(7), ..house.order(1) };
    assert!(matches!(house.trust.approve(house.now, &unknown), Err(ApproveError::NotFound)));
    assert!(house.trust.devices().is_empty());
}

#[test]
fn an_approval_of_what_has_changed_since_is_refused() {
    let mut house = House::new();
    let _ = house.knock_as(1, "Phone", "192.168.1.1");
    let shown = house.order(1);
    let _ = house.knock_as(1, "Anna's tablet", "192.168.1.1");
    let error = house.trust.approve(house.now, &shown).unwrap_err();
    assert!(matches!(error, ApproveError::Changed { current: 2 }), "{error}");
    assert!(house.disk.saved().devices.is_empty());
    let unrevised = Approve { revision: None, ..shown };
    house
        .trust
        .approve(house.now, &unrevised)
        .expect("a caller may waive the revision, never the fingerprint");
}

#[test]
fn an_approval_from_before_a_restart_lets_nobody_in() {
    let mut house = House::new();
    let _ = house.wait_in_line(1);
    let shown = house.order(1);
    house.restart();
    let _ = house.wait_in_line(2);
    let _ = house.wait_in_line(1);
    assert!(matches!(house.trust.approve(house.now, &shown), Err(ApproveError::NotFound)));
}

#[test]
fn an_answer_counts_once() {
    let mut house = House::new();
    let _ = house.wait_in_line(1);
    let order = house.order(1);
    house.trust.approve(house.now, &order).unwrap();
    assert!(matches!(house.trust.approve(house.now, &order), Err(ApproveError::NotFound)));
    assert!(matches!(
        house.trust.deny(house.now, order.id, DenyMode::NotNow, Actor::Console),
        Err(DenyError::NotFound)
    ));
}

#[test]
fn an_approval_may_give_another_name_which_is_sanitised_too() {
    let mut house = House::new();
    let _ = house.wait_in_line(1);
    let order = Approve { name: Some("\u{202e}Kitchen\n tablet"), ..house.order(1) };
    assert_eq!(house.trust.approve(house.now, &order).unwrap().name.as_str(), "Kitchen tablet");
    let _ = house.wait_in_line(2);
    let order = Approve { name: Some(" \u{200b}"), ..house.order(2) };
    assert_eq!(house.trust.approve(house.now, &order).unwrap().name.as_str(), "Phone");
}

#[test]
fn a_device_may_let_others_in_only_if_it_is_an_owner_now() {
    let mut house = House::new();
    house.let_in_as(1, Grant { level: Level::Owner, ..Grant::FULL });
    house.let_in_as(2, Grant::FULL);
    let _ = house.wait_in_line(3);
    for stranger in [2, 3, 99] {
        let by = Actor::Device(id(stranger));
        let order = Approve { by, ..house.order(3) };
        assert!(
            matches!(house.trust.approve(house.now, &order), Err(ApproveError::NotAllowed)),
            "{stranger}"
        );
        let place = order.id;
        assert!(matches!(
            house.trust.deny(house.now, place, DenyMode::NotNow, by),
            Err(DenyError::NotAllowed)
        ));
        assert!(house.trust.arm(house.now, &crate::ArmRequest::default(), by).is_err());
        assert!(matches!(house.trust.revoke(house.now, &id(1), by), Err(DeviceError::NotAllowed)));
    }
    let order = Approve { by: Actor::Device(id(1)), ..house.order(3) };
    house.trust.approve(house.now, &order).unwrap();
    let _ = house.trust.revoke(house.now, &id(1), Actor::Console).unwrap();
    let _ = house.wait_in_line(4);
    let order = Approve { by: Actor::Device(id(1)), ..house.order(4) };
    assert!(matches!(house.trust.approve(house.now, &order), Err(ApproveError::NotAllowed)));
}

#[test]
fn a_look_alike_of_a_trusted_name_is_flagged() {
    let mut house = House::with(TrustSettings {
        declared: vec![DeclaredDevice { id: id(9), name: "Kitchen tablet".into() }],
        ..TrustSettings::default()
    });
    let _ = house.knock_as(1, "Living Room TV", "192.168.1.1");
    house.approve(1).unwrap();
    let _ = house.knock_as(2, "Lіving Room TV", "192.168.1.2"); // Cyrillic і
    let _ = house.knock_as(3, "KITCHEN-TABLET", "192.168.1.3");
    let _ = house.knock_as(4, "Bedroom TV", "192.168.1.4");
    let of = |house: &House, device| house.entry(device).looks_like.map(|it| it.device);
    assert_eq!(of(&house, 2), Some(id(1)));
    assert_eq!(of(&house, 3), Some(id(9)));
    assert_eq!(of(&house, 4), None);
}

#[test]
fn a_denied_device_may_knock_again() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.events();
    house.trust.deny(house.now, ticket.pending, DenyMode::NotNow, Actor::Console).unwrap();
    assert_eq!(
        house.events(),
        [TrustEvent::Denied { id: ticket.pending, device: id(1), ticket: Some(ticket) }]
    );
    assert!(!house.is_waiting(1));
    let again = house.wait_in_line(1);
    assert_ne!(again.pending, ticket.pending);
}

#[test]
fn a_device_that_asks_again_and_again_has_to_wait_longer_each_time() {
    let mut house = House::new();
    let mut waits = Vec::new();
    for _ in 0..4 {
        let ticket = house.wait_in_line(1);
        house.trust.deny(house.now, ticket.pending, DenyMode::NotNow, Actor::Console).unwrap();
        house.events();
        let wait = match house.knock(1) {
            Admission::Wait(_) => 0,
            Admission::Refuse(Refusal::Quiet(wait)) => {
                assert!(!house.is_waiting(1) && house.events().is_empty(), "a quiet knock is not shown");
                wait.as_secs()
            }
            other => panic!("{other:?}"),
        };
        waits.push(wait);
        house.wait(wait);
    }
    assert_eq!(waits, [0, 30, 60, 120]);
    let _ = house.wait_in_line(2);
}

#[test]
fn a_device_ignored_for_good_is_not_shown_until_that_is_taken_back() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.trust.deny(house.now, ticket.pending, DenyMode::Ignore, Actor::Console).unwrap();
    house.restart();
    house.wait(30 * 24 * 3600);
    assert_eq!(house.knock(1), Admission::Refuse(Refusal::Ignored));
    assert!(!house.is_waiting(1));
    let ignored = house.trust.ignored();
    assert_eq!((ignored[0].device, ignored[0].name.as_str()), (id(1), "Phone"));
    house.trust.unignore(house.now, &id(1), Actor::Console).unwrap();
    let _ = house.wait_in_line(1);
    assert!(house.disk.saved().ignored.is_empty());
}

#[test]
fn an_ignored_device_does_not_come_in_by_open_mode_either() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.trust.deny(house.now, ticket.pending, DenyMode::Ignore, Actor::Console).unwrap();
    house
        .trust
        .replace_settings(house.now, TrustSettings { require: false, ..TrustSettings::default() })
        .unwrap();
    assert_eq!(house.knock(1), Admission::Refuse(Refusal::Ignored));
    assert_eq!(house.trust.standing_of(&id(1)), None);
    assert_eq!(house.trust.standing_of(&id(2)), Some(Grant::FULL), "nobody has anything against another");
}

#[test]
fn ignoring_that_cannot_be_saved_leaves_the_device_waiting() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.disk.set_full(true);
    let result = house.trust.deny(house.now, ticket.pending, DenyMode::Ignore, Actor::Console);
    assert!(matches!(result, Err(DenyError::Store(_))));
    assert!(house.trust.is_waiting(ticket) && house.trust.ignored().is_empty());
}

#[test]
fn the_allow_list_and_the_ignored_have_an_end() {
    let mut house = House::new();
    for device in 0..crate::MAX_DEVICES as u32 {
        house.let_in(device);
    }
    let _ = house.wait_in_line(5000);
    assert!(matches!(house.approve(5000), Err(ApproveError::ListFull)));
    assert_eq!(house.trust.devices().len(), crate::MAX_DEVICES);

    for device in 6000..6000 + crate::MAX_IGNORED as u32 {
        let ticket = house.wait_in_line(device);
        house.trust.deny(house.now, ticket.pending, DenyMode::Ignore, Actor::Console).unwrap();
    }
    let ticket = house.wait_in_line(7000);
    let result = house.trust.deny(house.now, ticket.pending, DenyMode::Ignore, Actor::Console);
    assert!(matches!(result, Err(DenyError::ListFull)));
}
