//! Tokens of scripts.

use std::time::Duration;

use super::super::account::LimitError;
use super::super::token::{TOKENS, TokenScope};
use super::{ADMIN, Bench};

#[test]
fn a_token_is_found_by_its_text_alone_and_kept_as_a_digest() {
    let (mut bench, _) = Bench::claimed();
    let name = "Home\u{202e} dashboard\n";
    let (info, secret) = bench.account.make_token(bench.now, name, TokenScope::Read, ADMIN).unwrap();
    assert_eq!(info.name, "Home dashboard");
    assert!(secret.reveal().starts_with("pf_"));
    let (id, scope) = bench.account.token(bench.now, secret.reveal()).unwrap();
    assert_eq!((id, scope), (info.id, TokenScope::Read));
    for wrong in ["", "pf_", &secret.reveal()[3..], &secret.reveal().to_uppercase()] {
        assert!(bench.account.token(bench.now, wrong).is_none(), "{wrong}");
    }
    bench.later(Duration::from_secs(700));
    bench.account.tick(bench.now);
    let kept = String::from_utf8(bench.disk.text().unwrap()).unwrap();
    assert!(!kept.contains(secret.reveal()) && !kept.contains(&secret.reveal()[3..]));
    bench.restart(bench.now.wall);
    assert!(bench.account.tokens()[0].last_used.is_some());
}

#[test]
fn tokens_are_bounded_and_belong_to_an_owner() {
    let (mut bench, _) = Bench::claimed();
    let mut make = |name: &str| bench.account.make_token(bench.now, name, TokenScope::Read, ADMIN);
    assert!(matches!(make("\u{200b}\n"), Err(LimitError::Name)));
    for _ in 0..TOKENS {
        make("x").unwrap();
    }
    assert!(matches!(make("x"), Err(LimitError::Full)));
    let mut bench = Bench::unclaimed();
    let early = bench.account.make_token(bench.now, "x", TokenScope::Read, ADMIN);
    assert!(matches!(early, Err(LimitError::Unclaimed)));
}
