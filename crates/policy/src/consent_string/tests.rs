//! Consent strings, read one by one: what each grants, refuses or is rejected for; and the public test strings.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Six bits a letter, as the strings are written.
fn bits(segment: &str) -> Vec<bool> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let values = segment.chars().map(|letter| LETTERS.find(letter).unwrap());
    values.flat_map(|value| (0..6).rev().map(move |bit| value >> bit & 1 == 1)).collect()
}

/// Letters of six bits each, padded with zeros.
fn letters(bits: &[bool]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let value = |six: &[bool]| (0..6).fold(0, |sum, bit| sum * 2 + usize::from(six.get(bit) == Some(&true)));
    bits.chunks(6).map(|six| char::from(LETTERS[value(six)])).collect()
}

fn push(bits: &mut Vec<bool>, value: u64, width: u32) {
    bits.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
}

/// A TC string with these purposes, written here bit by bit from the specification (TC string format, core segment),
/// vendors 1 to 3 when `vendors`, and the disclosed vendors when `disclosed`.
fn tc_string(consents: &[u16], interests: &[u16], vendors: bool, disclosed: bool) -> String {
    let mut core = Vec::new();
    push(&mut core, 2, 6);
    push(&mut core, 17_000_000_000, 36);
    push(&mut core, 17_000_000_000, 36);
    for (value, width) in
        [(31, 12), (1, 12), (1, 6), (4, 6), (13, 6), (120, 12), (5, 6), (1, 1), (0, 1), (0, 12)]
    {
        push(&mut core, value, width);
    }
    core.extend((1..=24).map(|purpose| consents.contains(&purpose)));
    core.extend((1..=24).map(|purpose| interests.contains(&purpose)));
    for (value, width) in [(0, 1), (4, 6), (18, 6)] {
        push(&mut core, value, width);
    }
    let some = |bits: &mut Vec<bool>, yes: bool| {
        push(bits, if yes { 3 } else { 0 }, 16);
        push(bits, 0, 1);
        if yes {
            push(bits, 0b111, 3);
        }
    };
    some(&mut core, vendors);
    some(&mut core, false);
    push(&mut core, 0, 12);
    let mut string = letters(&core);
    if disclosed {
        let mut segment = Vec::new();
        push(&mut segment, 1, 3);
        some(&mut segment, true);
        string.push('.');
        string.push_str(&letters(&segment));
    }
    string
}

fn said(text: &str) -> BTreeMap<Purpose, ConsentStatus> {
    decode(text).unwrap().says
}

#[test]
fn a_tc_string_without_disclosed_vendors_is_rejected() {
    let all: Vec<u16> = (1..=11).collect();
    assert_eq!(decode(&tc_string(&all, &[], true, false)), Err(StringError::NoDisclosedVendors));
    assert!(decode(&tc_string(&all, &[], true, true)).is_ok());
}

#[test]
fn profiling_needs_every_purpose_it_is_made_of_and_each_as_consent() {
    let all: Vec<u16> = (1..=11).collect();
    let yes = said(&tc_string(&all, &[], true, true));
    assert_eq!(yes[&Purpose::Profiling], ConsentStatus::Granted);
    assert_eq!(yes[&Purpose::Measurement], ConsentStatus::Granted);
    for missing in PROFILING {
        let rest: Vec<u16> = all.iter().copied().filter(|purpose| *purpose != missing).collect();
        let says = said(&tc_string(&rest, &[missing], true, true));
        assert_eq!(
            says[&Purpose::Profiling],
            ConsentStatus::Denied,
            "without {missing}, or by interest alone"
        );
    }
}

#[test]
fn no_string_gives_marketing_ai_or_sharing() {
    let all: Vec<u16> = (1..=24).collect();
    let texts = [tc_string(&all, &all, true, true), "DBABTA~1YNN".to_owned(), "1YNN".to_owned()];
    for text in &texts {
        for purpose in [Purpose::Marketing, Purpose::AiContent, Purpose::Sharing] {
            assert_ne!(said(text).get(&purpose), Some(&ConsentStatus::Granted), "{text}");
        }
    }
    assert_eq!(said(&tc_string(&all, &[], false, true))[&Purpose::Sharing], ConsentStatus::Denied);
}

#[test]
fn an_opt_out_of_sale_takes_sharing_away_and_its_absence_gives_nothing() {
    assert_eq!(said("1YYN")[&Purpose::Sharing], ConsentStatus::Withdrawn);
    assert_eq!(said("DBABTA~1YYN")[&Purpose::Sharing], ConsentStatus::Withdrawn);
    assert!(said("1YNN").is_empty() && said("1---").is_empty());
    // National section: sharing and sale opted out (bits 18 to 23), then the browser's signal in its own segment.
    let mut core = Vec::new();
    push(&mut core, 1, 6);
    push(&mut core, 0, 12);
    for choice in [1, 2, 2] {
        push(&mut core, choice, 2);
    }
    push(&mut core, 0, 24 + 4 + 2);
    for choice in [1, 0, 0] {
        push(&mut core, choice, 2);
    }
    let national = letters(&core);
    assert_eq!(said(&format!("DBABLA~{national}"))[&Purpose::Sharing], ConsentStatus::Withdrawn);
    let quiet = "BAAAAAAAAABA";
    assert!(said(&format!("DBABLA~{quiet}.QA")).is_empty());
    let signal = said(&format!("DBABLA~{quiet}.YA"));
    assert_eq!(signal[&Purpose::Sharing], ConsentStatus::Withdrawn, "the GPC segment");
}

#[test]
fn a_section_that_cannot_be_read_leaves_refusals_and_takes_grants() {
    let granting = tc_string(&(1..=11).collect::<Vec<_>>(), &[], true, true);
    let whole = decode(&format!("DBACNYA~{granting}~1YYN")).unwrap();
    assert_eq!(whole.says[&Purpose::Profiling], ConsentStatus::Granted);
    assert_eq!(whole.says[&Purpose::Sharing], ConsentStatus::Withdrawn);
    let broken = decode("DBACNYA~CPX~1YYN").unwrap();
    assert_eq!(broken.unusable.len(), 1, "{broken:?}");
    assert_eq!(broken.says[&Purpose::Sharing], ConsentStatus::Withdrawn);
    let broken = decode(&format!("DBACNYA~{granting}~1Y")).unwrap();
    assert_eq!(broken.unusable.len(), 1, "{broken:?}");
    assert_eq!(broken.says.get(&Purpose::Profiling), None);
}

#[test]
fn what_is_no_consent_string_says_so() {
    for (text, error) in
        [("", StringError::Empty), ("hello", StringError::Unknown), ("=1+1", StringError::Unknown)]
    {
        assert_eq!(decode(text), Err(error), "{text}");
    }
    assert_eq!(decode(&"C".repeat(LONGEST + 1)), Err(StringError::TooLong(LONGEST + 1)));
    for text in ["DBABMA", "DBABMAAA", "CPX", "1YYX", "DBABTA~1YNN~1YNN"] {
        assert!(decode(text).is_err() || !decode(text).unwrap().unusable.is_empty(), "{text}");
    }
}

proptest! {
    #[test]
    fn the_purposes_are_read_as_they_were_written(
        consents in proptest::collection::btree_set(1u16..=24, 0..24),
        interests in proptest::collection::btree_set(1u16..=24, 0..24),
        vendors: bool,
    ) {
        let list = |set: &BTreeSet<u16>| set.iter().copied().collect::<Vec<_>>();
        let says = said(&tc_string(&list(&consents), &list(&interests), vendors, true));
        let granted = |needed: &[u16]| needed.iter().all(|purpose| consents.contains(purpose));
        prop_assert_eq!(says[&Purpose::Profiling] == ConsentStatus::Granted, granted(&PROFILING));
        prop_assert_eq!(says[&Purpose::Measurement] == ConsentStatus::Granted, granted(&MEASUREMENT));
        prop_assert_eq!(says.contains_key(&Purpose::Sharing), !vendors);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "(DB|C|1|)[A-Za-z0-9_.~-]{0,120}") {
        let _ = decode(&text);
    }
}

/// One string of the reference encoder's tests.
#[derive(serde::Deserialize)]
struct Vector {
    file: String,
    test: String,
    literal: String,
}

/// The reference vectors lie beside the project, or nowhere.
fn vectors() -> Option<Vec<Vector>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(3)?;
    let file = root.join("shared/data/iab_gpp_vectors/gpp_tcf_strings.json.gz");
    let bytes = std::fs::File::open(&file).ok()?;
    Some(serde_json::from_reader(flate2::read::GzDecoder::new(bytes)).unwrap())
}

#[test]
fn every_vector_of_the_reference_encoder_is_decoded_or_refused_for_what_it_is() {
    let Some(vectors) = vectors() else {
        eprintln!("skipped: ../shared/data/iab_gpp_vectors is not there");
        return;
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for Vector { file, test, literal } in &vectors {
        let place = format!("{file} {test} `{literal}`");
        // Sections of Canada and the nation stand alone in their own tests: here they get the header they belong to.
        let text = match (file.rsplit('/').next(), literal.as_bytes()) {
            (Some("TcfCaV1Test.java"), [b'B', ..]) => format!("DBABDA~{literal}"),
            (Some("UsNatTest.java"), [b'B', ..]) => format!("DBABLA~{literal}"),
            _ => literal.clone(),
        };
        let kind = match text.as_bytes() {
            [b'D', b'B', ..] if text.contains('~') => check_gpp(&text, &place),
            [b'D', b'B', ..] if text == "DBAA" => {
                assert!(decode(&text).unwrap().says.is_empty(), "{place}");
                "gpp without sections"
            }
            [b'D', b'B', ..] => {
                assert!(decode(&text).is_err(), "{place}: a header names sections that are not there");
                "header alone, refused"
            }
            [b'C', ..] if text.len() > 20 => check_tcf(&text, &place),
            [b'1', _, _, _] => {
                let withdrawn = decode(&text).unwrap().says.contains_key(&Purpose::Sharing);
                assert_eq!(withdrawn, text.as_bytes()[2] == b'Y', "{place}");
                "us privacy"
            }
            _ => {
                assert!(decode(&text).is_err(), "{place}: a word, or a TC string of version 1 to 63 but 2");
                "no consent string, refused"
            }
        };
        *counts.entry(kind).or_default() += 1;
    }
    eprintln!("{} vectors: {counts:?}", vectors.len());
    assert_eq!(counts.values().sum::<usize>(), vectors.len());
    let refused: usize =
        counts.iter().filter(|(kind, _)| kind.ends_with("refused")).map(|(_, count)| count).sum();
    assert_eq!((vectors.len(), refused), (88, 29));
}

fn check_gpp(text: &str, place: &str) -> &'static str {
    let decoded = decode(text).unwrap_or_else(|error| panic!("{place}: {error}"));
    let sections = text.split('~').count() - 1;
    assert_eq!(decoded.sections.len() + decoded.unusable.len(), sections, "{place}: {decoded:?}");
    // What is left out is a TC string without disclosed vendors, and two sections that the decoder reads otherwise than
    // the reference wrote them: Minnesota's in one string, whose transaction field then holds a value that means
    // nothing, and Canada's disclosed vendors. Nothing is granted by such a string.
    let without = text.split('~').skip(1).filter(|part| part.starts_with('C') && !discloses(part)).count();
    let long =
        decoded.unusable.iter().filter(|why| why.starts_with("section UsMn: invalid field value")).count();
    assert_eq!(long, usize::from(sections == 20 && text.ends_with("~BAAAAAABAA.QA")), "{place}");
    let canada =
        decoded.unusable.iter().filter(|why| why.starts_with("section TcfCaV1: unable to read")).count();
    assert_eq!(canada, usize::from(text.ends_with(".IAGO5w")), "{place}");
    assert_eq!(decoded.unusable.len(), without + long + canada, "{place}: {:?}", decoded.unusable);
    "gpp"
}

fn check_tcf(text: &str, place: &str) -> &'static str {
    if !discloses(text) {
        return match decode(text) {
            Err(StringError::NoDisclosedVendors) => "tcf without disclosed vendors, refused",
            // Two long literals were cut before their end.
            Err(StringError::Broken { .. }) => "tcf that ends too early, refused",
            other => panic!("{place}: {other:?}"),
        };
    }
    let core = bits(text.split('.').next().unwrap());
    let consents = &core[152..176];
    let says = said(text);
    for (purpose, needed) in [(Purpose::Profiling, &PROFILING[..]), (Purpose::Measurement, &MEASUREMENT[..])]
    {
        let all = needed.iter().all(|id| consents[usize::from(*id) - 1]);
        // A publisher's own answers and restrictions can only take away.
        assert!(all || says[&purpose] == ConsentStatus::Denied, "{place} {purpose}");
    }
    "tcf with disclosed vendors"
}

/// Whether a segment of type 1 follows the core, read off its first letter alone.
fn discloses(text: &str) -> bool {
    text.split('.').skip(1).any(|segment| bits(&segment[..1])[..3] == [false, false, true])
}
