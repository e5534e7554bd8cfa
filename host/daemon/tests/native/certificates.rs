//! Nothing of a certificate counts but its bytes, and that its key is there (punktfunk/1 §1.2).

use proptest::prelude::*;
use punktfunk_core::wire::Hello;
use punktfunk_trust::{Actor, DenyMode, DeviceId, PendingView};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, SignatureAlgorithm, date_time_ymd,
};

use crate::common::{MODE, PATIENCE, TestHost, identity};
use crate::raw::{Raw, Show};

/// What a device may come up with.
#[derive(Debug, Clone)]
struct Costume {
    key: usize,
    /// Years in which it is valid.
    years: (i32, i32),
    /// Signed by an authority of its own, which is shown too.
    issued: bool,
    name: &'static str,
    serial: Option<u64>,
}

const KEYS: [&SignatureAlgorithm; 4] =
    [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519, &PKCS_RSA_SHA256];

fn costumes() -> impl Strategy<Value = Costume> {
    let years = prop_oneof![Just((1990, 1991)), Just((2020, 2090)), Just((2095, 2099)), Just((2090, 2020))];
    let names = prop_oneof![Just("punktfunk-client"), Just("punktfunk"), Just("owner"), Just("")];
    (0..KEYS.len(), years, any::<bool>(), names, proptest::option::of(0..2_u64))
        .prop_map(|(key, years, issued, name, serial)| Costume { key, years, issued, name, serial })
}

/// The certificates, leaf first, and the leaf's key.
fn dress(costume: &Costume) -> (Vec<Vec<u8>>, Vec<u8>) {
    let key = KeyPair::generate_for(KEYS[costume.key]).unwrap();
    let mut params = CertificateParams::new(vec!["punktfunk-client".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, costume.name);
    params.not_before = date_time_ymd(costume.years.0, 1, 1);
    params.not_after = date_time_ymd(costume.years.1, 1, 1);
    params.serial_number = costume.serial.map(Into::into);
    if !costume.issued {
        let leaf = params.self_signed(&key).unwrap();
        return (vec![leaf.der().to_vec()], key.serialize_der());
    }
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(vec!["authority".to_owned()]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_cert = authority.self_signed(&authority_key).unwrap();
    let leaf = params.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    (vec![leaf.der().to_vec(), authority_cert.der().to_vec()], key.serialize_der())
}

/// What the host shows after this device has knocked, waiting until it does.
fn knock(host: &TestHost, chain: &[Vec<u8>], key: &[u8]) -> PendingView {
    host.runtime.block_on(async {
        let raw = Raw::dial(host.address(), Show::Made { chain, key }).await.unwrap();
        let _stream = raw.say(&Hello::new(MODE).encode()).await;
        let seen = async {
            loop {
                if let Some(view) = host.pending().into_iter().next() {
                    return view;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, seen).await.expect("the host hears the knock")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_certificate_claims_it_is_known_by_its_bytes_alone(costumes in prop::collection::vec(costumes(), 1..3)) {
        let host = TestHost::start();
        let owner = identity();
        host.admit(&owner);
        for costume in costumes {
            let (chain, key) = dress(&costume);
            let shown = knock(&host, &chain, &key);
            prop_assert_eq!(shown.device, DeviceId::from_certificate(&chain[0]), "{:?}", costume);
            let deny = host.host().trust(|trust, now| trust.deny(now, shown.id, DenyMode::NotNow, Actor::Console));
            prop_assert!(deny.is_ok());
        }
        prop_assert_eq!(host.devices().len(), 1);
        prop_assert!(host.host().streams().is_empty());
    }
}
