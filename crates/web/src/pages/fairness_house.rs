//! Fairness of the house as a whole, in words and pictures: what gives a group away, and how often groups are contacted; and
//! how each campaign fared from audit to audit.

use crate::charts::{self, Span};
use crate::context::Cx;
use crate::pages::fairness::attribute;
use flow::audit::{AttributeAudit, AuditLine, Flip, GroupProxies, HouseAudit, UsedProxy};
use terms::estimate::Evidence;

/// Features of a group that are drawn.
const DRAWN: usize = 8;
/// Campaigns whose course is drawn, and audits of each.
const COURSES: (usize, usize) = (6, 12);
/// From this area on a feature gives a group away, as in the science.
const TELLING: f64 = 0.6;

fn told(evidence: &Evidence) -> Option<(f64, f64, f64)> {
    match evidence {
        Evidence::Sufficient(found) => Some((found.value, found.interval.low, found.interval.high)),
        Evidence::Insufficient { .. } => None,
    }
}

/// A value with its interval in words.
fn words(cx: &Cx, evidence: &Evidence, write: &dyn Fn(f64) -> String) -> String {
    told(evidence).map_or_else(
        || cx.t("fair.too_few").to_owned(),
        |(value, low, high)| format!("{} ({} – {})", write(value), write(low), write(high)),
    )
}

/// How well features tell one group.
pub(super) struct ProxyShown {
    pub(super) title: String,
    pub(super) sentence: String,
    pub(super) chart: String,
    /// Feature, area with interval, area of the number itself, whether it gives the group away.
    pub(super) rows: Vec<(String, String, String, bool)>,
}

/// An attribute.
pub(super) struct AttributeShown {
    pub(super) name: String,
    pub(super) proxies: Vec<ProxyShown>,
    /// What people of each group get, as drawings.
    pub(super) contacts: String,
    pub(super) never: String,
    pub(super) never_offered: String,
    /// Group, contacts, never contacted, never offered.
    pub(super) rows: Vec<(String, String, String, String)>,
    /// How far apart.
    pub(super) ratios: Vec<String>,
    pub(super) withheld: Option<String>,
}

/// The house.
pub(super) struct HouseShown {
    pub(super) when: String,
    pub(super) attributes: Vec<AttributeShown>,
}

fn proxies(cx: &Cx, name: &str, group: &GroupProxies) -> ProxyShown {
    let title = cx.t2("fair.proxy.title", name, &group.group);
    let decimals = |value: f64| cx.dec(value, 2);
    let span = |name: String, area: &Evidence, bad: bool| {
        told(area).map(|(value, low, high)| Span { name, value, low, high, bad })
    };
    let mut drawn: Vec<Span> = group
        .all
        .iter()
        .filter_map(|all| {
            let bad = told(all).is_some_and(|(value, low, _)| value >= TELLING && low > 0.5);
            span(cx.t("fair.proxy.all").to_owned(), all, bad)
        })
        .collect();
    let lines = group.features.iter().take(DRAWN);
    drawn.extend(lines.filter_map(|line| span(line.feature.clone(), &line.area, line.gives_away)));
    let away = group.features.iter().filter(|line| line.gives_away).count();
    let sentence = match (drawn.is_empty(), away) {
        (true, _) => cx.t("fair.proxy.few").to_owned(),
        (false, 0) => cx.t("fair.proxy.none").to_owned(),
        (false, n) => cx.plural("fair.proxy.some", n as u64),
    };
    let chart = if drawn.is_empty() {
        String::new()
    } else {
        let desc = cx.t("fair.proxy.desc");
        charts::spans(&drawn, (0.5, 1.0), Some(TELLING), &decimals, &title, desc)
    };
    let rows = group
        .features
        .iter()
        .map(|line| {
            let ranked =
                line.ranked.as_ref().map_or_else(|| "–".to_owned(), |area| words(cx, area, &decimals));
            (line.feature.clone(), words(cx, &line.area, &decimals), ranked, line.gives_away)
        })
        .collect();
    ProxyShown { title, sentence, chart, rows }
}

fn attribute_shown(cx: &Cx, audit: &AttributeAudit) -> AttributeShown {
    let name = attribute(cx, &audit.attribute);
    let percent = |value: f64| cx.pct(value, 0);
    let decimals = |value: f64| cx.dec(value, 2);
    let spans = |of: &dyn Fn(&flow::audit::GroupExposure) -> Evidence| -> Vec<Span> {
        let span = |group: &flow::audit::GroupExposure| {
            let (value, low, high) = told(&of(group))?;
            Some(Span { name: group.group.clone(), value, low, high, bad: false })
        };
        audit.exposure.iter().filter_map(span).collect()
    };
    let contacts = spans(&|group| group.contacts);
    let desc = cx.t("fair.exposure.desc");
    let ratios = [
        ("fair.exposure.contacts", &audit.contacts_ratio),
        ("fair.exposure.reached", &audit.reached_ratio),
        ("fair.exposure.offered", &audit.offered_ratio),
    ];
    AttributeShown {
        proxies: audit.proxies.iter().map(|group| proxies(cx, &name, group)).collect(),
        contacts: charts::spans(
            &contacts,
            (0.0, f64::INFINITY),
            None,
            &decimals,
            cx.t("fair.exposure.month"),
            desc,
        ),
        never: charts::spans(
            &spans(&|group| group.never),
            (0.0, 1.0),
            None,
            &percent,
            cx.t("fair.exposure.never"),
            desc,
        ),
        never_offered: charts::spans(
            &spans(&|group| group.never_offered),
            (0.0, 1.0),
            None,
            &percent,
            cx.t("fair.exposure.never_offered"),
            desc,
        ),
        rows: audit
            .exposure
            .iter()
            .map(|group| {
                let share = |evidence| words(cx, evidence, &|value| cx.pct(value, 1));
                let contacts = words(cx, &group.contacts, &decimals);
                (group.group.clone(), contacts, share(&group.never), share(&group.never_offered))
            })
            .collect(),
        ratios: ratios.iter().map(|(key, ratio)| cx.t1(key, words(cx, ratio, &decimals))).collect(),
        withheld: (audit.withheld > 0).then(|| cx.plural("fair.withheld", audit.withheld)),
        name,
    }
}

impl HouseShown {
    pub(super) fn of(cx: &Cx, house: &HouseAudit) -> Self {
        Self {
            when: cx.t2("fair.made", cx.name("fair_occasion", house.occasion), cx.when(house.at)),
            attributes: house.attributes.iter().map(|one| attribute_shown(cx, one)).collect(),
        }
    }
}

/// The course of one campaign's lowest ratio.
pub(super) struct CourseShown {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) chart: String,
}

/// Campaigns that were audited more than once, each by itself, the last audited first.
pub(super) fn courses(cx: &Cx, history: &[AuditLine], limit: f64) -> Vec<CourseShown> {
    let mut ids: Vec<i64> = Vec::new();
    for line in history {
        if !ids.contains(&line.campaign.0) {
            ids.push(line.campaign.0);
        }
    }
    let course = |id: i64| {
        let own = history.iter().filter(|line| line.campaign.0 == id);
        let mut points: Vec<_> = own
            .filter_map(|line| Some((line, line.lowest.as_ref()?)))
            .take(COURSES.1)
            .map(|(line, lowest)| {
                let ratio = lowest.ratio;
                let point = Some((ratio.value, ratio.interval.low, ratio.interval.high));
                let day = cx.short_day(line.at.day());
                if ratio.value < limit { (day, point, None) } else { (day, None, point) }
            })
            .collect();
        points.reverse();
        let name = history.iter().find(|line| line.campaign.0 == id)?.name.clone();
        let chart =
            charts::rates(&points, &|value| cx.dec(value, 1), cx.t("fair.trend.chart"), cx.t("fair.trend"));
        (points.len() > 1).then_some(CourseShown { id, name, chart })
    };
    ids.into_iter().filter_map(course).take(COURSES.0).collect()
}

/// What an audience uses that gives a group away, in a sentence.
pub(super) fn used(cx: &Cx, proxy: &UsedProxy) -> String {
    let area = words(cx, &proxy.area, &|value| cx.dec(value, 2));
    let of = format!("{} ({})", attribute(cx, &proxy.attribute), proxy.group);
    cx.t3("fair.proxy.used", &proxy.feature, of, area)
}

/// A flip as a line: who against whom, what was exchanged, decisions that change, difference of pairs.
pub(super) fn flip(cx: &Cx, flip: &Flip) -> (String, String, String, String) {
    let title = format!("{}: {} / {}", attribute(cx, &flip.attribute), flip.group, flip.reference);
    let exchanged =
        if flip.exchanged.is_empty() { cx.t("fair.flip.none").to_owned() } else { flip.exchanged.join(", ") };
    let changed = words(cx, &flip.changed, &|value| cx.pct(value, 1));
    (title, exchanged, changed, words(cx, &flip.difference, &|value| cx.points(value)))
}
