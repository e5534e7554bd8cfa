//! Whatever happens, in whatever order, with a disk that fails and a machine that is switched off: what must always hold.

use std::time::Duration;

use proptest::prelude::*;
use punktfunk_trust::{Actor, Now, UnixSeconds};

use super::account::{Account, From, TryError};
use super::delay::LONGEST;
use super::password::Checked;
use super::record::OwnerEvent;
use super::secret::Secret;
use super::session::SESSIONS;
use super::state::ShortId;
use super::tests::{Counting, Disk, HASH, at, browser, source};
use super::token::TokenScope;

#[derive(Debug, Clone, Copy)]
enum Op {
    Claim { with_the_code: bool, source: u8 },
    SignIn { is_right: bool, source: u8, is_known: bool },
    Prove { who: usize, is_right: bool },
    ChangePassword { who: usize, is_right: bool },
    SignOut { who: usize },
    MakeToken,
    RevokeToken { which: usize },
    Reset,
    Pass { seconds: u32 },
    SetClockBack,
    Restart,
    FillDisk(bool),
}

fn op() -> impl Strategy<Value = Op> {
    let (who, source) = (0..8usize, 0..4u8);
    prop_oneof![
        3 => (any::<bool>(), source.clone()).prop_map(|(with_the_code, source)| Op::Claim { with_the_code, source }),
        6 => (any::<bool>(), source, any::<bool>())
            .prop_map(|(is_right, source, is_known)| Op::SignIn { is_right, source, is_known }),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, is_right)| Op::Prove { who, is_right }),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, is_right)| Op::ChangePassword { who, is_right }),
        2 => who.clone().prop_map(|who| Op::SignOut { who }),
        2 => Just(Op::MakeToken),
        1 => who.prop_map(|which| Op::RevokeToken { which }),
        1 => Just(Op::Reset),
        5 => (0..2_000u32).prop_map(|seconds| Op::Pass { seconds }),
        1 => Just(Op::SetClockBack),
        2 => Just(Op::Restart),
        2 => any::<bool>().prop_map(Op::FillDisk),
    ]
}

/// A way in that somebody was given.
struct Way {
    secret: Secret,
    id: ShortId,
    is_closed: bool,
}

struct World {
    account: Account,
    disk: Disk,
    now: Now,
    sessions: Vec<Way>,
    tokens: Vec<Way>,
    known: Option<Secret>,
    owners: usize,
    /// Whether what is on disk is what is in memory, as far as ways in go.
    is_saved: bool,
    is_full: bool,
    starts: u64,
}

impl World {
    fn new() -> Self {
        let (disk, now) = (Disk::default(), at(0, 1_700_000_000));
        let account = Account::open(None, Box::new(disk.clone()), Box::<Counting>::default(), now).unwrap();
        Self {
            account,
            disk,
            now,
            sessions: Vec::new(),
            tokens: Vec::new(),
            known: None,
            owners: 0,
            is_saved: true,
            is_full: false,
            starts: 0,
        }
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Claim { with_the_code, source: number } => self.claim(with_the_code, number),
            Op::SignIn { is_right, source: number, is_known } => self.sign_in(is_right, number, is_known),
            Op::Prove { who, is_right } => {
                let Some(session) = self.open_session(who) else { return };
                if let Some(checked) = self.give(From::Inside { source: source(1), session }, is_right) {
                    let proven = self.account.prove(self.now, &checked, session);
                    assert_eq!(proven.is_ok(), is_right, "{proven:?}");
                }
            }
            Op::ChangePassword { who, is_right } => self.change_password(who, is_right),
            Op::SignOut { who } => {
                let Some(session) = self.open_session(who) else { return };
                self.is_saved = self.account.sign_out(self.now, session, source(1)).is_ok();
            }
            Op::MakeToken => {
                let made = self.account.make_token(self.now, "x", TokenScope::Read, Actor::Console);
                assert_eq!(made.is_ok(), self.owners == 1 && !self.is_full && self.tokens() < 64, "{made:?}");
                if let Ok((info, secret)) = made {
                    self.is_saved = true;
                    self.tokens.push(Way { secret, id: info.id, is_closed: false });
                }
            }
            Op::RevokeToken { which } => {
                let open = self.tokens.iter_mut().filter(|way| !way.is_closed).nth(which);
                let Some(way) = open else { return };
                way.is_closed = true;
                self.is_saved = self.account.revoke_token(self.now, way.id, Actor::Console).is_ok();
            }
            Op::Reset => {
                self.is_saved = self.account.reset(self.now, Actor::Local { uid: 0 }).is_ok();
                self.known = None;
                self.tokens.iter_mut().for_each(|way| way.is_closed = true);
                if self.is_saved {
                    self.owners = 0;
                }
            }
            Op::Pass { seconds } => {
                self.now = self.now.later(Duration::from_secs(seconds.into()));
                self.account.tick(self.now);
                self.is_saved |= !self.is_full;
            }
            Op::SetClockBack => self.now.wall = UnixSeconds(self.now.wall.0 / 2),
            Op::Restart => self.restart(),
            Op::FillDisk(is_full) => {
                self.is_full = is_full;
                self.disk.fill(is_full);
            }
        }
    }

    fn claim(&mut self, with_the_code: bool, number: u8) {
        let code = match (with_the_code, self.account.claim_code()) {
            (true, Some(code)) => code.to_string(),
            _ => "AAAA-AAAA".to_owned(),
        };
        let Ok(claiming) = self.account.present_code(self.now, &code, source(number)) else { return };
        assert!(with_the_code, "only the code opens the way to claiming");
        if let Ok(entered) = self.account.claim(self.now, &claiming, HASH.clone(), browser(number)) {
            self.owners += 1;
            self.is_saved = true;
            self.known = entered.known;
            self.sessions.push(Way { secret: entered.cookie, id: entered.session, is_closed: false });
        }
        let again = self.account.claim(self.now, &claiming, HASH.clone(), browser(number));
        assert!(again.is_err() || self.owners == 0, "one code, one owner");
        if let Ok(entered) = again {
            self.owners += 1;
            self.sessions.push(Way { secret: entered.cookie, id: entered.session, is_closed: false });
        }
    }

    fn sign_in(&mut self, is_right: bool, number: u8, is_known: bool) {
        let known = self.known.clone().filter(|_| is_known);
        let known = known.as_ref().map(Secret::reveal);
        let Some(checked) = self.give(From::Outside { source: source(number), known }, is_right) else {
            return;
        };
        match self.account.sign_in(self.now, &checked, browser(number), None) {
            Ok(entered) => {
                assert!(is_right);
                self.is_saved = true;
                self.known = entered.known.or(self.known.take());
                self.sessions.push(Way { secret: entered.cookie, id: entered.session, is_closed: false });
            }
            Err(error) => assert!(!is_right || self.is_full, "{error}"),
        }
    }

    fn change_password(&mut self, who: usize, is_right: bool) {
        let Some(session) = self.open_session(who) else { return };
        let Some(checked) = self.give(From::Inside { source: source(1), session }, is_right) else { return };
        match self.account.change_password(self.now, &checked, HASH.clone(), browser(1)) {
            Ok(entered) => {
                assert!(is_right);
                self.is_saved = true;
                self.known = entered.known;
                self.sessions.push(Way { secret: entered.cookie, id: entered.session, is_closed: false });
            }
            Err(error) => assert!(!is_right || self.is_full, "{error}"),
        }
    }

    /// Gives a password; a try that was just paid for makes the next one wait, but never for long.
    fn give(&mut self, from: From<'_>, is_right: bool) -> Option<Checked> {
        match self.account.attempt(self.now, from) {
            Ok(attempt) => {
                let next = self.account.attempt(self.now, from);
                assert!(matches!(next, Err(TryError::SlowDown(_))), "{next:?}");
                Some(Checked { is_right, attempt })
            }
            Err(TryError::SlowDown(slow_down)) => {
                assert!(slow_down.wait > Duration::ZERO && slow_down.wait <= LONGEST, "{slow_down}");
                None
            }
            Err(error) => {
                assert!(matches!(error, TryError::Unclaimed) && self.owners == 0, "{error}");
                None
            }
        }
    }

    fn restart(&mut self) {
        // what was closed and could not be saved is open again; that was said when it was closed
        if !self.is_saved {
            return;
        }
        self.starts += 1;
        let kept = self.disk.text();
        self.now = Now { monotonic: Duration::ZERO, wall: self.now.wall };
        let random = Box::new(Counting::starting_at(self.starts));
        let opened = Account::open(kept.as_deref(), Box::new(self.disk.clone()), random, self.now);
        self.account = opened.unwrap();
    }

    fn open_session(&self, who: usize) -> Option<ShortId> {
        self.sessions.iter().filter(|way| !way.is_closed).nth(who).map(|way| way.id)
    }

    fn tokens(&self) -> usize {
        self.tokens.iter().filter(|way| !way.is_closed).count()
    }

    fn check(&mut self) {
        while let Some(event) = self.account.poll_event() {
            if let OwnerEvent::SessionEnded { session } = event {
                self.sessions.iter_mut().filter(|way| way.id == session).for_each(|way| way.is_closed = true);
            }
        }
        assert!(self.owners <= 1, "two owners");
        assert_eq!(self.account.is_claimed(), self.owners == 1);
        assert_eq!(self.account.claim_code().is_none(), self.owners == 1);
        for way in &self.sessions {
            let opens = self.account.session(self.now, way.secret.reveal(), source(1));
            assert_eq!(
                opens,
                (!way.is_closed).then_some(way.id),
                "a session that ended stays ended, and no other does"
            );
        }
        for way in &self.tokens {
            let opens = self.account.token(self.now, way.secret.reveal()).map(|(id, _)| id);
            assert_eq!(
                opens,
                (!way.is_closed).then_some(way.id),
                "a token that was revoked stays so, and no other is"
            );
        }
        assert!(self.account.sessions(self.now).len() <= SESSIONS);
    }
}

proptest! {
    #[test]
    fn there_is_one_owner_and_what_ended_stays_ended(ops in prop::collection::vec(op(), 1..80)) {
        let mut world = World::new();
        for op in ops {
            world.apply(op);
            world.check();
        }
    }
}
