use super::*;
use crate::Level;

fn declaring(devices: &[u32]) -> TrustSettings {
    let declared = devices.iter().map(|device| DeclaredDevice { id: id(*device), name: "Kitchen".into() });
    TrustSettings { declared: declared.collect(), ..TrustSettings::default() }
}

#[test]
fn a_revoked_device_has_to_ask_again_even_after_a_restart() {
    let mut house = House::new();
    house.let_in(1);
    house.events();
    let revocation = house.trust.revoke(house.now, &id(1), Actor::Console).unwrap();
    assert!(revocation.unsaved.is_none());
    assert_eq!(house.events(), [TrustEvent::Revoked { device: id(1), saved: true }]);
    assert!(!house.is_trusted(1));
    house.restart();
    let _ = house.wait_in_line(1);
}

#[test]
fn a_guest_revoked_while_it_waits_to_return_waits_as_a_stranger() {
    let mut house = House::new();
    let end = house.now.wall.plus(Duration::from_secs(60));
    house.let_in_as(1, Grant { lifetime: Lifetime::Until(end), ..Grant::FULL });
    house.wait(60);
    let _ = house.wait_in_line(1);
    assert!(house.entry(1).returning);
    let _ = house.trust.revoke(house.now, &id(1), Actor::Console).unwrap();
    assert!(!house.entry(1).returning);
}

#[test]
fn a_revocation_that_cannot_be_saved_holds_and_is_told_and_saved_later() {
    let mut house = House::new();
    house.let_in(1);
    house.let_in(2);
    house.events();
    house.disk.set_full(true);
    let revocation = house.trust.revoke(house.now, &id(1), Actor::Console).unwrap();
    assert!(matches!(revocation.unsaved, Some(StoreError::Unsaved { .. })));
    assert_eq!(
        house.events(),
        [TrustEvent::StoreFailed, TrustEvent::Revoked { device: id(1), saved: false }]
    );
    assert!(!house.is_trusted(1));
    assert!(house.trust.trouble().is_some());
    assert_eq!(house.happenings()[0], Happening::RevokedUnsaved);

    let wake = house.trust.next_wakeup(house.now).unwrap();
    assert_eq!(wake, house.now.monotonic + RETRY_AFTER);
    house.wait(30);
    assert!(house.disk.saved().devices.contains_key(&id(1)), "the disk is still full");
    house.disk.set_full(false);
    house.wait(30);
    assert!(!house.disk.saved().devices.contains_key(&id(1)));
    assert_eq!(house.trust.trouble(), None);
    assert_eq!(house.events(), [TrustEvent::StoreRecovered]);
    house.restart();
    assert!(!house.is_trusted(1) && house.is_trusted(2));
}

#[test]
fn an_unsaved_revocation_is_saved_with_the_next_change() {
    let mut house = House::new();
    house.let_in(1);
    house.disk.set_full(true);
    let _ = house.trust.revoke(house.now, &id(1), Actor::Console).unwrap();
    house.disk.set_full(false);
    house.let_in(2);
    assert_eq!(house.disk.saved().devices.keys().copied().collect::<Vec<_>>(), [id(2)]);
}

#[test]
fn a_declared_device_comes_in_and_is_revoked_in_the_policy_alone() {
    let mut house = House::with(declaring(&[1]));
    let Admission::Admit(admitted) = house.knock(1) else { panic!("it is declared") };
    assert_eq!((admitted.name.as_str(), admitted.via), ("Kitchen", Some(Via::Declared)));
    assert_eq!(house.trust.devices()[0].via, Via::Declared);
    assert!(matches!(house.trust.revoke(house.now, &id(1), Actor::Console), Err(DeviceError::Declared)));
    assert!(matches!(house.trust.rename(house.now, &id(1), "x", Actor::Console), Err(DeviceError::Declared)));
    assert!(house.disk.saved().devices.is_empty(), "it is not stored");

    house.trust.replace_settings(house.now, TrustSettings::default()).unwrap();
    assert_eq!(house.events(), [TrustEvent::Revoked { device: id(1), saved: true }]);
    let _ = house.wait_in_line(1);
}

#[test]
fn declaring_a_waiting_device_lets_its_connection_go_on() {
    let mut house = House::new();
    let ticket = house.wait_in_line(1);
    house.events();
    house.trust.replace_settings(house.now, declaring(&[1])).unwrap();
    assert_eq!(
        house.events(),
        [TrustEvent::Approved { id: ticket.pending, device: id(1), ticket: Some(ticket) }]
    );
}

#[test]
fn a_device_that_is_declared_no_more_but_was_approved_stays() {
    let mut house = House::new();
    house.let_in(1);
    house.trust.replace_settings(house.now, declaring(&[1])).unwrap();
    assert_eq!(house.trust.devices().len(), 1, "listed once");
    house.events();
    house.trust.replace_settings(house.now, TrustSettings::default()).unwrap();
    assert!(house.is_trusted(1) && house.events().is_empty());
}

#[test]
fn a_rename_is_sanitised_saved_and_taken_back_when_it_cannot_be_saved() {
    let mut house = House::new();
    house.let_in(1);
    house.events();
    let renamed = house.trust.rename(house.now, &id(1), "\u{1b}[31mAnna\u{200b}", Actor::Console).unwrap();
    assert_eq!(renamed.name, name("Anna"));
    assert_eq!(house.disk.saved().devices[&id(1)].name, name("Anna"));
    assert_eq!(house.events(), [TrustEvent::Changed { device: id(1) }]);
    assert!(matches!(
        house.trust.rename(house.now, &id(1), "\u{200b}", Actor::Console),
        Err(DeviceError::Name)
    ));
    assert!(matches!(house.trust.rename(house.now, &id(2), "x", Actor::Console), Err(DeviceError::NotFound)));
    house.disk.set_full(true);
    assert!(matches!(
        house.trust.rename(house.now, &id(1), "Bob", Actor::Console),
        Err(DeviceError::Store(_))
    ));
    assert_eq!(house.trust.devices()[0].name, name("Anna"));
}

#[test]
fn a_changed_grant_holds_from_the_next_knock_and_after_a_restart() {
    let mut house = House::new();
    house.let_in(1);
    let watch = Grant { level: Level::Watch, ..Grant::FULL };
    house.trust.set_grant(house.now, &id(1), watch, Actor::Console).unwrap();
    house.restart();
    let Admission::Admit(admitted) = house.knock(1) else { panic!("it is trusted") };
    assert_eq!(admitted.grant, watch);
}

#[test]
fn coming_in_is_remembered_without_a_write_of_its_own() {
    let mut house = House::new();
    house.let_in(1);
    let writes = house.disk.writes();
    house.wait(5);
    for _ in 0..100 {
        let _ = house.knock(1);
    }
    assert_eq!(house.disk.writes(), writes);
    assert_eq!(house.trust.devices()[0].last_seen, Some(house.now.wall));
    house.let_in(2);
    assert_eq!(house.disk.saved().devices[&id(1)].last_seen, Some(house.now.wall));
}

#[test]
fn name_and_grant_change_together_or_not_at_all() {
    let mut house = House::new();
    house.let_in(1);
    let past = Some(Lifetime::Until(house.now.wall));
    let hasty = Amendment { name: Some("Den"), level: Some(Level::Watch), lifetime: past };
    assert!(matches!(
        house.trust.amend(house.now, &id(1), &hasty, Actor::Console),
        Err(DeviceError::Lifetime)
    ));
    assert_eq!(house.trust.devices()[0].name, name("Phone"));

    let soon = Some(Lifetime::Until(house.now.wall.plus(Duration::from_secs(60))));
    let device =
        house.trust.amend(house.now, &id(1), &Amendment { lifetime: soon, ..hasty }, Actor::Console).unwrap();
    assert_eq!((device.name.as_str(), device.grant.level), ("Den", Level::Watch));
    let named = Amendment { name: Some("Attic"), ..Amendment::default() };
    let device = house.trust.amend(house.now, &id(1), &named, Actor::Console).unwrap();
    assert_eq!((device.grant.level, Some(device.grant.lifetime)), (Level::Watch, soon), "the rest stays");
}
