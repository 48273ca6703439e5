//! The customer's preference centre: what may be sent, about what, how often, how personal, what may be done with their
//! data. Taking everything back is one click, as is saving.

use crate::context::Cx;
use crate::error::Fault;
use crate::{WebState, respond};
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Form};
use flow::views::{PreferencesForm, PreferencesView};
use terms::consent::Channel;
use terms::preference::Personalisation;

#[derive(Template)]
#[template(path = "preferences.html")]
pub(super) struct PreferencesPage {
    pub(super) cx: Cx,
    pub(super) view: PreferencesView,
    /// True when the choices could not be taken.
    pub(super) refused: bool,
    /// True when the browser sends the Global Privacy Control signal.
    pub(super) gpc: bool,
}

impl PreferencesPage {
    fn is_cap(&self, cap: &u32) -> bool {
        self.view.max_per_month == Some(*cap)
    }

    /// Caps on offer, with the customer's own among them.
    fn caps(&self) -> Vec<u32> {
        let mut caps = vec![1, 2, 4, 8];
        caps.extend(self.view.max_per_month.filter(|cap| *cap > 0));
        caps.sort_unstable();
        caps.dedup();
        caps
    }

    fn channel(&self, channel: &Channel) -> String {
        match channel {
            Channel::Email => self.cx.t("pr.marketing").to_owned(),
            other => self.cx.t1("pr.marketing_by", self.cx.name("channel", other)),
        }
    }

    fn levels(&self) -> &'static [Personalisation] {
        Personalisation::ALL
    }

    fn is_level(&self, level: &Personalisation) -> bool {
        self.view.personalisation == *level
    }
}

/// What the page sends, name by name: a box that is not ticked is not sent.
type Typed = Vec<(String, String)>;

/// The choices; `None` when something was named that is not on offer. Without a language the customer keeps theirs.
fn read(typed: &Typed) -> Option<PreferencesForm> {
    let all_of = |name: &'static str| -> Vec<&str> {
        typed.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    };
    let one = |name: &'static str| all_of(name).first().copied().unwrap_or_default();
    let ticked = |name: &'static str| !one(name).is_empty();
    if ticked("nothing") {
        // Everything off in one click; how often, language and level stay.
        return Some(PreferencesForm {
            channels: Vec::new(),
            profiling: false,
            ai_content: false,
            measurement: false,
            sharing: false,
            personalisation: None,
            topics: None,
            max_per_month: None,
            language: None,
        });
    }
    let channels: Result<Vec<Channel>, _> = all_of("channel").into_iter().map(str::parse).collect();
    let language = match one("language") {
        "" => None,
        named => Some(named.parse().ok()?),
    };
    let personalisation = match one("personalisation") {
        "" => None,
        named => Some(named.parse().ok()?),
    };
    let topics = all_of("topic").into_iter().map(str::to_owned).collect();
    Some(PreferencesForm {
        channels: channels.ok()?,
        profiling: ticked("profiling"),
        ai_content: ticked("ai_content"),
        measurement: ticked("measurement"),
        sharing: ticked("sharing"),
        personalisation,
        topics: ticked("topics_shown").then_some(topics),
        max_per_month: one("max_per_month").parse().ok().filter(|cap| *cap > 0),
        language,
    })
}

/// True for `Sec-GPC: 1`.
fn signals(headers: &HeaderMap) -> bool {
    headers.get("sec-gpc").is_some_and(|value| value.as_bytes() == b"1")
}

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let (Path(token), gpc) = (token?, signals(&headers));
    if gpc {
        state.app.gpc_at_centre(&token).await?;
    }
    let view = state.app.preferences(&token).await?;
    cx.lang = view.language;
    respond::face(&cx, view, |view| PreferencesPage { cx: cx.clone(), view, refused: false, gpc })
}

/// Saves, and shows what was saved.
pub(crate) async fn save(
    State(state): State<WebState>,
    Extension(mut cx): Extension<Cx>,
    token: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    typed: Result<Form<Typed>, FormRejection>,
) -> Result<Response, Fault> {
    let Path(token) = token?;
    let gpc = signals(&headers);
    // Whose page it is comes first, and nothing is changed by halves: what cannot be read comes back as things are.
    let before = state.app.preferences(&token).await?;
    cx.lang = before.language;
    let typed = typed.ok().map(|Form(typed)| typed);
    let back = |typed: &Typed| typed.iter().any(|(name, value)| name == "objection" && value == "withdraw");
    let view = if typed.as_ref().is_some_and(back) {
        state.app.withdraw_objection(&token).await?
    } else {
        let Some(form) = typed.as_ref().and_then(read) else {
            let page = PreferencesPage { cx, view: before, refused: true, gpc };
            return respond::html(StatusCode::UNPROCESSABLE_ENTITY, &page);
        };
        state.app.save_preferences(&token, &form).await?
    };
    cx.lang = view.language;
    respond::face(&cx, view, |view| PreferencesPage { cx: cx.clone(), view, refused: false, gpc })
}

#[cfg(test)]
mod tests {
    use super::*;
    use terms::customer::Language;

    fn typed(pairs: &[(&str, &str)]) -> Option<PreferencesForm> {
        read(&pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn a_box_that_is_not_ticked_is_a_no() {
        let form = typed(&[("channel", "email"), ("channel", "sms")]).unwrap();
        assert_eq!(form.channels, [Channel::Email, Channel::Sms]);
        assert!(!form.profiling && !form.ai_content && !form.measurement && !form.sharing);
        assert_eq!((form.max_per_month, form.language, form.topics), (None, None, None));
        let form = typed(&[("topics_shown", "yes")]).unwrap();
        assert_eq!((form.channels.len(), form.topics), (0, Some(Vec::new())));
    }

    #[test]
    fn everything_off_is_one_click_whatever_else_was_ticked() {
        let form = typed(&[("nothing", "yes"), ("channel", "email"), ("sharing", "yes")]).unwrap();
        assert!(form.channels.is_empty() && !form.sharing && form.language.is_none());
    }

    #[test]
    fn what_is_not_on_offer_is_refused_and_no_language_keeps_the_customers_own() {
        assert_eq!(typed(&[("language", "xx")]), None);
        assert_eq!(typed(&[("channel", "fax")]), None);
        assert_eq!(typed(&[("personalisation", "total")]), None);
        assert_eq!(typed(&[]).unwrap().language, None);
        assert_eq!(typed(&[("language", "es")]).unwrap().language, Some(Language::Spanish));
    }
}
