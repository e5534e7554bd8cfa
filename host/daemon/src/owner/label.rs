//! What a browser is called in the list of those that are signed in.

/// Several browsers claim to be others as well; the first word that fits is the true one.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// A name such as `Firefox on Android`. It is made of the words above and of nothing that a stranger sent.
pub fn browser_label(user_agent: &str) -> String {
    let find = |words: &[(&str, &'static str)]| {
        words.iter().find(|(word, _)| user_agent.contains(word)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "A browser".to_owned(),
    }
}

/// The browser and the system that a label names, as far as it does: for those who say it in another language.
pub fn label_parts(label: &str) -> (Option<&'static str>, Option<&'static str>) {
    let (browser, system) =
        label.split_once(" on ").map_or((label, None), |(first, rest)| (first, Some(rest)));
    let find = |names: &[(&str, &'static str)], name| {
        names.iter().map(|(_, known)| *known).find(|known| Some(*known) == name)
    };
    (find(&BROWSERS, Some(browser)), find(&SYSTEMS, system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_its_own_name_and_that_of_its_system() {
        let cases = [
            ("Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "curl"),
            ("", "A browser"),
            ("\u{1b}[31m<script>Linux", "A browser on Linux"),
        ];
        for (user_agent, label) in cases {
            assert_eq!(browser_label(user_agent), label);
        }
    }

    #[test]
    fn a_label_can_be_taken_apart_again() {
        for (_, browser) in BROWSERS {
            assert_eq!(label_parts(browser), (Some(browser), None));
            for (_, system) in SYSTEMS {
                assert_eq!(label_parts(&format!("{browser} on {system}")), (Some(browser), Some(system)));
            }
        }
        assert_eq!(label_parts("A browser on Linux"), (None, Some("Linux")));
        assert_eq!(label_parts("A browser"), (None, None));
    }
}
