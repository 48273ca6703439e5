//! The pages, over TCP, with the sessions of people who signed in with their passwords.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use flow::App;
use miette::{IntoDiagnostic, Result, miette};
use terms::model::ModelState;
use terms::person::{Person, Role};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::Tries;

/// The reason every move over the pages gives.
pub(super) const WHY: &str = "over the pages";

/// The pages of an installation, and who is signed in.
pub(super) struct Pages {
    address: String,
    cookies: BTreeMap<String, String>,
    stop: oneshot::Sender<()>,
}

impl Pages {
    /// Serves them and signs everybody in.
    pub(super) async fn serve(app: &App, people: &[Person]) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.into_diagnostic()?;
        let address = listener.local_addr().into_diagnostic()?.to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = web::serve(listener, app.clone(), web::WebOptions::default(), async {
            let _ = stopped.await;
        });
        tokio::spawn(served);
        let mut pages = Self { address, cookies: BTreeMap::new(), stop };
        for person in people.iter().filter(|person| Role::ALL.contains(&person.role)) {
            let body = form(&[("email", &person.email), ("password", testkit::PASSWORD)]);
            let (_, head) = pages.post("/sign-in", "", "", &body).await?;
            if let Some(cookie) = value_of(&head, "set-cookie") {
                let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
                pages.cookies.insert(person.email.clone(), cookie);
            }
        }
        if pages.cookies.is_empty() {
            return Err(miette!("nobody could sign in"));
        }
        Ok(pages)
    }

    pub(super) fn stop(self) {
        let _ = self.stop.send(());
    }

    /// Posts a form; the status and the head of the answer. An empty `origin` is the pages' own.
    async fn post(&self, path: &str, cookie: &str, origin: &str, body: &str) -> Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).await.into_diagnostic()?;
        let own = format!("http://{}", self.address);
        let origin = if origin.is_empty() { own.as_str() } else { origin };
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nOrigin: {origin}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        if !cookie.is_empty() {
            let _ = write!(head, "Cookie: {cookie}\r\n");
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.into_diagnostic()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.into_diagnostic()?;
        let answer = String::from_utf8_lossy(&answer);
        let head = answer.split("\r\n\r\n").next().unwrap_or_default().to_owned();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Ok((status, head))
    }

    /// A decision about a version as somebody who is signed in; whether it was made.
    pub(super) async fn step(&self, email: &str, path: &str, step: &str, share: i64) -> Result<bool> {
        let cookie = self.cookies.get(email).map_or("", String::as_str);
        self.decide(path, cookie, "", step, share).await
    }

    async fn decide(&self, path: &str, cookie: &str, origin: &str, step: &str, share: i64) -> Result<bool> {
        let body = form(&[("step", step), ("share", &share.to_string()), ("why", WHY)]);
        let (status, head) = self.post(path, cookie, origin, &body).await?;
        Ok(status == 303 && value_of(&head, "location").is_some_and(|to| to.contains("done=")))
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        text.bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    pairs.join("&")
}

fn value_of<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (is, value) = line.split_once(':')?;
        is.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

impl Tries {
    /// What is allowed is done over the pages.
    pub(super) async fn control_pages(&mut self, pages: &Pages) -> Result<()> {
        if !pages.step(&self.approver.email, "/models/stage@2", "live", 0).await? {
            return Err(miette!(
                "the pages refuse a promotion that is allowed: no try over them proves anything"
            ));
        }
        self.put_back().await
    }

    /// A request that must not be answered by a move.
    pub(super) async fn page(&mut self, pages: &Pages) -> Result<()> {
        let (person, step) = self.forbidden()?;
        let path = format!("/models/{}", step.label);
        let approver = pages.cookies.get(&self.approver.email).cloned().unwrap_or_default();
        let taken = match self.below(6) {
            0 => pages.decide("/models/stage@2", "", "", "live", 0).await?,
            1 => {
                // A session nobody has: the approver's cookie with another last letter.
                let forged =
                    format!("{}x", approver.get(..approver.len().saturating_sub(1)).unwrap_or_default());
                pages.decide("/models/stage@2", &forged, "", "live", 0).await?
            }
            2 => pages.decide("/models/stage@2", &approver, "https://elsewhere.example", "live", 0).await?,
            3 => {
                let others: Vec<&String> =
                    pages.cookies.keys().filter(|email| **email != self.approver.email).collect();
                let email = self.one(&others).cloned().unwrap_or_default();
                pages.step(&email, &path, "rollback", 0).await?
            }
            4 if person.role != Role::PrivacyOfficer => {
                pages.step(&person.email, "/models/gates/stage", "live", 0).await?
            }
            _ if step.to == ModelState::Canary => {
                pages.step(&person.email, &path, "canary", step.share).await?
            }
            _ => pages.step(&person.email, &path, step.to.as_str(), step.share).await?,
        };
        self.came_out("page with a session", taken).await
    }
}
