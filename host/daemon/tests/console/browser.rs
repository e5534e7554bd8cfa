//! Somebody with a web browser: keeps cookies, says where it comes from.

use punktfunk_host::console::BASE;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::common::{Answer, PASSWORD, TestHost};

pub(crate) struct Visitor<'a> {
    host: &'a TestHost,
    client: Client,
    cookies: Vec<(String, String)>,
}

impl<'a> Visitor<'a> {
    /// Somebody who was never here.
    pub(crate) fn new(host: &'a TestHost) -> Self {
        Self { host, client: host.https(), cookies: Vec::new() }
    }

    /// Somebody who is signed in.
    pub(crate) fn signed_in(host: &'a TestHost) -> Self {
        if !host.owner().is_claimed() {
            host.claim();
        }
        let mut visitor = Self::new(host);
        visitor.sign_in(PASSWORD).ok();
        visitor
    }

    pub(crate) fn sign_in(&mut self, password: &str) -> Answer {
        self.send(Method::POST, "/sign-in", Some(&json!({ "password": password })))
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None)
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body))
    }

    pub(crate) fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.client.request(method, self.host.url(path));
        request = request.header("origin", format!("https://{}", self.host.console()));
        request = request.header("sec-fetch-site", "same-origin");
        if let Some(cookies) = self.cookie_header() {
            request = request.header("cookie", cookies);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self.host.send(request);
        for cookie in &answer.cookies {
            self.keep(cookie);
        }
        answer
    }

    /// What the browser sends along.
    pub(crate) fn cookie_header(&self) -> Option<String> {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.cookies.iter().any(|(other, _)| other == name)
    }

    pub(crate) fn forget(&mut self, name: &str) {
        self.cookies.retain(|(other, _)| other != name);
    }

    fn keep(&mut self, cookie: &str) {
        for attribute in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
        }
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        assert!(name.starts_with("__Host-"), "{cookie}");
        self.forget(name);
        if !cookie.contains("Max-Age=0") {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// Where the API is, below the address of the console.
pub(crate) fn place(path: &str) -> String {
    format!("{BASE}{path}")
}
