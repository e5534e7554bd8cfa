//! Pairing: the right PIN, wrong ones, and whatever else may come.

use std::sync::atomic::Ordering;
use std::time::Duration;

use punktfunk_gamestream::Fingerprint;

use crate::client::PairingFailure;
use crate::house::OpenDoor;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_whose_pin_the_owner_enters_is_paired() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    let info = client.get_tls("serverinfo", "").await;
    assert_eq!((info.status(), info.get("PairStatus")), (200, Some("1")));
    assert_eq!(client.get("serverinfo", "").await.get("PairStatus"), Some("0"), "over HTTP nobody is known");
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_pairs_nobody_and_both_sides_say_so() {
    let door = OpenDoor::new();
    let mut client = door.stranger();
    let device = Fingerprint(client.fingerprint());
    let (outcome, ()) = tokio::join!(client.pair("1234"), door.house.answer(device, Some("4321")));
    assert_eq!(outcome, Err(PairingFailure::WrongPin));
    assert_eq!(door.house.wrong_pins.load(Ordering::Relaxed), 1, "the client told by unpairing");
    assert_eq!(client.get_tls("serverinfo", "").await.status(), 401);
    let (outcome, ()) = tokio::join!(client.pair("1234"), door.house.answer(device, Some("1234")));
    assert_eq!(outcome, Ok(()), "it may try again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_turned_away_reads_why() {
    let door = OpenDoor::new();
    let mut client = door.stranger();
    let device = Fingerprint(client.fingerprint());
    let (outcome, ()) = tokio::join!(client.pair("1234"), door.house.answer(device, None));
    let Err(PairingFailure::Refused(text)) = outcome else { panic!("{outcome:?}") };
    assert!(text.contains("turned the device away"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_pair_at_once_are_told_apart_by_their_certificates() {
    let door = OpenDoor::new();
    let (mut one, mut other) = (door.stranger(), door.stranger());
    one.from = Some([127, 0, 0, 2].into());
    other.from = Some([127, 0, 0, 3].into());
    let (a, b) = (Fingerprint(one.fingerprint()), Fingerprint(other.fingerprint()));
    let answers = async {
        // the PINs the wrong way round would pair nobody
        door.house.answer(b, Some("2222")).await;
        door.house.answer(a, Some("1111")).await;
    };
    let (first, second, ()) = tokio::join!(one.pair("1111"), other.pair("2222"), answers);
    assert_eq!((first, second), (Ok(()), Ok(())));
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_entered_at_once_for_two_clients_of_one_address_and_one_id_each_answer_their_own() {
    let door = OpenDoor::new();
    let (mut one, mut other) = (door.stranger(), door.stranger());
    assert_eq!((&one.id, one.from), (&other.id, other.from));
    let (a, b) = (Fingerprint(one.fingerprint()), Fingerprint(other.fingerprint()));
    let (host, ()) = tokio::join!(one.show_pin(), door.house.answer(a, Some("1111")));
    let mut second = tokio::spawn(async move { (other.pair("2222").await, other) });
    door.house.answer(b, Some("2222")).await;
    // the next request from there is the first one's, whoever makes it
    let early = tokio::time::timeout(Duration::from_millis(300), &mut second).await;
    assert!(early.is_err(), "it goes on only when the first is done");
    assert_eq!(one.go_on_pairing("1111", host.expect("the host's certificate")).await, Ok(()));
    let (outcome, other) = second.await.expect("no panic");
    assert_eq!(outcome, Ok(()));
    for client in [&one, &other] {
        assert_eq!(client.get_tls("serverinfo", "").await.get("PairStatus"), Some("1"));
    }
    assert_eq!(door.house.wrong_pins.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_of_one_client_costs_the_other_nothing() {
    let door = OpenDoor::new();
    let (mut one, mut other) = (door.stranger(), door.stranger());
    let (a, b) = (Fingerprint(one.fingerprint()), Fingerprint(other.fingerprint()));
    let answers = async {
        door.house.answer(a, Some("1112")).await;
        door.house.answer(b, Some("2222")).await;
    };
    let (first, second, ()) = tokio::join!(one.pair("1111"), other.pair("2222"), answers);
    assert_eq!((first, second), (Err(PairingFailure::WrongPin), Ok(())));
    assert_eq!(one.get_tls("serverinfo", "").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn phases_out_of_order_or_twice_end_the_attempt() {
    let door = OpenDoor::new();
    let client = door.stranger();
    for query in
        ["clientchallenge=00", "serverchallengeresp=00", "clientpairingsecret=00", "", "phrase=other"]
    {
        let answer = client.get("pair", query).await;
        assert!(!answer.is_paired() && answer.status() == 400, "{query}");
    }
    let over_tls = client.get_tls("pair", "phrase=pairchallenge").await;
    assert_eq!(over_tls.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_phase_ends_an_attempt_that_was_going_well() {
    let door = OpenDoor::new();
    let mut client = door.stranger();
    let device = Fingerprint(client.fingerprint());
    let disturb = door.stranger();
    let pairing = async {
        door.house.answer(device, Some("1234")).await;
        // somebody else on the same address, with the same id
        for _ in 0..50 {
            disturb.get("pair", "clientchallenge=00").await;
        }
    };
    let (outcome, ()) = tokio::join!(client.pair("1234"), pairing);
    assert!(matches!(outcome, Err(PairingFailure::Phase(_)) | Ok(())), "{outcome:?}");
    if outcome.is_err() {
        assert_eq!(client.get_tls("serverinfo", "").await.status(), 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unpairing_over_http_deletes_nothing() {
    let door = OpenDoor::new();
    let client = door.friend().await;
    assert_eq!(client.get("unpair", "").await.status(), 200);
    assert_eq!(client.get_tls("serverinfo", "").await.get("PairStatus"), Some("1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_cannot_be_stored_is_not_paired() {
    let door = OpenDoor::new();
    door.house.full.store(true, Ordering::Relaxed);
    let mut client = door.stranger();
    let device = Fingerprint(client.fingerprint());
    let (outcome, ()) = tokio::join!(client.pair("1234"), door.house.answer(device, Some("1234")));
    assert_eq!(outcome, Err(PairingFailure::Phase(4)));
    assert_eq!(client.get_tls("serverinfo", "").await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_gives_up_waits_no_more() {
    let door = OpenDoor::new();
    let mut client = door.stranger();
    let waiting = tokio::time::timeout(Duration::from_millis(500), client.pair("1234"));
    assert!(waiting.await.is_err());
    for _ in 0..100 {
        if door.house.waiting() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("its connection is gone, and it still waits");
}
