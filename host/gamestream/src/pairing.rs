//! The host's side of pairing, phases 1 to 4 (GameStream §2.4): each step takes the one before it away, so that none can be
//! repeated or left out.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};

use crate::certificate::{ClientCertificate, HostCertificate, SIGNATURE_BYTES};
use crate::crypto::{Ecb, KEY_BYTES};

/// Bytes of salts, challenges and secrets.
const SECRET_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// What the host draws for one attempt.
#[derive(Clone, Copy)]
pub(crate) struct Draw {
    pub(crate) secret: [u8; SECRET_BYTES],
    pub(crate) challenge: [u8; SECRET_BYTES],
}

impl Draw {
    /// `None` when the machine has no randomness.
    pub(crate) fn random() -> Option<Self> {
        let mut draw = Self { secret: [0; SECRET_BYTES], challenge: [0; SECRET_BYTES] };
        aws_lc_rs::rand::fill(&mut draw.secret).ok()?;
        aws_lc_rs::rand::fill(&mut draw.challenge).ok()?;
        Some(draw)
    }
}

/// Why an attempt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PairingFault {
    /// A request that the protocol does not know.
    #[error("the request is malformed; start again on the device")]
    Malformed,
    /// The device did not prove that it knows the PIN.
    #[error("the PIN was wrong; start again on the device")]
    WrongPin,
}

/// Phase 1 is over: the owner has entered a PIN.
pub(crate) struct Keyed {
    client: ClientCertificate,
    cipher: Ecb,
}

/// Phase 2 is over: the client has its challenge.
pub(crate) struct Challenged {
    keyed: Keyed,
    draw: Draw,
}

/// Phase 3 is over: the client's answer is here, not yet its secret.
pub(crate) struct Answered {
    keyed: Keyed,
    draw: Draw,
    hash: [u8; HASH_BYTES],
}

/// The client knew the PIN and holds the key of its certificate. Only phase 4 makes this.
pub(crate) struct Proven(());

/// The key that salt and PIN make.
fn key_of(salt: &[u8; SECRET_BYTES], pin: &str) -> [u8; KEY_BYTES] {
    let hash = digest(&SHA256, &[salt, pin.as_bytes()].concat());
    let mut key = [0; KEY_BYTES];
    key.copy_from_slice(&hash.as_ref()[..KEY_BYTES]);
    key
}

/// The salt of phase 1.
pub(crate) fn salt(text: &str) -> Option<[u8; SECRET_BYTES]> {
    hex::decode(text).ok()?.try_into().ok()
}

impl Keyed {
    pub(crate) fn new(client: ClientCertificate, salt: &[u8; SECRET_BYTES], pin: &str) -> Self {
        Self { client, cipher: Ecb::new(key_of(salt, pin)) }
    }

    /// Phase 2: the client's challenge in, answer and own challenge out.
    pub(crate) fn challenge(
        self,
        host: &HostCertificate,
        draw: Draw,
        challenge: &[u8],
    ) -> Result<(Challenged, Vec<u8>), PairingFault> {
        let mut challenge: [u8; SECRET_BYTES] = challenge.try_into().map_err(|_| PairingFault::Malformed)?;
        if !self.cipher.decrypt(&mut challenge) {
            return Err(PairingFault::Malformed);
        }
        let hash = digest(&SHA256, &[&challenge, host.signature(), &draw.secret[..]].concat());
        let mut answer = [hash.as_ref(), &draw.challenge].concat();
        if !self.cipher.encrypt(&mut answer) {
            return Err(PairingFault::Malformed);
        }
        Ok((Challenged { keyed: self, draw }, answer))
    }
}

impl Challenged {
    /// Phase 3: the client's sealed hash in, the host's signed secret out.
    pub(crate) fn answer(
        self,
        host: &HostCertificate,
        response: &[u8],
    ) -> Result<(Answered, Vec<u8>), PairingFault> {
        let mut hash: [u8; HASH_BYTES] = response.try_into().map_err(|_| PairingFault::Malformed)?;
        let signature = host.sign(&self.draw.secret).ok_or(PairingFault::Malformed)?;
        if !self.keyed.cipher.decrypt(&mut hash) {
            return Err(PairingFault::Malformed);
        }
        let secret = [&self.draw.secret[..], &signature].concat();
        Ok((Answered { keyed: self.keyed, draw: self.draw, hash }, secret))
    }
}

impl Answered {
    /// Phase 4: the client's signed secret in. Both checks count: the hash shows the PIN, the signature the key.
    pub(crate) fn prove(self, secret: &[u8]) -> Result<Proven, PairingFault> {
        if secret.len() != SECRET_BYTES + SIGNATURE_BYTES {
            return Err(PairingFault::Malformed);
        }
        let (secret, signature) = secret.split_at(SECRET_BYTES);
        let client = &self.keyed.client;
        let expected = digest(&SHA256, &[&self.draw.challenge, client.signature(), secret].concat());
        let knows_pin = verify_slices_are_equal(expected.as_ref(), &self.hash).is_ok();
        let holds_key = client.has_signed(secret, signature);
        if knows_pin && holds_key { Ok(Proven(())) } else { Err(PairingFault::WrongPin) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    const DRAW: Draw = Draw { secret: [3; 16], challenge: [4; 16] };

    fn sha(parts: &[&[u8]]) -> Vec<u8> {
        digest(&SHA256, &parts.concat()).as_ref().to_vec()
    }

    /// The client's side, as far as phase 4, with its PIN and its key.
    fn attempt(
        host_pin: &str,
        client_pin: &str,
        signer: &HostCertificate,
        client: &HostCertificate,
    ) -> Result<Proven, PairingFault> {
        let (host, _) = HostCertificate::generate().unwrap();
        let certificate = ClientCertificate::from_hex_pem(&hex::encode(client.pem())).unwrap();
        let cipher = Ecb::new(key_of(&SALT, client_pin));
        let keyed = Keyed::new(certificate, &SALT, host_pin);

        let mut challenge = [9; 16];
        cipher.encrypt(&mut challenge);
        let (challenged, mut answer) = keyed.challenge(&host, DRAW, &challenge).unwrap();
        cipher.decrypt(&mut answer);
        let server_challenge = answer[32..].to_vec();

        let secret = [5; 16];
        let mut response = sha(&[&server_challenge, client.signature(), &secret]);
        cipher.encrypt(&mut response);
        let (answered, host_secret) = challenged.answer(&host, &response).unwrap();
        let host_certificate = ClientCertificate::from_hex_pem(&hex::encode(host.pem())).unwrap();
        assert!(host_certificate.has_signed(&host_secret[..16], &host_secret[16..]));
        let right = sha(&[&[9; 16], host.signature(), &host_secret[..16]]);
        assert_eq!(right == answer[..32], host_pin == client_pin, "this is how the client sees a wrong PIN");

        answered.prove(&[&secret[..], &signer.sign(&secret).unwrap()].concat())
    }

    #[test]
    fn the_key_matches_the_known_answer() {
        let key = key_of(&SALT, "1234");
        assert_eq!(hex::encode(key), "bad0b4f7cae08eb7c1b5acc763a8ed25");
        let mut block = [0; 16];
        assert!(Ecb::new(key).encrypt(&mut block));
        assert_eq!(hex::encode(block), "65052320dbe96d700aac7a3399f7ac6b");
    }

    #[test]
    fn the_right_pin_and_key_pair_and_nothing_else_does() {
        let (client, _) = HostCertificate::generate().unwrap();
        let (other, _) = HostCertificate::generate().unwrap();
        assert!(attempt("1234", "1234", &client, &client).is_ok());
        assert_eq!(attempt("1234", "1235", &client, &client).err(), Some(PairingFault::WrongPin));
        assert_eq!(attempt("1234", "1234", &other, &client).err(), Some(PairingFault::WrongPin));
    }

    #[test]
    fn wrong_lengths_end_the_attempt() {
        let (host, _) = HostCertificate::generate().unwrap();
        let client = ClientCertificate::from_hex_pem(&hex::encode(host.pem())).unwrap();
        let keyed = || Keyed::new(client.clone(), &SALT, "1234");
        for length in [0, 15, 17, 32] {
            assert_eq!(keyed().challenge(&host, DRAW, &vec![0; length]).err(), Some(PairingFault::Malformed));
        }
        let (challenged, _) = keyed().challenge(&host, DRAW, &[0; 16]).unwrap();
        let (answered, _) = challenged.answer(&host, &[0; 32]).unwrap();
        assert_eq!(answered.prove(&[0; 16]).err(), Some(PairingFault::Malformed));
        assert_eq!((salt("00"), salt("zz")), (None, None));
        assert_eq!(salt("000102030405060708090A0b0c0d0e0f"), Some(SALT));
    }
}
