use axum::body::to_bytes;
use axum::http::HeaderName;
use rust_embed::Metadata;

use super::*;

const BUILT: [(&str, &str); 6] = [
    ("index.html", "<html>the page"),
    ("index.html.br", "br of the page"),
    ("index.html.gz", "gz of the page"),
    ("assets/index-1a2b.js", "the program"),
    ("assets/index-1a2b.js.gz", "gz of the program"),
    ("favicon.svg", "<svg/>"),
];

fn built(name: &str) -> Option<EmbeddedFile> {
    let (_, text) = BUILT.into_iter().find(|(known, _)| *known == name)?;
    let mut hash = [0; 32];
    hash[..text.len().min(16)].copy_from_slice(&text.as_bytes()[..text.len().min(16)]);
    let metadata = Metadata::__rust_embed_new(hash, None, None);
    Some(EmbeddedFile { data: Cow::Borrowed(text.as_bytes()), metadata })
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn read(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(to_bytes(body, usize::MAX)).unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

fn ask(method: &Method, path: &str, sent: &[(HeaderName, &str)]) -> Answer {
    let headers = sent.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
    read(answer_from(&built, method, path, &headers))
}

fn get(path: &str) -> Answer {
    ask(&Method::GET, path, &[])
}

#[test]
fn each_browser_gets_the_best_coding_that_it_takes() {
    for (takes, coding, body) in [
        ("gzip, deflate, br, zstd", "br", "br of the page"),
        ("GZIP", "gzip", "gz of the page"),
        ("br;q=0, gzip;q=0.5", "gzip", "gz of the page"),
        ("br; q=0.000", "", "<html>the page"),
        ("deflate", "", "<html>the page"),
        ("", "", "<html>the page"),
    ] {
        let answer = ask(&Method::GET, "/", &[(header::ACCEPT_ENCODING, takes)]);
        assert_eq!((answer.header(header::CONTENT_ENCODING), &*answer.body), (coding, body), "{takes}");
        assert_eq!(answer.header(header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(answer.header(header::VARY), "accept-encoding");
    }
    // a coding that the web build left out, because it saved nothing
    let answer = ask(&Method::GET, "/assets/index-1a2b.js", &[(header::ACCEPT_ENCODING, "br, gzip")]);
    assert_eq!(answer.header(header::CONTENT_ENCODING), "gzip");
}

#[test]
fn what_is_named_after_its_contents_is_kept_for_ever_and_the_page_is_asked_for_again() {
    assert_eq!(get("/assets/index-1a2b.js").header(header::CACHE_CONTROL), FOREVER);
    assert_eq!(get("/").header(header::CACHE_CONTROL), "no-cache");
    assert_eq!(get("/favicon.svg").header(header::CACHE_CONTROL), "no-cache");
}

#[test]
fn a_page_that_the_browser_has_already_is_not_sent_again() {
    let tag = get("/").header(header::ETAG).to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let answer = ask(&Method::GET, "/", &[(header::IF_NONE_MATCH, &known)]);
        assert_eq!((answer.status, &*answer.body), (304, ""), "{known}");
        assert_eq!((answer.header(header::ETAG), answer.header(header::CACHE_CONTROL)), (&*tag, "no-cache"));
    }
    let packed = [(header::IF_NONE_MATCH, &*tag), (header::ACCEPT_ENCODING, "br")];
    assert_eq!(ask(&Method::GET, "/", &packed).status, 200, "another coding is another entity");
}

#[test]
fn every_place_of_the_console_is_its_page() {
    for path in ["/", "/pairing", "/health/", "/policy", "/api/docs", "//", "/somewhere/else"] {
        assert_eq!((get(path).status, &*get(path).body), (200, "<html>the page"), "{path}");
    }
}

#[test]
fn what_is_not_there_is_a_refusal_and_never_the_page() {
    for path in [
        "/api",
        "/api/v1/nothing",
        "//api/v1/status",
        "/api/v2",
        "/assets/",
        "/assets/gone-9f.js",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/../../etc/passwd",
        "/index.html.br",
        "/assets/index-1a2b.js.gz",
        "/.git/config.json",
        "/wp-login.php",
    ] {
        let answer = get(path);
        let problem: Problem = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &*problem.code), (404, "not_found"), "{path}");
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/problem+json");
    }
}

#[test]
fn a_page_can_only_be_read() {
    assert_eq!(ask(&Method::HEAD, "/", &[]).status, 200);
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let answer = ask(&method, "/", &[]);
        assert_eq!((answer.status, answer.header(header::ALLOW)), (405, "GET, HEAD"));
    }
}

#[test]
fn a_host_without_its_console_says_how_to_get_one() {
    let answer = read(answer_from(&|_| None, &Method::GET, "/pairing", &HeaderMap::new()));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header(header::CONTENT_TYPE), "text/html; charset=utf-8");
    assert!(answer.body.contains("npm run build"), "{}", answer.body);
    let answer = read(answer_from(&|_| None, &Method::GET, "/assets/a.js", &HeaderMap::new()));
    assert_eq!(answer.status, 404);
}
