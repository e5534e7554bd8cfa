//! What single keys may hold, and which keys contradict each other.

use serde_json::Value;

use crate::diagnostics::Fault;
use crate::keys;
use crate::policy::{Doors, Policy};
use crate::values::{Bitrate, Output, Percent, Source, format_duration, parse_duration};

/// What the whole screen is called among the apps.
const DESKTOP: &str = "Desktop";

/// A fault and the keys it is about. It is shown at the first of them that the file sets.
pub(crate) struct Finding {
    pub(crate) keys: Vec<String>,
    pub(crate) fault: Fault,
}

/// Everything that is out of range or contradictory in a policy.
pub(crate) fn check(policy: &Policy) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    let value = serde_json::to_value(policy).unwrap_or_default();
    findings.limits("", &value);
    findings.pairing(policy);
    findings.bitrates(policy);
    findings.ports(policy);
    findings.capture(policy);
    findings.apps(policy);
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, keys: &[&str], reason: String, help: &str) {
        let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        self.0.push(Finding { fault: Fault::new(keys[0].clone(), reason).help(help), keys });
    }

    /// Ranges and lengths, as the schema has them.
    fn limits(&mut self, path: &str, value: &Value) {
        let schema = keys::schema_of(path).unwrap_or(&Value::Null);
        if let Some(reason) = violation(schema, value) {
            self.add(&[path], reason, &format!("allowed: {}", keys::allowed(path)));
        }
        let unique = schema.get("uniqueItems").is_some_and(|unique| unique == true);
        match value {
            Value::Object(entries) => {
                for (key, inner) in entries {
                    let dot = if path.is_empty() { "" } else { "." };
                    self.limits(&format!("{path}{dot}{key}"), inner);
                }
            }
            Value::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    let inner_path = format!("{path}[{index}]");
                    if unique && items[..index].contains(inner) {
                        let reason = format!("{} is listed twice", inner.as_str().unwrap_or_default());
                        self.add(&[&inner_path, path], reason, "keep one of the two");
                    }
                    self.limits(&inner_path, inner);
                }
            }
            _ => {}
        }
    }

    fn pairing(&mut self, policy: &Policy) {
        let pending = &policy.pairing.pending;
        if pending.per_source > pending.cap {
            let reason =
                format!("{} from one address is more than the {} in all", pending.per_source, pending.cap);
            self.add(
                &["pairing.pending.per_source", "pairing.pending.cap"],
                reason,
                "per_source is at most cap",
            );
        }
        if pending.hold > pending.ttl {
            let (hold, ttl) = (format_duration(pending.hold), format_duration(pending.ttl));
            let reason = format!("a connection held for {hold} outlives its knock, which is kept for {ttl}");
            self.add(&["pairing.pending.hold", "pairing.pending.ttl"], reason, "hold is at most ttl");
        }
        for (index, device) in policy.devices.iter().enumerate() {
            let first = policy.devices.iter().position(|other| other.fingerprint == device.fingerprint);
            if let Some(first) = first.filter(|first| *first != index) {
                let reason = format!("this device is already declared, as devices[{first}]");
                self.add(&[&format!("devices[{index}].fingerprint")], reason, "keep one of the two");
            }
        }
    }

    fn bitrates(&mut self, policy: &Policy) {
        let rate = &policy.encode.bitrate;
        let pairs = [
            ("encode.bitrate.min", rate.min, "encode.bitrate.default", rate.default),
            ("encode.bitrate.default", rate.default, "encode.bitrate.max", rate.max),
        ];
        for (low_key, low, high_key, high) in pairs {
            if low > high {
                let key = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
                let reason = format!("{} {low} is more than {} {high}", key(low_key), key(high_key));
                self.add(&[low_key, high_key], reason, "min is at most default, and default at most max");
            }
        }
    }

    fn ports(&mut self, policy: &Policy) {
        let Doors { native, gamestream } = &policy.doors;
        let console = policy.console.port.get();
        if native.enable && native.data_port == native.port.get() {
            let reason =
                format!("both doors.native.port and doors.native.data_port are UDP {}", native.data_port);
            self.add(
                &["doors.native.data_port", "doors.native.port"],
                reason,
                "give each its own port, or 0 to data_port",
            );
        }
        if !gamestream.enable {
            return;
        }
        let udp = [("doors.native.port", native.port.get()), ("doors.native.data_port", native.data_port)];
        let udp = udp.into_iter().filter(|(_, port)| native.enable && gamestream.udp_ports().contains(port));
        let tcp =
            [("console.port", console)].into_iter().filter(|(_, port)| gamestream.tcp_ports().contains(port));
        for ((key, port), kind) in udp.map(|at| (at, "UDP")).chain(tcp.map(|at| (at, "TCP"))) {
            let reason = format!("{kind} {port} belongs to the GameStream door, which is open");
            self.add(
                &[key, "doors.gamestream.port", "doors.gamestream.enable"],
                reason,
                "choose another port, or close that door",
            );
        }
    }

    fn capture(&mut self, policy: &Policy) {
        let capture = &policy.capture;
        if matches!(&capture.source, Source::File(path) if !path.is_absolute()) {
            let reason = "the file's path must start with /".to_owned();
            self.add(
                &["capture.source.file", "capture.source"],
                reason,
                "as in { file: /srv/video/demo.mkv }",
            );
        }
        let shows_no_screen = matches!(capture.source, Source::File(_) | Source::TestCard);
        if let (Output::Connector(name), true) = (&capture.output, shows_no_screen) {
            let reason =
                format!("names the connector {name}, but capture.source takes no picture from a screen");
            self.add(&["capture.output", "capture.source"], reason, "take out one of the two");
        }
    }
}

impl Findings {
    fn apps(&mut self, policy: &Policy) {
        for (index, app) in policy.apps.iter().enumerate() {
            let key = |key: &str| format!("apps[{index}].{key}");
            let same = |other: &str| other.to_lowercase() == app.name.to_lowercase();
            if let Some(first) = policy.apps[..index].iter().position(|other| same(&other.name)) {
                let reason = format!("this name is already taken, by apps[{first}]");
                self.add(&[&key("name")], reason, "devices know apps by their names: give each its own");
            }
            if same(DESKTOP) {
                let reason =
                    format!("{DESKTOP} is what devices call the whole screen, which is always there");
                self.add(&[&key("name")], reason, "choose another name");
            }
            let unusable = |word: &String| word.contains('\0');
            if app.command.first().is_some_and(String::is_empty) || app.command.iter().any(unusable) {
                self.add(
                    &[&key("command")],
                    "this names no program".to_owned(),
                    "as in [steam, -bigpicture]",
                );
            }
            if app.art.as_deref().is_some_and(|path| !path.starts_with('/')) {
                let reason = "the picture's path must start with /".to_owned();
                self.add(&[&key("art")], reason, "as in /etc/punktfunk/steam.png");
            }
        }
    }
}

/// Why a value breaks its key's limits.
fn violation(schema: &Value, value: &Value) -> Option<String> {
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
    let outside = |n: u64, low: &str, high: &str| {
        bound(low).is_some_and(|least| n < least) || bound(high).is_some_and(|most| n > most)
    };
    match value {
        Value::Number(number) => {
            let n = number.as_u64().unwrap_or(u64::MAX);
            outside(n, "minimum", "maximum").then(|| format!("{n} is out of range"))
        }
        Value::Array(items) if outside(items.len() as u64, "minItems", "maxItems") => {
            Some(match items.len() {
                0 => "the list is empty".to_owned(),
                n => format!(
                    "the list has {n} entries, more than the {} allowed",
                    bound("maxItems").unwrap_or(0)
                ),
            })
        }
        Value::String(text) => match (schema.get("x-min"), schema.get("x-max")) {
            (Some(low), Some(high)) => {
                let measure = |text: &str| amount(schema, text);
                let n = measure(text)?;
                let below = low.as_str().and_then(measure).is_some_and(|least| n < least);
                let above = high.as_str().and_then(measure).is_some_and(|most| n > most);
                (below || above).then(|| format!("{text} is out of range"))
            }
            _ => None,
        },
        _ => None,
    }
}

/// A text with a unit as a number that can be compared.
fn amount(schema: &Value, text: &str) -> Option<u128> {
    match schema.get("x-kind")?.as_str()? {
        "duration" => parse_duration(text).ok().map(|duration| duration.as_millis()),
        "bitrate" => text.parse::<Bitrate>().ok().map(|rate| rate.kbps().into()),
        "percent" => text.parse::<Percent>().ok().map(|share| share.get().into()),
        _ => None,
    }
}
