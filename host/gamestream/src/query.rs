//! Parameters of a request, by name and in any order (GameStream §2.1).

/// Parameters that are looked at; clients send about twenty.
const MAX_PARAMETERS: usize = 64;

/// The query of one request. It holds secrets, and does not print.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let pairs = text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).take(MAX_PARAMETERS);
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The value of the first parameter of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same, as a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.trim().parse().ok()
    }

    /// The same, as bytes in hexadecimal digits.
    pub(crate) fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        hex::decode(self.get(name)?).ok()
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_found_by_name_in_any_order() {
        let query = Query::parse(Some("uniqueid=0123&uuid=%7b1%7D&rikeyid=-5&rikey=0aFF&empty=&flag"));
        assert_eq!(
            (query.get("uuid"), query.get("empty"), query.get("flag")),
            (Some("{1}"), Some(""), Some(""))
        );
        assert_eq!((query.number("rikeyid"), query.bytes("rikey")), (Some(-5_i32), Some(vec![10, 255])));
        assert_eq!((query.get("nothing"), query.number::<u32>("uuid")), (None, None));
    }

    #[test]
    fn no_more_parameters_are_kept_than_a_client_can_mean() {
        let text: String = (0..1000).map(|n| format!("p{n}=1&")).collect();
        assert_eq!(Query::parse(Some(&text)).0.len(), MAX_PARAMETERS);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[%&=+a-f0-9é]{0,60}") {
            Query::parse(Some(&text)).get("a");
        }
    }
}
