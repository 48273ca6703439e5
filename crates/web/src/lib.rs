//! The pages of Candor: server-rendered, in English and Spanish, light and dark, without a request to anywhere else.
//!
//! Goes in: a [`flow::App`] and [`WebOptions`]. Comes out: one [`axum::Router`]. Each page is one view struct of
//! `flow::views`, one handler and one template; the same struct answers `Accept: application/json`.
//! Deliberately absent: SQL, science, decisions, and any route without a policy (see `route`).

mod assets;
mod charts;
mod context;
mod cookies;
pub mod documents;
mod error;
#[cfg(test)]
mod facts_over_http;
mod format;
mod highlight;
#[cfg(test)]
mod house_over_http;
mod i18n;
#[cfg(test)]
mod log_over_http;
#[cfg(test)]
mod matrix;
mod origin;
mod pages;
mod respond;
mod route;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod samples_access;
#[cfg(test)]
mod samples_consent;
#[cfg(test)]
mod samples_facts;
#[cfg(test)]
mod samples_fairness;
#[cfg(test)]
mod samples_guard;
#[cfg(test)]
mod samples_long_term;
#[cfg(test)]
mod samples_models;
#[cfg(test)]
mod samples_processing;
#[cfg(test)]
mod samples_training;
mod security;
mod session;
#[cfg(test)]
mod training_over_http;
mod visitor;
mod words;

use axum::Router;

/// How the pages are served.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebOptions {
    /// True when the pages are reached over https: cookies are then `Secure` and carry the `__Host-` prefix.
    pub secure_cookies: bool,
}

/// What every handler can reach.
#[derive(Clone)]
pub(crate) struct WebState {
    pub(crate) app: flow::App,
    pub(crate) options: WebOptions,
}

/// Serves the pages on a listener until `stop` resolves; requests under way are answered first.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    app: flow::App,
    options: WebOptions,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(app, options).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

/// All pages as one service.
///
/// ```no_run
/// # async fn serve(app: flow::App) -> std::io::Result<()> {
/// let router = web::router(app, web::WebOptions { secure_cookies: false });
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:7070").await?;
/// axum::serve(listener, router).await
/// # }
/// ```
pub fn router(app: flow::App, options: WebOptions) -> Router {
    let state = WebState { app, options };
    let (router, _table) = pages::routes(state.clone()).finish();
    security::harden(router.with_state(state))
}
