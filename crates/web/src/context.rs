//! What every template knows about its reader: language, theme, person, address. Words and formats come from here.
//!
//! Goes in: request headers and, behind a policy, the person. Comes out: `t` for words, `money`, `pct`, `day` and so
//! on for values. It loads nothing and decides nothing.

use crate::cookies;
use crate::format::{self, Number};
use crate::i18n;
use axum::http::{HeaderMap, Uri, header};
use std::fmt::Display;
use terms::customer::Language;
use terms::person::Person;
use terms::time::{Day, Instant};

/// A day behind any number of references, which is how templates hand it over.
pub(crate) trait AsDay {
    /// The day.
    fn as_day(&self) -> Day;
}

impl AsDay for Day {
    fn as_day(&self) -> Day {
        *self
    }
}

impl<T: AsDay + ?Sized> AsDay for &T {
    fn as_day(&self) -> Day {
        (**self).as_day()
    }
}

/// An instant behind any number of references.
pub(crate) trait AsInstant {
    /// The instant.
    fn as_instant(&self) -> Instant;
}

impl AsInstant for Instant {
    fn as_instant(&self) -> Instant {
        *self
    }
}

impl<T: AsInstant + ?Sized> AsInstant for &T {
    fn as_instant(&self) -> Instant {
        (**self).as_instant()
    }
}

/// Colour scheme chosen by the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the device says.
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The theme of a cookie or form value; anything unknown follows the device.
    pub(crate) fn of(text: Option<&str>) -> Self {
        match text {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::Auto,
        }
    }

    /// Text in the cookie and in the page.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The reader of a page.
#[derive(Debug, Clone)]
pub(crate) struct Cx {
    /// Language of the page.
    pub(crate) lang: Language,
    /// Colour scheme.
    pub(crate) theme: Theme,
    /// Who is signed in, if somebody is.
    pub(crate) person: Option<Person>,
    /// What they may do here, where the guard of the routes has asked.
    pub(crate) permissions: Option<Vec<flow::access::Permission>>,
    /// Path and query of the request, to come back to.
    pub(crate) path: String,
    /// True when the answer is to be JSON.
    pub(crate) json: bool,
    /// What was just done, as a key of the language files, shown once.
    pub(crate) done: Option<String>,
    /// How all AI was stopped, while it is: told on every page of the house.
    pub(crate) ai_stopped: Option<flow::oversight::AiThrow>,
}

impl Cx {
    /// The reader as the headers describe them; nobody is signed in yet.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri) -> Self {
        let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let lang = cookies::read(headers, cookies::LANG)
            .and_then(|lang| lang.parse().ok())
            .unwrap_or_else(|| preferred(text(header::ACCEPT_LANGUAGE).unwrap_or_default()));
        let accept = text(header::ACCEPT).unwrap_or_default();
        let path = uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        let done = uri
            .query()
            .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("done=")))
            .map(|done| format!("done.{done}"))
            .filter(|key| i18n::knows(key));
        Self {
            lang,
            theme: Theme::of(cookies::read(headers, cookies::THEME)),
            person: None,
            permissions: None,
            path,
            json: accept.contains("application/json") && !accept.contains("text/html"),
            done,
            ai_stopped: None,
        }
    }

    /// A reader of a language who is at no page, such as one at the command line.
    pub(crate) fn in_language(lang: Language) -> Self {
        Self {
            lang,
            theme: Theme::Auto,
            person: None,
            permissions: None,
            path: "/".to_owned(),
            json: false,
            done: None,
            ai_stopped: None,
        }
    }

    /// Words in the reader's language.
    pub(crate) fn t(&self, key: impl AsRef<str>) -> &'static str {
        i18n::text(self.lang, key.as_ref())
    }

    /// Words with one value in them, at `{0}`.
    pub(crate) fn t1(&self, key: &str, a: impl Display) -> String {
        i18n::fill(self.t(key), &[&a])
    }

    /// Words with two values in them.
    pub(crate) fn t2(&self, key: &str, a: impl Display, b: impl Display) -> String {
        i18n::fill(self.t(key), &[&a, &b])
    }

    /// Words with three values in them.
    pub(crate) fn t3(&self, key: &str, a: impl Display, b: impl Display, c: impl Display) -> String {
        i18n::fill(self.t(key), &[&a, &b, &c])
    }

    /// A number of things: `key.one` or `key.other`, with the number at `{0}`.
    pub(crate) fn plural(&self, key: &str, n: impl Number) -> String {
        let form = if n.as_f64() == 1.0 { "one" } else { "other" };
        i18n::fill(i18n::text(self.lang, &format!("{key}.{form}")), &[&self.n(n)])
    }

    /// The word for a value of a closed set (`stage.churned`); the value itself when there is none.
    pub(crate) fn name(&self, group: &str, value: impl Display) -> String {
        let value = value.to_string();
        let key = format!("{group}.{value}");
        if i18n::knows(&key) { self.t(&key).to_owned() } else { value.replace('_', " ") }
    }

    /// A whole number.
    pub(crate) fn n(&self, value: impl Number) -> String {
        format::decimal(self.lang, value.as_f64(), 0)
    }

    /// A whole number with its sign.
    pub(crate) fn signed(&self, value: impl Number) -> String {
        format::signed(self.lang, value.as_f64(), 0)
    }

    /// A number with digits after the separator.
    pub(crate) fn dec(&self, value: impl Number, digits: usize) -> String {
        format::decimal(self.lang, value.as_f64(), digits)
    }

    /// A number with its sign and digits after the separator.
    pub(crate) fn signed_dec(&self, value: impl Number, digits: usize) -> String {
        format::signed(self.lang, value.as_f64(), digits)
    }

    /// A share (0 to 1) in percent.
    pub(crate) fn pct(&self, share: impl Number, digits: usize) -> String {
        format::percent(self.lang, share.as_f64(), digits)
    }

    /// A probability in percent, never told as none or all unless it is exactly so.
    pub(crate) fn chance(&self, probability: impl Number, digits: usize) -> String {
        format::chance(self.lang, probability.as_f64(), digits)
    }

    /// A change of a share (0 to 1) in percentage points with its sign and two digits.
    pub(crate) fn points(&self, share: impl Number) -> String {
        format::signed_points(self.lang, share.as_f64())
    }

    /// An amount in major units; without cents from a thousand on.
    pub(crate) fn money(&self, amount: impl Number, currency: &str) -> String {
        let amount = amount.as_f64();
        let digits = usize::from(amount.abs() < 1_000.0 && amount != 0.0) * 2;
        format::money(self.lang, amount, currency, digits)
    }

    /// An amount to the cent.
    pub(crate) fn cents(&self, amount: impl Number, currency: &str) -> String {
        format::money(self.lang, amount.as_f64(), currency, 2)
    }

    /// An amount with its sign, to the cent.
    pub(crate) fn gain(&self, amount: impl Number, currency: &str) -> String {
        format::signed_money(self.lang, amount.as_f64(), currency, 2)
    }

    /// Change from one number to another, in percent with its sign; a dash when there was nothing before.
    pub(crate) fn change(&self, now: impl Number, before: impl Number) -> String {
        let (now, before) = (now.as_f64(), before.as_f64());
        if before == 0.0 { "–".to_owned() } else { format::signed_percent(self.lang, now / before - 1.0) }
    }

    /// A calendar day.
    pub(crate) fn day(&self, day: impl AsDay) -> String {
        format::day(self.lang, day.as_day())
    }

    /// A calendar day without its year.
    pub(crate) fn short_day(&self, day: impl AsDay) -> String {
        format::short_day(self.lang, day.as_day())
    }

    /// A month with its year.
    pub(crate) fn month(&self, day: impl AsDay) -> String {
        format::month(self.lang, day.as_day())
    }

    /// A day and time of day, UTC.
    pub(crate) fn when(&self, at: impl AsInstant) -> String {
        format::instant(self.lang, at.as_instant())
    }

    /// The day an instant lies in.
    pub(crate) fn on(&self, at: impl AsInstant) -> String {
        format::day(self.lang, at.as_instant().day())
    }

    /// True when `path` is the section the reader is in.
    pub(crate) fn within(&self, section: &str) -> bool {
        let here = self.path.split('?').next().unwrap_or_default();
        here == section
            || (section != "/" && here.strip_prefix(section).is_some_and(|rest| rest.starts_with('/')))
    }

    /// `class` for a change: `up`, `down` or `flat`.
    pub(crate) fn trend(&self, now: impl Number, before: impl Number) -> &'static str {
        match now.as_f64().partial_cmp(&before.as_f64()) {
            Some(std::cmp::Ordering::Greater) => "up",
            Some(std::cmp::Ordering::Less) => "down",
            _ => "flat",
        }
    }

    /// True when the signed-in person may do this.
    pub(crate) fn may(&self, permission: flow::access::Permission) -> bool {
        match (&self.permissions, &self.person) {
            (Some(permissions), _) => permissions.contains(&permission),
            (None, Some(person)) => flow::access::allows(person.role, permission),
            (None, None) => false,
        }
    }

    /// May the reader write campaigns?
    pub(crate) fn may_compose(&self) -> bool {
        self.may(flow::access::Permission::Compose)
    }

    /// May the reader see to consents and rights?
    pub(crate) fn may_manage_rights(&self) -> bool {
        self.may(flow::access::Permission::ManageRights)
    }

    /// May the reader keep rules of the brand?
    pub(crate) fn may_keep_rules(&self) -> bool {
        self.may(flow::access::Permission::KeepRules)
    }

    /// May the reader override built-in rules?
    pub(crate) fn may_override_rules(&self) -> bool {
        self.may(flow::access::Permission::OverrideRules)
    }

    /// May the reader settle messages in doubt?
    pub(crate) fn may_reconcile(&self) -> bool {
        self.may(flow::access::Permission::Reconcile)
    }
}

/// The better of our two languages for an `Accept-Language` header; English when it names neither.
fn preferred(accept: &str) -> Language {
    let mut best = (Language::English, 0.0_f32);
    for part in accept.split(',') {
        let mut pieces = part.split(';');
        let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = pieces
            .find_map(|piece| piece.trim().strip_prefix("q="))
            .map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0));
        let language = match tag.split('-').next() {
            Some("es") => Language::Spanish,
            Some("en") => Language::English,
            _ => continue,
        };
        if weight > best.1 {
            best = (language, weight);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_language_of_the_two_wins() {
        assert_eq!(preferred("es-ES,es;q=0.9,en;q=0.8"), Language::Spanish);
        assert_eq!(preferred("fr-FR, en;q=0.7, es;q=0.3"), Language::English);
        assert_eq!(preferred("en;q=0.2, es;q=0.9"), Language::Spanish);
        assert_eq!(preferred("de"), Language::English);
        assert_eq!(preferred(""), Language::English);
    }

    #[test]
    fn only_known_notices_are_shown() {
        let cx = |uri: &str| Cx::of(&HeaderMap::new(), &uri.parse().unwrap());
        assert_eq!(cx("/campaigns/1?done=saved").done.as_deref(), Some("done.saved"));
        assert_eq!(cx("/campaigns/1?done=%3Cscript%3E").done, None);
    }
}
