use punktfunk_core::video::*;

use crate::pair::{Dice, HD, MS, Pair, Weather, welcome_with};

#[test]
fn a_recorded_stream_played_back_is_dropped_whole() {
    let mut pair = Pair::new(1, Weather { delay_ns: MS, ..Weather::default() });
    pair.stream(30);
    let seen = pair.seen.len();
    let genuine = pair.receiver.stats();
    for datagram in pair.record.clone() {
        let error = pair.receiver.push(pair.now, &mut datagram.clone()).unwrap_err();
        assert_eq!(error, Rejection::Seal(OpenError::Replayed));
    }
    assert_eq!(pair.receiver.poll(pair.now), None);
    assert_eq!(pair.seen.len(), seen);
    let after = pair.receiver.stats();
    assert_eq!(after.replayed, genuine.datagrams);
    assert_eq!(after.datagrams, genuine.datagrams);
}

#[test]
fn a_forged_datagram_neither_gets_in_nor_blocks_the_genuine_one() {
    let (mut sealer, _) = welcome_with(HD, [1; 52]).keys.into_host();
    let (_, mut opener) = welcome_with(HD, [1; 52]).keys.into_client();
    let mut genuine = vec![5; 100];
    sealer.seal(&mut genuine).unwrap();
    for bit in 0..genuine.len() * 8 {
        let mut forged = genuine.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(opener.open(&mut forged).unwrap_err(), OpenError::Forged, "bit {bit}");
    }
    assert_eq!(opener.open(&mut genuine.clone()).unwrap().seq, 0);
    assert_eq!(opener.open(&mut genuine).unwrap_err(), OpenError::Replayed);
}

#[test]
fn what_comes_where_another_shard_is_expected_harms_no_access_unit() {
    // every datagram is opened where the next shard belongs: forgeries, replays, other frames and parity among them
    let mut dice = Dice(9);
    for round in 0..40 {
        let mut pair =
            Pair::new(round, Weather::default()).sized(|index| 3_000 + (index as usize * 4_999) % 60_000);
        let mut frames = [Vec::new(), Vec::new()];
        for (index, frame) in frames.iter_mut().enumerate() {
            let meta = FrameMeta { pts_ns: 0, frame_index: index as u32, user_flags: UserFlags::KEY };
            let mut batch = DatagramBatch::new();
            pair.packetiser.packetise(&pair.picture(index as u32), meta, &mut batch).unwrap();
            frame.extend(batch.bytes().chunks(batch.segment_size()).map(<[u8]>::to_vec));
        }
        let lost = dice.below(frames[0].len() as u64) as usize;
        let [first, second] = frames;
        let mut second = second.into_iter();
        let mut came = Vec::<Vec<u8>>::new();
        for (number, datagram) in first.into_iter().enumerate() {
            let mut forged = datagram.clone();
            forged[dice.below(datagram.len() as u64) as usize] ^= 1;
            assert_eq!(pair.receiver.push(0, &mut forged), Err(Rejection::Seal(OpenError::Forged)));
            if let Some(old) = came.last_mut() {
                assert_eq!(
                    pair.receiver.push(0, &mut old.clone()),
                    Err(Rejection::Seal(OpenError::Replayed))
                );
            }
            if dice.chance(200)
                && let Some(other) = second.next()
            {
                pair.receiver.push(0, &mut other.clone()).unwrap();
            }
            if number != lost {
                pair.receiver.push(0, &mut datagram.clone()).unwrap();
                came.push(datagram);
            }
        }
        for mut datagram in second {
            pair.receiver.push(0, &mut datagram).unwrap();
        }
        for index in 0..2 {
            let Some(VideoEvent::Frame(unit)) = pair.receiver.poll(0) else {
                panic!("round {round}, frame {index}")
            };
            assert!(unit.bytes == pair.picture(index), "round {round}, frame {index} came as something else");
        }
    }
}

#[test]
fn the_directions_and_the_sessions_do_not_open_each_other() {
    let (mut from_client, _) = welcome_with(HD, [1; 52]).keys.into_client();
    let (_, mut other_session) = welcome_with(HD, [2; 52]).keys.into_host();
    let (_, mut own_direction) = welcome_with(HD, [1; 52]).keys.into_client();
    let mut datagram = [0; 64];
    from_client.seal(&mut datagram).unwrap();
    assert_eq!(own_direction.open(&mut datagram.clone()).unwrap_err(), OpenError::Forged);
    assert_eq!(other_session.open(&mut datagram).unwrap_err(), OpenError::Forged);
}

#[test]
fn short_datagrams_are_dropped() {
    let (_, mut opener) = welcome_with(HD, [1; 52]).keys.into_client();
    for length in 0..24 {
        assert_eq!(opener.open(&mut vec![0; length]).unwrap_err(), OpenError::Short);
    }
}

#[test]
fn the_replay_window_reaches_back_131072_numbers() {
    let mut window = ReplayWindow::new();
    assert!(window.accept(200_000));
    assert!(!window.accept(200_000));
    assert!(window.accept(200_001 - 131_072));
    assert!(!window.accept(200_000 - 131_072));
    assert!(!window.accept(0));
}

#[test]
fn the_replay_window_agrees_with_a_list_of_everything_seen() {
    let mut dice = Dice(77);
    for spread in [3, 70, 5_000, 200_000] {
        let mut window = ReplayWindow::new();
        let mut seen = std::collections::HashSet::new();
        let mut highest = 0;
        for _ in 0..20_000 {
            let seq = (highest + dice.below(spread)).saturating_sub(spread / 2);
            let in_reach = seq + ReplayWindow::SIZE > highest;
            assert_eq!(window.accept(seq), in_reach && seen.insert(seq), "{seq} after {highest}");
            highest = highest.max(seq);
        }
    }
}

#[test]
fn the_last_number_of_all_is_never_taken() {
    let mut window = ReplayWindow::new();
    assert!(!window.accept(u64::MAX));
    assert!(window.accept(u64::MAX - 1));
    assert!(!window.accept(u64::MAX - 1));
}
