//! Routes with a policy. There is no other way to register one: [`Routes::get`] and [`Routes::post`] ask for it.
//!
//! Goes in: path, policy, handler. Comes out: a router whose every handler stands behind [`guard`], and a table of
//! what was registered, which the tests walk through role by role. A handler that wants the person takes
//! `Extension<Staff>`, which only the guard can put there.

use crate::context::Cx;
use crate::error::{self, Face, Fault, NotAllowed};
use crate::visitor::opts_out;
use crate::{WebState, origin, session};
use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing;
use flow::access::Permission;
use terms::person::Person;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Anybody: sign-in, health, assets, choice of language.
    Public,
    /// Anybody, on the brand's own face: no account, no way into the house. Changes come from our own forms.
    Visitor,
    /// Whoever holds the signed token in the address. No session is read, so there is nothing to forge.
    Customer,
    /// A signed-in person whose role has this permission.
    Staff(Permission),
    /// A program with a key of its own (write key, partner's key), which the handler looks up. No cookie is read, so there is nothing to forge.
    WriteKey,
}

/// The signed-in person of a request that passed a [`Policy::Staff`].
#[derive(Debug, Clone)]
pub(crate) struct Staff(pub(crate) Person);

/// One registered route.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), expect(dead_code, reason = "the table is what the policy tests read"))]
pub(crate) struct Registered {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) policy: Policy,
}

/// A router under construction.
pub(crate) struct Routes {
    router: Router<WebState>,
    table: Vec<Registered>,
    state: WebState,
}

impl Routes {
    /// No routes yet.
    pub(crate) fn new(state: WebState) -> Self {
        Self { router: Router::new(), table: Vec::new(), state }
    }

    /// Registers a page.
    pub(crate) fn get<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, WebState>,
        T: 'static,
    {
        self.add(Method::GET, path, policy, routing::get(handler))
    }

    /// Registers a change.
    pub(crate) fn post<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, WebState>,
        T: 'static,
    {
        self.add(Method::POST, path, policy, routing::post(handler))
    }

    /// Registers a withdrawal.
    pub(crate) fn delete<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, WebState>,
        T: 'static,
    {
        self.add(Method::DELETE, path, policy, routing::delete(handler))
    }

    /// Registers what browsers ask before they send to another site.
    pub(crate) fn options<H, T>(self, path: &'static str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, WebState>,
        T: 'static,
    {
        self.add(Method::OPTIONS, path, policy, routing::options(handler))
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        policy: Policy,
        handler: routing::MethodRouter<WebState>,
    ) -> Self {
        let guarded =
            handler.route_layer(middleware::from_fn_with_state((self.state.clone(), policy), guard));
        self.router = self.router.route(path, guarded);
        self.table.push(Registered { method, path, policy });
        self
    }

    /// The router and the table of what is in it.
    pub(crate) fn finish(self) -> (Router<WebState>, Vec<Registered>) {
        let router = self
            .router
            .fallback(missing)
            .method_not_allowed_fallback(missing)
            .layer(middleware::from_fn_with_state(self.state, outermost));
        (router, self.table)
    }
}

/// Lets a request through when its policy holds, and puts the reader into it.
async fn guard(
    State((state, policy)): State<(WebState, Policy)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Fault> {
    if policy == Policy::WriteKey {
        return Ok(next.run(request).await);
    }
    let changes = request.method() != Method::GET && request.method() != Method::HEAD;
    if changes && policy != Policy::Customer && !origin::is_same(request.headers()) {
        return Err(Fault::Forged);
    }
    let mut cx = Cx::of(request.headers(), request.uri());
    if let Policy::Staff(permission) = policy {
        let person = match session::token(request.headers(), state.options) {
            Some(token) => state.app.session(token).await?,
            None => None,
        };
        let Some(person) = person else {
            if cx.json {
                return Err(Fault::SignedOut);
            }
            let back = if changes { "/" } else { cx.path.as_str() };
            return Ok(Redirect::to(&format!("/sign-in?next={}", encode(back))).into_response());
        };
        if let Err(error) = state.app.needs(&person, permission) {
            let denied = match error {
                flow::Error::Denied(denied) => Some(denied),
                flow::Error::Forbidden => None,
                other => return Err(Fault::App(other)),
            };
            let who = state.app.who_may(permission).await?;
            return Err(Fault::NotAllowed(Box::new(NotAllowed { denied, who })));
        }
        cx.permissions = Some(state.app.access().permissions(&person, state.app.now()));
        cx.person = Some(person.clone());
        cx.ai_stopped = state.app.ai_stopped().await?;
        request.extensions_mut().insert(Staff(person));
    }
    // `Sec-GPC: 1` counts before the page is answered: whoever opens a link of theirs has said it.
    if policy == Policy::Customer
        && opts_out(request.headers())
        && let Some((kind, token)) = own_link(request.uri().path())
    {
        state.app.gpc_by_link(kind, token).await?;
    }
    request.extensions_mut().insert(cx);
    let mut response = next.run(request).await;
    if matches!(policy, Policy::Customer | Policy::Visitor) {
        response.extensions_mut().insert(Face::Customer);
    }
    Ok(response)
}

/// Turns every error into a page with a way out, whoever made it.
async fn outermost(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let mut cx = Cx::of(request.headers(), request.uri());
    let token = session::token(request.headers(), state.options).map(str::to_owned);
    let response = next.run(request).await;
    if !error::wants_page(&response) {
        return response;
    }
    if response.extensions().get::<Face>().is_none()
        && let Some(token) = token
    {
        cx.person = state.app.session(&token).await.ok().flatten();
        if cx.person.is_some() {
            cx.ai_stopped = state.app.ai_stopped().await.ok().flatten();
        }
    }
    error::page(&cx, response)
}

/// The letter and the token of a customer's link, such as `/p/118-9f86…`.
fn own_link(path: &str) -> Option<(char, &str)> {
    let (kind, rest) = path.strip_prefix('/')?.split_once('/')?;
    let mut letters = kind.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    Some((letter, rest.split('/').next()?))
}

async fn missing() -> Fault {
    Fault::App(flow::Error::NotFound)
}

/// Percent-encodes a path for a query value.
pub(crate) fn encode(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}

/// A path of our own to go back to: never another host, whatever a link says.
pub(crate) fn own_path(path: &str) -> &str {
    let safe = path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/\\")
        && path.bytes().all(|byte| byte > b' ' && byte < 0x7f && byte != b'\\');
    if safe { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_back_never_leads_to_another_host() {
        assert_eq!(own_path("/customers?q=stage+%3D+new"), "/customers?q=stage+%3D+new");
        for hostile in
            ["//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "", "/a\r\nb"]
        {
            assert_eq!(own_path(hostile), "/", "{hostile}");
        }
    }

    #[test]
    fn a_path_survives_as_a_query_value() {
        assert_eq!(encode("/customers?q=a&page=2"), "/customers%3Fq%3Da%26page%3D2");
    }
}
