//! A Moonlight client, written from the protocol's description alone: it pairs, launches, negotiates, streams and sends
//! input. For tests, of this crate and of the host that the door is built into.
#![allow(dead_code, unreachable_pub, missing_docs, unused_qualifications)]

pub mod audio;
pub mod control;
pub mod gcm;
pub mod rtsp;
pub mod video;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::cipher::{AES_128, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

/// What clients of the real kind all call themselves.
const UNIQUE_ID: &str = "0123456789ABCDEF";

/// What all requests of pairing carry.
const COMMON: &str = "devicename=roth&updateState=1";
const SALT: [u8; 16] = [0x5a; 16];

/// Gives the packets of sound their vectors.
const KEY_NUMBER: i32 = -1_935_365_096;

/// An answer of the API.
#[derive(Clone, Debug)]
pub struct Document {
    pub text: String,
}

impl Document {
    pub fn status(&self) -> u16 {
        let from = self.text.find("status_code=\"").expect("every answer has a status") + 13;
        self.text[from..].split('"').next().and_then(|text| text.parse().ok()).expect("a number")
    }

    /// The text of the first element of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let from = self.text.find(&format!("<{name}>"))? + name.len() + 2;
        self.text[from..].split('<').next()
    }

    pub fn is_paired(&self) -> bool {
        self.status() == 200 && self.get("paired") == Some("1")
    }
}

/// A client with its certificate.
pub struct Moonlight {
    pub http: SocketAddr,
    pub https_port: u16,
    pub certificate_der: Vec<u8>,
    certificate_pem: String,
    key_der: Vec<u8>,
    key: RsaKeyPair,
    signature: Vec<u8>,
    /// The host's certificate once it is known.
    pub host_certificate: Option<Vec<u8>>,
    pub id: String,
    /// The address it speaks from.
    pub from: Option<IpAddr>,
    /// What it launches.
    pub app: u32,
    /// Whether it can encrypt its negotiation.
    pub encrypts_rtsp: bool,
    /// Only this version of TLS, if one is set.
    pub only_tls12: bool,
    last_key: Mutex<[u8; 16]>,
}

pub fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    digest(&SHA256, &parts.concat()).as_ref().to_vec()
}

/// AES-128-ECB of pairing.
pub struct PinCipher([u8; 16]);

impl PinCipher {
    pub fn new(salt: &[u8], pin: &str) -> Self {
        Self(sha256(&[salt, pin.as_bytes()])[..16].try_into().expect("16 bytes"))
    }

    pub fn encrypt(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let key = UnboundCipherKey::new(&AES_128, &self.0).expect("a key");
        EncryptingKey::ecb(key).expect("ECB").encrypt(&mut bytes).expect("whole blocks");
        bytes
    }

    pub fn decrypt(&self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let key = UnboundCipherKey::new(&AES_128, &self.0).expect("a key");
        DecryptingKey::ecb(key)
            .expect("ECB")
            .decrypt(&mut bytes, DecryptionContext::None)
            .expect("whole blocks");
        bytes
    }
}

fn signature_of(der: &[u8]) -> Vec<u8> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).expect("a certificate");
    certificate.signature_value.data.to_vec()
}

fn key_of(der: &[u8]) -> Vec<u8> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).expect("a certificate");
    certificate.public_key().subject_public_key.data.to_vec()
}

/// Why pairing failed.
#[derive(Debug, PartialEq, Eq)]
pub enum PairingFailure {
    /// Phase 1 was refused, with this sentence.
    Refused(String),
    /// The client saw that the host has another PIN.
    WrongPin,
    /// The host refused a later phase.
    Phase(u8),
}

impl Moonlight {
    /// A new client of the host at this address.
    pub fn new(http: SocketAddr, https_port: u16) -> Self {
        let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
            .expect("a key");
        let mut params = rcgen::CertificateParams::default();
        params.serial_number = Some(rcgen::SerialNumber::from_slice(&[0]));
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, "NVIDIA GameStream Client");
        // made by a device whose clock is wrong
        params.not_before = rcgen::date_time_ymd(2038, 1, 1);
        params.not_after = rcgen::date_time_ymd(2058, 1, 1);
        let certificate = params.self_signed(&key).expect("a certificate");
        let certificate_der = certificate.der().to_vec();
        Self {
            http,
            https_port,
            certificate_pem: certificate.pem(),
            signature: signature_of(&certificate_der),
            certificate_der,
            key: RsaKeyPair::from_pkcs8(&key.serialize_der()).expect("a key"),
            key_der: key.serialize_der(),
            host_certificate: None,
            id: UNIQUE_ID.to_owned(),
            from: None,
            app: 1,
            encrypts_rtsp: true,
            only_tls12: false,
            last_key: Mutex::default(),
        }
    }

    pub fn fingerprint(&self) -> [u8; 32] {
        sha256(&[&self.certificate_der]).try_into().expect("32 bytes")
    }

    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The key of the last stream.
    pub fn last_key(&self) -> [u8; 16] {
        *self.last_key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).expect("a signature");
        signature
    }

    /// What speaks HTTP and HTTPS as this client.
    pub fn http_client(&self) -> reqwest::Client {
        let client = reqwest::Client::builder().local_address(self.from).no_proxy().pool_max_idle_per_host(0);
        client.tls_backend_preconfigured(self.tls()).build().expect("a client")
    }

    fn tls(&self) -> ClientConfig {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions: &[&rustls::SupportedProtocolVersion] = if self.only_tls12 {
            &[&rustls::version::TLS12]
        } else {
            &[&rustls::version::TLS13, &rustls::version::TLS12]
        };
        let chain = vec![CertificateDer::from(self.certificate_der.clone())];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key_der.clone()));
        let key = provider.key_provider.load_private_key(key).expect("a key");
        // whether they belong together is for the host to find out
        let certified = Arc::new(rustls::sign::CertifiedKey::new(chain, key));
        ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned(self.host_certificate.clone())))
            .with_client_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(certified)))
    }

    /// GET over HTTP.
    pub async fn get(&self, path: &str, query: &str) -> Document {
        let url = format!("http://{}/{path}?uniqueid={}&uuid=abc&{query}", self.http, self.id);
        let response = self.http_client().get(url).send().await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        Document { text: response.text().await.expect("a text") }
    }

    /// GET over HTTPS.
    pub async fn get_tls(&self, path: &str, query: &str) -> Document {
        self.try_tls(path, query).await.expect("an answer")
    }

    pub async fn try_tls(&self, path: &str, query: &str) -> Result<Document, reqwest::Error> {
        let host = SocketAddr::new(self.http.ip(), self.https_port);
        let url = format!("https://{host}/{path}?uniqueid={}&uuid=abc&{query}", self.id);
        let response = self.http_client().get(url).send().await?;
        Ok(Document { text: response.text().await? })
    }

    /// Pairs with the PIN that this client shows; the answer waits for the host's owner.
    pub async fn pair(&mut self, pin: &str) -> Result<(), PairingFailure> {
        let host = self.show_pin().await?;
        self.go_on_pairing(pin, host).await
    }

    /// Phase 1, in which the client shows its PIN. It ends when the host's owner has entered one, with the host's certificate.
    pub async fn show_pin(&self) -> Result<Vec<u8>, PairingFailure> {
        let certificate = hex::encode(&self.certificate_pem);
        let query =
            format!("{COMMON}&phrase=getservercert&salt={}&clientcert={certificate}", hex::encode(SALT));
        let answer = self.get("pair", &query).await;
        let Some(host_pem) = answer.get("plaincert").filter(|_| answer.is_paired()) else {
            return Err(PairingFailure::Refused(answer.text));
        };
        let host_pem = hex::decode(host_pem).expect("hexadecimal digits");
        let block = x509_parser::pem::Pem::iter_from_buffer(&host_pem).next().expect("a block");
        Ok(block.expect("PEM").contents)
    }

    /// All phases after the first.
    pub async fn go_on_pairing(&mut self, pin: &str, host: Vec<u8>) -> Result<(), PairingFailure> {
        let cipher = PinCipher::new(&SALT, pin);
        let common = COMMON;
        let challenge = [0x11; 16];
        let answer = self
            .get("pair", &format!("{common}&clientchallenge={}", hex::encode(cipher.encrypt(&challenge))))
            .await;
        let Some(response) = answer.get("challengeresponse").filter(|_| answer.is_paired()) else {
            return Err(PairingFailure::Phase(2));
        };
        let response = cipher.decrypt(&hex::decode(response).expect("hexadecimal digits"));
        let (host_hash, host_challenge) = response.split_at(32);

        let secret = [0x22; 16];
        let hash = sha256(&[host_challenge, &self.signature, &secret]);
        let answer = self
            .get("pair", &format!("{common}&serverchallengeresp={}", hex::encode(cipher.encrypt(&hash))))
            .await;
        let Some(host_secret) = answer.get("pairingsecret").filter(|_| answer.is_paired()) else {
            return Err(PairingFailure::Phase(3));
        };
        let host_secret = hex::decode(host_secret).expect("hexadecimal digits");
        let (host_secret, host_signature) = host_secret.split_at(16);
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key_of(&host));
        let signed = key.verify(host_secret, host_signature).is_ok();
        if !signed || host_hash != sha256(&[&challenge, &signature_of(&host), host_secret]) {
            self.get("unpair", common).await;
            return Err(PairingFailure::WrongPin);
        }

        let proof = [&secret[..], &self.sign(&secret)].concat();
        let answer = self.get("pair", &format!("{common}&clientpairingsecret={}", hex::encode(proof))).await;
        if !answer.is_paired() {
            return Err(PairingFailure::Phase(4));
        }
        self.host_certificate = Some(host);
        let answer = self.get_tls("pair", &format!("{common}&phrase=pairchallenge")).await;
        if answer.is_paired() { Ok(()) } else { Err(PairingFailure::Phase(5)) }
    }

    /// Launches or resumes with this key; the answer says where to negotiate.
    pub async fn start(&self, verb: &str, key: [u8; 16]) -> Result<SocketAddr, Document> {
        let query = format!(
            "appid={}&mode=1280x720x60&additionalStates=1&sops=0&rikey={}&rikeyid={KEY_NUMBER}&localAudioPlayMode=0\
             &surroundAudioInfo=196610&remoteControllersBitmap=0&gcmap=0&gcpersist=0{}",
            self.app,
            hex::encode_upper(key),
            if self.encrypts_rtsp { "&corever=1" } else { "" }
        );
        let answer = self.get_tls(verb, &query).await;
        let expected = if verb == "launch" { "gamesession" } else { "resume" };
        let url = match (answer.status(), answer.get(expected), answer.get("sessionUrl0")) {
            (200, Some("1"), Some(url)) => url.to_owned(),
            _ => return Err(answer),
        };
        let scheme = if self.encrypts_rtsp { "rtspenc://" } else { "rtsp://" };
        let address = url.strip_prefix(scheme).expect(scheme);
        Ok(address.parse().expect("an address"))
    }

    /// Launches or resumes, and negotiates a stream.
    pub async fn stream(&self, verb: &str, wishes: &rtsp::Wishes) -> Result<Stream, String> {
        let mut key = [0; 16];
        aws_lc_rs::rand::fill(&mut key).expect("randomness");
        *self.last_key.lock().unwrap_or_else(PoisonError::into_inner) = key;
        let rtsp = self.start(verb, key).await.map_err(|answer| answer.text)?;
        let local = self.from.unwrap_or(self.http.ip());
        let session = rtsp::negotiate(local, rtsp, self.encrypts_rtsp.then_some(key), wishes).await?;
        let control =
            control::Control::connect(local, rtsp.ip(), session.control_port, session.connect_data, key)?;
        let pictures = SocketAddr::new(rtsp.ip(), session.video_port);
        let video = video::Video::start(local, pictures, &session, wishes, key, control.reporter());
        let heard_from = SocketAddr::new(rtsp.ip(), session.audio_port);
        let audio = audio::Audio::start(local, heard_from, &session, wishes, key);
        Ok(Stream { control, video, audio, session })
    }
}

/// A running stream.
pub struct Stream {
    pub control: control::Control,
    pub video: video::Video,
    pub audio: audio::Audio,
    pub session: rtsp::Session,
}

/// How long a test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
struct Pinned(Option<Vec<u8>>);

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        assert!(intermediates.is_empty(), "some clients insist on a chain of exactly one");
        match &self.0 {
            Some(known) if known.as_slice() != end_entity.as_ref() => {
                Err(rustls::Error::General("this is another host".to_owned()))
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        rustls::crypto::verify_tls12_signature(
            message,
            cert,
            dss,
            &provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        rustls::crypto::verify_tls13_signature(
            message,
            cert,
            dss,
            &provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
