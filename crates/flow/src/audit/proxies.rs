//! Which features that segments and models may use give a group away: found when the vault is open for an audit, told as
//! areas under curves. No value of anybody leaves, and no group that is withheld is asked about.

use policy::segment::{Ast, SegmentField};
use science::fairness::proxy::{Asked, Finder, Together};
use serde::{Deserialize, Serialize};
use terms::estimate::Evidence;

use super::features::Features;
use super::groups::Grouping;
use crate::snapshot::named_fields;

/// Seed of folds and draws: the same data give the same figures.
const SEED: u64 = 39;

/// How well one feature tells a group from everybody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProxyLine {
    /// The feature, as the segment language has it.
    pub feature: String,
    /// Cross-validated area under the curve: 1 tells without fault, .5 not at all.
    pub area: Evidence,
    /// Area of the number itself; below .5 the group has the lower ones. `None` for what has no order.
    pub ranked: Option<Evidence>,
    /// Whether it gives the group away: .6 at least, and more than by chance.
    pub gives_away: bool,
}

/// How well features tell one group from everybody else of whom the attribute is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupProxies {
    /// The group.
    pub group: String,
    /// Every feature, the one that tells best first.
    pub features: Vec<ProxyLine>,
    /// All features together.
    pub all: Option<Evidence>,
}

/// A feature that an audience uses and that gives a group away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsedProxy {
    /// The feature.
    pub feature: String,
    /// The attribute.
    pub attribute: String,
    /// The group.
    pub group: String,
    /// Cross-validated area under the curve.
    pub area: Evidence,
}

/// The fields that give a group away, by group.
pub(super) struct Found {
    pub(super) groups: Vec<GroupProxies>,
    /// Fields that give a group away.
    pub(super) away: Vec<SegmentField>,
}

fn area(evidence: &Evidence) -> f64 {
    match evidence {
        Evidence::Sufficient(found) => found.value,
        Evidence::Insufficient { .. } => 0.0,
    }
}

/// Asks about every group of an attribute that is large enough, among those who count.
pub(super) fn find(
    features: &Features<'_>,
    finder: &Finder<'_>,
    grouping: &Grouping,
    base: &[bool],
    together: Together,
) -> Found {
    let told = grouping.told(base);
    // Of two groups one is everybody else of the other: the same question once.
    let asked_of = if grouping.groups(base) == 2 { told.len().min(1) } else { told.len() };
    let asked = Asked { groups: asked_of.max(1), seed: SEED, ..Asked::default() };
    let mut found = Found { groups: Vec::new(), away: Vec::new() };
    for (code, group) in told.into_iter().take(asked_of) {
        let member: Vec<Option<bool>> =
            grouping.codes(base).map(|known| known.map(|known| known == code)).collect();
        let proxies = finder.ask(&member, &asked, together);
        let mut lines: Vec<(SegmentField, ProxyLine)> = features
            .fields()
            .zip(&proxies.each)
            .map(|(field, tells)| {
                let (area, ranked) = (silent(tells.area), tells.ranked.map(silent));
                let line =
                    ProxyLine { feature: field.to_string(), area, ranked, gives_away: tells.gives_away() };
                (field, line)
            })
            .collect();
        for (field, _) in lines.iter().filter(|(_, line)| line.gives_away) {
            if !found.away.contains(field) {
                found.away.push(*field);
            }
        }
        lines.sort_by(|a, b| area(&b.1.area).total_cmp(&area(&a.1.area)));
        let features = lines.into_iter().map(|(_, line)| line).collect();
        found.groups.push(GroupProxies { group, features, all: proxies.all.map(silent) });
    }
    found
}

/// How small a group is is not said.
fn silent(evidence: Evidence) -> Evidence {
    match evidence {
        Evidence::Insufficient { needed, .. } => Evidence::Insufficient { n: 0, needed },
        told @ Evidence::Sufficient(_) => told,
    }
}

/// Features of an audience that give a group away, the one that tells best first.
pub(super) fn used(segment: &Ast, attribute: &str, found: &Found) -> Vec<UsedProxy> {
    let mut fields = Vec::new();
    named_fields(segment, &mut fields);
    let named: Vec<String> = fields.iter().map(ToString::to_string).collect();
    let mut used: Vec<UsedProxy> = Vec::new();
    for group in &found.groups {
        for line in group.features.iter().filter(|line| line.gives_away && named.contains(&line.feature)) {
            let of = UsedProxy {
                feature: line.feature.clone(),
                attribute: attribute.to_owned(),
                group: group.group.clone(),
                area: line.area,
            };
            // Of several groups the one it tells best.
            match used.iter_mut().find(|other| other.feature == of.feature) {
                Some(other) if area(&other.area) >= area(&of.area) => {}
                Some(other) => *other = of,
                None => used.push(of),
            }
        }
    }
    used.sort_by(|a, b| area(&b.area).total_cmp(&area(&a.area)));
    used
}
