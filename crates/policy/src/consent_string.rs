//! Consent strings of the advertising industry (IAB TCF and GPP), read for what they say about this house's purposes.
//!
//! Goes in: one string. Comes out: for each purpose it speaks of, yes or no, or why it cannot be used. Read against the
//! brand's interest (ADR 15): a yes needs every purpose of the standard that ours is made of, given as consent; unknown
//! is no; opt-outs take away and never give. No string ever gives marketing by mail, which none of them is about.

use iab_gpp::sections::tcfeuv2::{RestrictionType, TcfEuV2};
use iab_gpp::sections::us_common::OptOut;
use iab_gpp::sections::uspv1::{Flag, UspV1};
use iab_gpp::sections::{IdSet, Section, SectionId, tcfcav1, usnat};
use iab_gpp::v1::GPPString;
use std::collections::BTreeMap;
use terms::consent::{ConsentStatus, Purpose};

/// Longest string that is read, in bytes. Real ones stay below 3,000; a crafted one can name the same vendors again and
/// again.
pub const LONGEST: usize = 4_096;

/// TCF purposes that together are this house's profiling: store on a device, make and use profiles for advertising and
/// for content.
const PROFILING: [u16; 5] = [1, 3, 4, 5, 6];
/// TCF purposes that together are this house's measurement: store on a device, measure advertising and content.
const MEASUREMENT: [u16; 3] = [1, 7, 8];

/// What kind of string it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringKind {
    /// A TC string by itself.
    Tcf,
    /// A GPP string: a header and sections.
    Gpp,
    /// A US Privacy string by itself.
    UsPrivacy,
}

impl StringKind {
    /// The word before the string in a receipt's proof.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcf => "tcf",
            Self::Gpp => "gpp",
            Self::UsPrivacy => "us_privacy",
        }
    }
}

/// What a string says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// What kind it is.
    pub kind: StringKind,
    /// Sections that were read, by their names in the standard.
    pub sections: Vec<String>,
    /// For each purpose it speaks of: granted, denied or withdrawn.
    pub says: BTreeMap<Purpose, ConsentStatus>,
    /// Sections that could not be used, with the reason. What the others refuse still counts; what they grant does not.
    pub unusable: Vec<String>,
}

/// Why a string says nothing at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StringError {
    /// Nothing is there.
    #[error("the consent string is empty")]
    Empty,
    /// It is longer than any real one.
    #[error("the consent string has {0} bytes, and {LONGEST} are read")]
    TooLong(usize),
    /// It is neither.
    #[error("this is no TCF, GPP or US Privacy string")]
    Unknown,
    /// It cannot be decoded.
    #[error("the {kind} string cannot be decoded: {why}")]
    Broken {
        /// What it seemed to be.
        kind: &'static str,
        /// What the decoder says.
        why: String,
    },
    /// TCF 2.3 requires the segment.
    #[error("the TC string has no disclosedVendors segment, which TCF 2.3 requires")]
    NoDisclosedVendors,
}

/// Reads a string.
///
/// # Errors
/// When it is none, cannot be decoded, or is a TC string without the vendors that were disclosed.
pub fn decode(text: &str) -> Result<Decoded, StringError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(StringError::Empty);
    }
    if text.len() > LONGEST {
        return Err(StringError::TooLong(text.len()));
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')) {
        return Err(StringError::Unknown);
    }
    // The decoder adds crafted numbers up without looking; overflow checks are on for it in every build (Cargo.toml),
    // and what they stop is a string that cannot be decoded.
    std::panic::catch_unwind(|| match text.as_bytes() {
        [b'1', _, _, _] => us_privacy(text),
        [b'D', b'B', ..] => gpp(text),
        [b'C', ..] if !text.contains('~') => tcf(text),
        _ => Err(StringError::Unknown),
    })
    .unwrap_or_else(|_| Err(broken("consent", &"a number in it is too large")))
}

fn broken(kind: &'static str, why: &impl std::fmt::Display) -> StringError {
    StringError::Broken { kind, why: why.to_string() }
}

fn us_privacy(text: &str) -> Result<Decoded, StringError> {
    let section: UspV1 = text.parse().map_err(|error| broken("US Privacy", &error))?;
    let mut says = Says::default();
    says.us_privacy(&section);
    Ok(says.decoded(StringKind::UsPrivacy, vec![SectionId::UspV1.to_string()], Vec::new()))
}

fn tcf(text: &str) -> Result<Decoded, StringError> {
    let section: TcfEuV2 = text.parse().map_err(|error| broken("TC", &error))?;
    let mut says = Says::default();
    says.tcf_eu(&section)?;
    Ok(says.decoded(StringKind::Tcf, vec![SectionId::TcfEuV2.to_string()], Vec::new()))
}

fn gpp(text: &str) -> Result<Decoded, StringError> {
    let string: GPPString = text.parse().map_err(|error| broken("GPP", &error))?;
    let (mut says, mut sections, mut unusable) = (Says::default(), Vec::new(), Vec::new());
    for id in string.section_ids() {
        let taken = match string.decode_section(*id) {
            Ok(section) => says.section(&section),
            Err(_) if *id == SectionId::UsNat && says.national(string.section(*id)) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        match taken {
            Ok(()) => sections.push(id.to_string()),
            Err(why) => unusable.push(format!("section {id}: {why}")),
        }
    }
    Ok(says.decoded(StringKind::Gpp, sections, unusable))
}

/// What was said so far. Between sections a refusal wins over a grant.
#[derive(Default)]
struct Says(BTreeMap<Purpose, ConsentStatus>);

impl Says {
    fn say(&mut self, purpose: Purpose, status: ConsentStatus) {
        let said = self.0.entry(purpose).or_insert(status);
        if *said == ConsentStatus::Granted {
            *said = status;
        }
    }

    /// Yes or no: asked in the string, and answered.
    fn answer(&mut self, purpose: Purpose, yes: Answer) {
        self.say(
            purpose,
            match yes {
                Answer::Yes => ConsentStatus::Granted,
                Answer::No => ConsentStatus::Denied,
            },
        );
    }

    fn decoded(mut self, kind: StringKind, sections: Vec<String>, unusable: Vec<String>) -> Decoded {
        if !unusable.is_empty() {
            // The part that cannot be read may have said no.
            self.0.retain(|_, status| *status != ConsentStatus::Granted);
        }
        Decoded { kind, sections, says: self.0, unusable }
    }

    fn section(&mut self, section: &Section) -> Result<(), String> {
        // Sections of the states have the same two fields and, most of them, the signal of the browser.
        macro_rules! state {
            ($section:expr) => {{
                self.opt_out(&$section.core.sale_opt_out, Purpose::Sharing);
                self.targeted(&$section.core.targeted_advertising_opt_out);
            }};
            ($section:expr, gpc) => {{
                state!($section);
                self.gpc($section.gpc);
            }};
        }
        match section {
            Section::TcfEuV2(section) => self.tcf_eu(section).map_err(|error| error.to_string())?,
            Section::TcfCaV1(section) => self.tcf_canada(section),
            Section::UspV1(section) => self.us_privacy(section),
            Section::UsNat(section) => {
                match &section.core {
                    usnat::Core::V1(core) => {
                        self.opt_out(&core.sale_opt_out, Purpose::Sharing);
                        self.opt_out(&core.sharing_opt_out, Purpose::Sharing);
                        self.targeted(&core.targeted_advertising_opt_out);
                    }
                    usnat::Core::V2(core) => {
                        self.opt_out(&core.sale_opt_out, Purpose::Sharing);
                        self.opt_out(&core.sharing_opt_out, Purpose::Sharing);
                        self.targeted(&core.targeted_advertising_opt_out);
                    }
                    _ => return Err("its version is not known".to_owned()),
                }
                self.gpc(section.gpc);
            }
            Section::UsCa(section) => {
                self.opt_out(&section.core.sale_opt_out, Purpose::Sharing);
                self.opt_out(&section.core.sharing_opt_out, Purpose::Sharing);
                self.gpc(section.gpc);
            }
            Section::UsVa(section) => state!(section),
            Section::UsUt(section) => state!(section),
            Section::UsFl(section) => state!(section),
            Section::UsCo(section) => state!(section, gpc),
            Section::UsCt(section) => state!(section, gpc),
            Section::UsMt(section) => state!(section, gpc),
            Section::UsOr(section) => state!(section, gpc),
            Section::UsTx(section) => state!(section, gpc),
            Section::UsDe(section) => state!(section, gpc),
            Section::UsIa(section) => state!(section, gpc),
            Section::UsNe(section) => state!(section, gpc),
            Section::UsNh(section) => state!(section, gpc),
            Section::UsNj(section) => state!(section, gpc),
            Section::UsTn(section) => state!(section, gpc),
            Section::UsMn(section) => state!(section, gpc),
            Section::TcfEuV1(_) => return Err("TCF 1 ended in 2020".to_owned()),
            _ => return Err("this house does not know it".to_owned()),
        }
        Ok(())
    }

    fn tcf_eu(&mut self, section: &TcfEuV2) -> Result<(), StringError> {
        if section.disclosed_vendors.is_none() {
            return Err(StringError::NoDisclosedVendors);
        }
        let core = &section.core;
        let forbidden = |purpose: u16| {
            core.publisher_restrictions.iter().any(|restriction| {
                u16::from(restriction.purpose_id) == purpose
                    && matches!(
                        restriction.restriction_type,
                        RestrictionType::NotAllowed | RestrictionType::Undefined
                    )
            })
        };
        // Where the publisher asked for itself, that answer must be yes, too.
        let publisher = section.publisher_purposes.as_ref().map(|purposes| &purposes.consents);
        let all = |needed: &[u16]| {
            Answer::of(needed.iter().all(|purpose| {
                core.purpose_consents.contains(purpose)
                    && !forbidden(*purpose)
                    && publisher.is_none_or(|consents| consents.contains(purpose))
            }))
        };
        let (profiling, measurement) = (all(&PROFILING), all(&MEASUREMENT));
        self.answer(Purpose::Profiling, profiling);
        self.answer(Purpose::Measurement, measurement);
        self.sharing(&core.vendor_consents);
        Ok(())
    }

    fn tcf_canada(&mut self, section: &tcfcav1::TcfCaV1) {
        let core = &section.core;
        let all = |needed: &[u16]| {
            Answer::of(needed.iter().all(|purpose| core.purpose_express_consents.contains(purpose)))
        };
        let (profiling, measurement) = (all(&PROFILING), all(&MEASUREMENT));
        self.answer(Purpose::Profiling, profiling);
        self.answer(Purpose::Measurement, measurement);
        self.sharing(&core.vendor_express_consents);
    }

    /// Consent for some vendors is no consent to share with whomever the brand chooses; none for any vendor is a no.
    fn sharing(&mut self, vendors: &IdSet) {
        if vendors.is_empty() {
            self.say(Purpose::Sharing, ConsentStatus::Denied);
        }
    }

    fn us_privacy(&mut self, section: &UspV1) {
        if section.opt_out_sale == Flag::Yes {
            self.say(Purpose::Sharing, ConsentStatus::Withdrawn);
        }
    }

    fn opt_out(&mut self, field: &OptOut, purpose: Purpose) {
        if *field == OptOut::OptedOut {
            self.say(purpose, ConsentStatus::Withdrawn);
        }
    }

    /// The national section of a layout that the decoder does not know: encoders wrote version 1 in front of the longer
    /// fields of version 2. What is asked of it stands before those fields: three choices at bits 18 to 23, and the
    /// signal in a segment of its own. False: it is of no known version.
    fn national(&mut self, section: Option<&str>) -> bool {
        let mut segments = section.unwrap_or_default().split('.');
        let Some(core) = segments.next().and_then(|core| core.as_bytes().get(..4)).and_then(bits) else {
            return false;
        };
        if !matches!(core >> 18, 1 | 2) {
            return false;
        }
        let choice = |at: u32| core >> at & 0b11;
        let opted_out = u32::from(OptOut::OptedOut as u8);
        for (at, purposes) in [
            (4, &[Purpose::Sharing][..]),
            (2, &[Purpose::Sharing]),
            (0, &[Purpose::Sharing, Purpose::Profiling]),
        ] {
            if choice(at) == opted_out {
                purposes.iter().for_each(|purpose| self.say(*purpose, ConsentStatus::Withdrawn));
            }
        }
        for segment in segments {
            // Type 1 in two bits, then the signal in one.
            let signal = segment.as_bytes().get(..1).and_then(bits).is_some_and(|six| six >> 3 == 0b011);
            self.gpc(Some(signal));
        }
        true
    }

    /// Targeted advertising is made of both: scores about a person, and data passed on.
    fn targeted(&mut self, field: &OptOut) {
        self.opt_out(field, Purpose::Sharing);
        self.opt_out(field, Purpose::Profiling);
    }

    fn gpc(&mut self, signal: Option<bool>) {
        if signal == Some(true) {
            self.say(Purpose::Sharing, ConsentStatus::Withdrawn);
        }
    }
}

/// Letters of six bits each as one number, the first letter in front.
fn bits(letters: &[u8]) -> Option<u32> {
    letters.iter().try_fold(0, |sum: u32, letter| {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        Some(sum << 6 | u32::from(six))
    })
}

#[derive(Clone, Copy)]
enum Answer {
    Yes,
    No,
}

impl Answer {
    const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests;
