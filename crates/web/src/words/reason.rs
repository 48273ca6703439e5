//! The reasons of a decision in words. A decision keeps them as pairs of English notes, `check` and `found`, whole and
//! for ever; here the known ones are read back and said in the reader's language.
//!
//! Goes in: a reader and one half of a pair. Comes out: words. A note of another kind is shown as it was kept. The
//! notes that a decision can write are listed in `policy/src/decide/found.txt`, and a test holds this file to them.

use crate::context::Cx;
use terms::customer::Language;
use terms::time::{Day, Instant};

/// What was looked at.
pub(crate) fn looked_at(cx: &Cx, check: &str) -> String {
    let channel = check.strip_prefix("address.").map(|channel| ("check.address", channel));
    match channel
        .or(check.strip_prefix("consent.marketing.").map(|channel| ("check.consent.marketing", channel)))
    {
        Some((key, channel)) => cx.t1(key, cx.name("channel", channel)),
        None => cx.name("check", check),
    }
}

/// What was found there.
pub(crate) fn was_found(cx: &Cx, check: &str, found: &str) -> String {
    known(cx, check, found).unwrap_or_else(|| found.to_owned())
}

fn known(cx: &Cx, check: &str, found: &str) -> Option<String> {
    let key = format!("found.{found}");
    if crate::i18n::knows(&key) {
        return Some(cx.t(key).to_owned());
    }
    let refused = format!("refused.{check}");
    if crate::i18n::knows(&refused) {
        return Some(cx.t(refused).to_owned());
    }
    if check == "message" {
        return Some(super::unmade_note(cx, found));
    }
    if let Some(why) = found.strip_prefix("suppressed: ") {
        return Some(cx.t1("found.suppressed", cx.name("suppression", why)));
    }
    if let Some(number) = found.strip_prefix("planned for campaign ") {
        return Some(cx.t1("found.planned_for", number));
    }
    if let Some(facts) = found.strip_prefix("could not be read: ") {
        let facts: Vec<String> = facts.split(", ").map(|fact| cx.name("check", fact)).collect();
        return Some(cx.t1("found.unread", facts.join(", ")));
    }
    if let Some(rest) = found.strip_prefix("may be sent from ") {
        let (at, zones) = rest.split_once(" in ")?;
        return Some(cx.t2("found.from", instant(cx, at)?, zones.replace('_', " ")));
    }
    if let Some(rest) = found.strip_prefix("no hour until ") {
        let (at, zones) = rest.split_once(" in ")?;
        return Some(cx.t2("found.no_hour", instant(cx, at)?, zones.replace('_', " ")));
    }
    for (start, key) in [("written in ", "found.written_in"), ("none in ", "found.none_in")] {
        if let Some(language) = found.strip_prefix(start) {
            let name = cx.name("lang", language.trim_matches('`'));
            // Spanish writes the names of languages with small letters.
            let name = if cx.lang == Language::Spanish { name.to_lowercase() } else { name };
            return Some(cx.t1(key, name));
        }
    }
    match check {
        "cap" => caps(cx, found),
        "topic" => found.strip_prefix("chose ").map(|topics| cx.t1("found.topics", topics)),
        "fatigue" => harm(cx, found),
        "worth" => worth(cx, found),
        "holdout" => {
            let day: Day = found.strip_prefix("drawn to hear no marketing until ")?.parse().ok()?;
            Some(cx.t1("found.drawn", cx.day(day)))
        }
        "personalisation" => personal(cx, found),
        _ => receipt(cx, found),
    }
}

/// `the next message does harm with 8.0 %, at least 3.0 %; the brand allows 2.0 %`.
fn harm(cx: &Cx, found: &str) -> Option<String> {
    let rest = found.strip_prefix("the next message does harm with ")?;
    let (expected, rest) = rest.split_once(", at least ")?;
    let (low, most) = rest.split_once("; the brand allows ")?;
    let percent = |text: &str| -> Option<String> {
        let number: f64 = text.strip_suffix(" %")?.parse().ok()?;
        Some(cx.pct(number / 100.0, 1))
    };
    Some(cx.t3("found.harm", percent(expected)?, percent(low)?, percent(most)?))
}

/// `the next message is worth -0.40, at most -0.10`, in the brand's currency.
fn worth(cx: &Cx, found: &str) -> Option<String> {
    let (expected, high) = found.strip_prefix("the next message is worth ")?.split_once(", at most ")?;
    let amount = |text: &str| -> Option<String> { Some(cx.signed_dec(text.parse::<f64>().ok()?, 2)) };
    Some(cx.t2("found.worth", amount(expected)?, amount(high)?))
}

/// `chose `basic`, personal facts allowed: 1; wording: usual`.
fn personal(cx: &Cx, found: &str) -> Option<String> {
    let rest = found.strip_prefix("chose `")?;
    let (level, rest) = rest.split_once('`')?;
    let level = cx.name("level", level);
    let Some(rest) = rest.strip_prefix(", personal facts allowed: ") else {
        return Some(cx.t1("found.personal.level", level));
    };
    let (allowed, wording) = rest.split_once("; wording: ")?;
    Some(cx.t3("found.personal", level, allowed, cx.name("found.wording", wording)))
}

fn instant(cx: &Cx, text: &str) -> Option<String> {
    let (day, clock) = text.split_once('T')?;
    let mut parts = clock.trim_end_matches('Z').splitn(3, ':');
    let (hour, minute): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let day: Day = day.parse().ok()?;
    let at: Instant = day.start().plus_hours(hour).plus_seconds(minute * 60);
    Some(cx.when(at))
}

/// `0 of 4 in 30 days, 0 of 1 in 3 days`.
fn caps(cx: &Cx, found: &str) -> Option<String> {
    let lines: Option<Vec<String>> = found
        .split(", ")
        .map(|line| {
            let (used, rest) = line.split_once(" of ")?;
            let (limit, days) = rest.strip_suffix(" days")?.split_once(" in ")?;
            Some(cx.t3("found.cap", used, limit, days))
        })
        .collect();
    lines.map(|lines| lines.join("; "))
}

/// `granted 2026-01-04 as soft opt-in with sale evidence through checkout, notice v3`.
fn receipt(cx: &Cx, found: &str) -> Option<String> {
    let (head, notice) = match found.split_once(", notice ") {
        Some((head, notice)) => (head, Some(notice)),
        None => (found, None),
    };
    let (head, source) = match head.split_once(" through ") {
        Some((head, source)) => (head, Some(source)),
        None => (head, None),
    };
    let (head, basis) = match head.split_once(" as ") {
        Some((head, basis)) => (head, Some(basis)),
        None => (head, None),
    };
    let (status, day) = head.split_once(' ')?;
    let day: Day = day.parse().ok()?;
    let mut parts = vec![cx.t2("found.receipt", cx.name("consent", status), cx.day(day))];
    if let Some(basis) = basis {
        parts.push(cx.name("asbasis", basis.replace([' ', '-'], "_")));
    }
    if let Some(source) = source {
        parts.push(cx.t1("found.source", cx.name("source", source)));
    }
    if let Some(notice) = notice {
        parts.push(cx.t1("found.notice", notice));
    }
    Some(parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Theme;

    fn cx(lang: Language) -> Cx {
        Cx {
            lang,
            theme: Theme::Auto,
            person: None,
            permissions: None,
            path: "/".into(),
            json: false,
            done: None,
            ai_stopped: None,
        }
    }

    #[test]
    fn every_reason_a_decision_can_give_is_told_in_spanish() {
        let notes = include_str!("../../../policy/src/decide/found.txt");
        let pairs: Vec<_> = notes.lines().filter_map(|line| line.split_once(" | ")).collect();
        assert!(pairs.len() > 20, "{}", pairs.len());
        let cx = cx(Language::Spanish);
        for (check, found) in pairs {
            assert!(known(&cx, check, found).is_some(), "`{check}` `{found}` has no words");
            let told = format!("{} {}", looked_at(&cx, check), was_found(&cx, check, found));
            for english in [" of ", " in ", "through", "notice", "granted", "not ", "consent.", "could"] {
                assert!(!told.contains(english), "`{english}` in `{told}`");
            }
        }
    }

    #[test]
    fn a_receipt_is_told_with_its_day_its_source_and_its_notice() {
        let found = "granted 2026-01-04 as soft opt-in with sale evidence through sale, notice v3";
        assert_eq!(
            was_found(&cx(Language::Spanish), "consent.marketing.email", found),
            "Concedido el 4\u{a0}ene\u{a0}2026 · soft opt-in con prueba de venta · vía una venta · aviso v3"
        );
        assert_eq!(
            was_found(&cx(Language::English), "cap", "0 of 4 in 30 days, 0 of 1 in 3 days"),
            "0 of 4 in 30 days; 0 of 1 in 3 days"
        );
    }

    #[test]
    fn a_note_nobody_foresaw_is_shown_as_it_was_kept() {
        assert_eq!(was_found(&cx(Language::Spanish), "weather", "rain <b>"), "rain <b>");
    }
}
