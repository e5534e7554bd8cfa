use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Where the console listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// On every address of the machine, for everybody on the network.
    Lan,
    /// On this machine only.
    Local,
    /// On exactly these addresses of the machine; never empty, none twice.
    Addresses(Vec<IpAddr>),
}

impl Listen {
    /// Addresses that a policy may list at most.
    pub const MAX_ADDRESSES: usize = 16;

    /// The addresses to bind.
    pub fn addresses(&self) -> Vec<IpAddr> {
        match self {
            Self::Lan => vec![Ipv4Addr::UNSPECIFIED.into()],
            Self::Local => vec![Ipv4Addr::LOCALHOST.into()],
            Self::Addresses(addresses) => addresses.clone(),
        }
    }
}

impl Serialize for Listen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Lan => serializer.serialize_str("lan"),
            Self::Local => serializer.serialize_str("local"),
            Self::Addresses(addresses) => addresses.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrList;
        impl<'de> Visitor<'de> for WordOrList {
            type Value = Listen;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("lan, local or a list of addresses")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Listen, E> {
                match word {
                    "lan" => Ok(Listen::Lan),
                    "local" => Ok(Listen::Local),
                    _ if word.parse::<IpAddr>().is_ok() => {
                        Err(E::custom(format_args!("addresses are written as a list: [{word}]")))
                    }
                    _ => Err(E::unknown_variant(word, &["lan", "local"])),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Listen, A::Error> {
                let mut addresses = Vec::new();
                while let Some(Address(address)) = items.next_element()? {
                    if addresses.contains(&address) {
                        return Err(de::Error::custom(format_args!("{address} is listed twice")));
                    }
                    if addresses.len() == Listen::MAX_ADDRESSES {
                        return Err(de::Error::custom(format_args!(
                            "at most {} addresses can be listed",
                            Listen::MAX_ADDRESSES
                        )));
                    }
                    addresses.push(address);
                }
                if addresses.is_empty() {
                    return Err(de::Error::custom(
                        "the list is empty; name an address, or write lan or local",
                    ));
                }
                Ok(Listen::Addresses(addresses))
            }
        }
        deserializer.deserialize_any(WordOrList)
    }
}

struct Address(IpAddr);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Address).map_err(|_| {
            de::Error::custom("this is not an IP address; write one of this machine's, such as 192.168.1.20")
        })
    }
}

impl JsonSchema for Listen {
    fn schema_name() -> Cow<'static, str> {
        "Listen".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "enum": ["lan", "local"] },
                {
                    "type": "array",
                    "items": { "type": "string", "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }] },
                    "minItems": 1,
                    "maxItems": Listen::MAX_ADDRESSES,
                    "uniqueItems": true,
                },
            ],
            "x-allowed": "lan, local or a list of addresses",
            "examples": ["local", ["192.168.1.20", "fd00::20"]],
        })
    }
}
