//! Somebody with a web browser: keeps cookies, says where it comes from.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::common::{Answer, PASSWORD, PATIENCE, TestHost, pinned};

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

    /// Somebody whose browser says that it is this one, on a box that has an owner.
    pub(crate) fn called(host: &'a TestHost, user_agent: &str) -> Self {
        if !host.owner().is_claimed() {
            host.claim();
        }
        let tls = pinned(host.host().identity().certificate_der());
        let client = Client::builder().tls_backend_preconfigured(tls).no_proxy().timeout(PATIENCE);
        Self { host, client: client.user_agent(user_agent).build().unwrap(), cookies: Vec::new() }
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

    /// A browser that was here before the host was started anew, with the cookies that it had.
    pub(crate) fn with(host: &'a TestHost, cookies: Vec<(String, String)>) -> Self {
        Self { host, client: host.https(), cookies }
    }

    pub(crate) fn cookies(&self) -> Vec<(String, String)> {
        self.cookies.clone()
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
        let mut request = self.request(method, &self.host.url(path));
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self.host.send(request);
        for cookie in &answer.cookies {
            self.keep(cookie);
        }
        answer
    }

    /// A request as the console's own page sends it.
    pub(crate) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.bare_request(method, url)
            .header("origin", format!("https://{}", self.host.console()))
            .header("sec-fetch-site", "same-origin")
    }

    /// A request with this browser's cookies that says nothing of where it comes from.
    pub(crate) fn bare_request(&self, method: Method, url: &str) -> RequestBuilder {
        let request = self.client.request(method, url);
        match self.cookie_header() {
            Some(cookies) => request.header("cookie", cookies),
            None => request,
        }
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
