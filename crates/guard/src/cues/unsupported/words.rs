//! Words as the score of unsupported words compares them: without endings, and whether they say anything.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A word without the endings of its inflection; both sides lose the same, so it need not be a word.
pub(super) fn stem(word: &str) -> &str {
    let cut = |ending: &str, keeps: usize| word.strip_suffix(ending).filter(|rest| rest.len() >= keeps);
    if word.ends_with("ss") {
        return word;
    }
    let endings = [
        ("ations", 4),
        ("ation", 4),
        ("ings", 4),
        ("ing", 4),
        ("ies", 3),
        ("ied", 3),
        ("ers", 4),
        ("ed", 3),
        ("es", 3),
        ("ly", 4),
        ("er", 4),
    ];
    let shorter = endings.into_iter().find_map(|(ending, keeps)| cut(ending, keeps));
    let shorter = shorter.or_else(|| cut("s", 3)).unwrap_or(word);
    shorter.strip_suffix(['e', 'y', 'i']).filter(|rest| rest.len() >= 3).unwrap_or(shorter)
}

/// A hash of a stem.
pub(super) fn key(word: &str) -> u32 {
    hash(stem(word))
}

/// A hash of a word.
pub(super) fn hash(word: &str) -> u32 {
    word.bytes().fold(0x811C_9DC5, |h, byte| (h ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A hash of a kind of feature and what it is about.
pub(super) fn mix(template: u32, a: u32, b: u32) -> u32 {
    let mut h = template.wrapping_mul(0x9E37_79B1) ^ a;
    h = (h ^ (h >> 15)).wrapping_mul(0x85EB_CA77);
    h ^= b.rotate_left(13);
    h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE3D);
    h ^ (h >> 16)
}

/// Words that say nothing that could be supported: function words in English and Spanish, and how one speaks of a text.
pub(super) fn is_empty(word: &str) -> bool {
    const EMPTY: &str = "a an the and or but nor so yet if then than that this these those there here it its is are was \
        were be been being am do does did done has have had having will would can could shall should may might must of in \
        on at by for from to into onto with without within about as up down out off over under again further once also \
        too very just only own same such both each few more most other some any all no not i you he she we they me him \
        her us them my your his our their who whom whose which what when where why how while during before after between \
        through because until against one two like well even still however overall although though whether including \
        el la los las un una unos unas y o u e pero si de del en a al por para con sin sobre entre hasta desde como es son \
        era fue ser esta este esto estos estas ese esa su sus mi tu lo le les que quien cual cuando donde muy mas ya \
        tambien se no ha han hay s t re ve ll d ";
    static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| EMPTY.split_whitespace().collect());
    WORDS.contains(word)
}

pub(super) fn is_negation(word: &str) -> bool {
    matches!(
        word,
        "no" | "not"
            | "never"
            | "without"
            | "neither"
            | "nor"
            | "lacks"
            | "lack"
            | "doesn"
            | "don"
            | "isn"
            | "aren"
            | "unavailable"
            | "unfortunately"
            | "cannot"
            | "sin"
            | "nunca"
            | "ni"
            | "tampoco"
            | "doesn't"
            | "don't"
            | "isn't"
            | "aren't"
            | "can't"
            | "nothing"
            | "none"
    )
}

/// Other words for what fields are named after. The first word of a line is a part of the name of a field.
pub(super) const SYNONYMS: &[(&str, &str)] = &[
    ("wifi", "wifi internet wireless"),
    ("outdoor", "outdoor outside patio alfresco terrace"),
    ("take", "takeout takeaway take"),
    ("reservations", "reservation reserve book"),
    ("groups", "group party"),
    ("music", "music band dj"),
    (
        "ambience",
        "ambience ambiance atmosphere vibe romantic intimate classy hipster divey touristy trendy upscale casual cozy",
    ),
    ("parking", "parking park garage valet lot validated"),
    ("delivery", "delivery deliver shipping"),
    ("returns", "return refund exchange"),
    ("warranty", "warranty guarantee"),
    ("cards", "card visa"),
    ("alcohol", "alcohol beer wine cocktail bar"),
    ("casual", "casual relaxed laid"),
    ("upscale", "upscale elegant"),
    ("classy", "classy elegant"),
    ("romantic", "romantic"),
    ("intimate", "intimate cozy"),
    ("trendy", "trendy stylish"),
    ("garage", "garage"),
    ("wheelchair", "wheelchair accessible"),
    ("dogs", "dog pet"),
    ("waterproof", "waterproof"),
];

/// Parts of names of fields that say nothing of what they are about.
pub(super) fn is_label(word: &str) -> bool {
    matches!(
        word,
        "restaurants"
            | "restaurant"
            | "business"
            | "good"
            | "for"
            | "attributes"
            | "has"
            | "is"
            | "allowed"
            | "accepts"
            | "by"
            | "info"
            | "of"
            | "the"
            | "out"
            | "seating"
    )
}
