//! On whose behalf a browser asks.

use axum::http::{HeaderMap, header};

/// Whether a request that changes something comes from the console's own pages, or from no browser. `host` is what the
/// request calls the box, in lower case.
pub(super) fn is_same_origin(headers: &HeaderMap, host: &str) -> bool {
    let origins = headers.get_all(header::ORIGIN).into_iter();
    let sites = headers.get_all("sec-fetch-site").into_iter();
    let own = |origin: &str| {
        let named = origin.to_ascii_lowercase();
        // browsers leave the port away that the scheme implies
        named.strip_prefix("https://") == Some(host.strip_suffix(":443").unwrap_or(host))
    };
    let from_here = origins.map(|origin| origin.to_str()).all(|origin| origin.is_ok_and(own));
    let mut sites = sites.map(|site| site.to_str());
    from_here && sites.all(|site| matches!(site, Ok("same-origin" | "none")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_consoles_own_pages_and_programs_that_are_no_browser_may_change_things() {
        for pairs in [
            &[][..],
            &[("origin", "https://box:47990")],
            &[("origin", "HTTPS://Box:47990"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(is_same_origin(&headers(pairs), "box:47990"), "{pairs:?}");
        }
        assert!(is_same_origin(&headers(&[("origin", "https://box")]), "box:443"));
    }

    #[test]
    fn other_sites_other_ports_and_pages_without_an_origin_may_not() {
        for pairs in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "https://box")],
            &[("origin", "https://box:8443")],
            &[("origin", "http://box:47990")],
            &[("origin", "https://box:47990.evil.example")],
            &[("origin", "null")],
            &[("origin", "https://box:47990"), ("origin", "https://evil.example")],
            &[("origin", "https://box:47990"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "")],
        ] {
            assert!(!is_same_origin(&headers(pairs), "box:47990"), "{pairs:?}");
        }
    }
}
