//! Reads the body of a request into events, each as short as it can be kept.
//!
//! Goes in: JSON as SDKs send it: one event, or `{"batch": [...]}`. Comes out: events in the form of the inbox, and
//! for each that cannot be taken its place, the reason, and what to do. A bad event does not keep the good ones of its
//! batch out. Of `context` only consent, privacy signals, contact traits, locale and time zone are read; network
//! addresses and device identifiers are never kept.
//!
//! Nothing is copied that need not be: properties stay the text they came as.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use terms::event::{EventFate, EventKind};
use terms::time::Instant;

use super::when;

/// Bytes of one event, as Segment has it.
pub const MAX_EVENT_BYTES: usize = 32 * 1024;
/// Bytes of one request, unpacked, as Segment has it.
pub const MAX_BATCH_BYTES: usize = 500 * 1024;
/// Events of one request.
const MAX_BATCH_EVENTS: usize = 10_000;
/// Bytes of an id.
const MAX_ID: usize = 200;
/// Bytes of an event's or a page's name.
const MAX_NAME: usize = 200;
/// Refused events that are named one by one in an answer.
const NAMED: usize = 20;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// One event of a kind that the address names.
    One(EventKind),
    /// Many events.
    Batch,
}

/// An event that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its messageId, when it could be read.
    #[serde(rename = "messageId", skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Why, in one word.
    pub code: EventFate,
    /// Why, and what to do.
    pub message: String,
}

/// An event as the inbox keeps it. Short names: there are many of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event<'a> {
    /// Kind.
    #[serde(rename = "k")]
    pub(super) kind: EventKind,
    /// userId, groupId's owner.
    #[serde(rename = "u", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<Cow<'a, str>>,
    /// anonymousId.
    #[serde(rename = "a", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) anonymous: Option<Cow<'a, str>>,
    /// previousId of an alias, groupId of a group.
    #[serde(rename = "o", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) other: Option<Cow<'a, str>>,
    /// The event's or the page's name.
    #[serde(rename = "n", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Cow<'a, str>>,
    /// When, by our clock.
    #[serde(rename = "t")]
    pub(super) at: Instant,
    /// Properties or traits.
    #[serde(rename = "d", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<&'a RawValue>,
    /// Contact traits of the context.
    #[serde(rename = "x", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) traits: Option<&'a RawValue>,
    /// Locale of the context.
    #[serde(rename = "l", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) locale: Option<Cow<'a, str>>,
    /// Time zone of the context.
    #[serde(rename = "z", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) zone: Option<Cow<'a, str>>,
    /// `categoryPreferences` of the context.
    #[serde(rename = "c", default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) consent: Option<&'a RawValue>,
    /// Whether a Global Privacy Control signal came with it.
    #[serde(rename = "g", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) gpc: bool,
}

/// A request that was read.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// The events' JSON, one after the other.
    pub(super) text: String,
    /// Where each ends, and its messageId.
    pub(super) events: Vec<(usize, Option<String>)>,
    /// The first events that were not taken.
    pub(super) refused: Vec<Refused>,
    /// All of them, by reason.
    pub(super) counts: Vec<(EventFate, i64)>,
}

/// Why a whole request cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) String);

#[derive(Deserialize)]
struct BatchWire<'a> {
    #[serde(borrow)]
    batch: Option<Vec<&'a RawValue>>,
    #[serde(rename = "sentAt", borrow)]
    sent_at: Option<&'a RawValue>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct KeyWire<'a> {
    #[serde(rename = "writeKey", borrow)]
    write_key: Option<Cow<'a, str>>,
}

/// The fields of an event that mean something here; each is looked at by itself, so that an error can name it.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    action: Option<&'a RawValue>,
    #[serde(rename = "userId", borrow)]
    user_id: Option<&'a RawValue>,
    #[serde(rename = "user_id", borrow)]
    user_id_2: Option<&'a RawValue>,
    #[serde(rename = "anonymousId", borrow)]
    anonymous_id: Option<&'a RawValue>,
    #[serde(rename = "anonymous_id", borrow)]
    anonymous_id_2: Option<&'a RawValue>,
    #[serde(rename = "previousId", borrow)]
    previous_id: Option<&'a RawValue>,
    #[serde(rename = "groupId", borrow)]
    group_id: Option<&'a RawValue>,
    #[serde(rename = "messageId", borrow)]
    message_id: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(rename = "originalTimestamp", borrow)]
    original_timestamp: Option<&'a RawValue>,
    #[serde(rename = "sentAt", borrow)]
    sent_at: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
    #[serde(borrow)]
    traits: Option<&'a RawValue>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct ContextWire<'a> {
    #[serde(borrow)]
    traits: Option<&'a RawValue>,
    #[serde(borrow)]
    locale: Option<&'a RawValue>,
    #[serde(borrow)]
    timezone: Option<&'a RawValue>,
    #[serde(borrow)]
    consent: Option<&'a RawValue>,
    #[serde(borrow)]
    gpc: Option<&'a RawValue>,
    #[serde(rename = "globalPrivacyControl", borrow)]
    global_privacy_control: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct ConsentWire<'a> {
    #[serde(rename = "categoryPreferences", borrow)]
    category_preferences: Option<&'a RawValue>,
}

/// The write key in the body of a request.
#[must_use]
pub fn write_key_in(body: &str) -> Option<String> {
    serde_json::from_str::<KeyWire<'_>>(body).ok()?.write_key.map(Cow::into_owned)
}

/// Reads a request.
pub(super) fn request(call: Call, body: &str, received: Instant, gpc: bool) -> Result<Parsed, Unreadable> {
    let mut parsed = Parsed { text: String::with_capacity(body.len()), ..Parsed::default() };
    match call {
        Call::One(kind) => {
            let event: &RawValue = serde_json::from_str(body).map_err(|error| unreadable(&error))?;
            parsed.add(
                0,
                event,
                &Surroundings { kind: Some(kind), sent_at: None, context: None, received, gpc },
            );
        }
        Call::Batch => {
            let wire: BatchWire<'_> = serde_json::from_str(body).map_err(|error| unreadable(&error))?;
            let Some(batch) = wire.batch else {
                return Err(Unreadable(
                    "there is no `batch`; send {\"batch\": [...]} with the events in it".into(),
                ));
            };
            if batch.len() > MAX_BATCH_EVENTS {
                let n = batch.len();
                return Err(Unreadable(format!(
                    "{n} events are too many for one batch; send {MAX_BATCH_EVENTS} or fewer"
                )));
            }
            let around =
                Surroundings { kind: None, sent_at: wire.sent_at, context: wire.context, received, gpc };
            parsed.events.reserve(batch.len());
            for (index, event) in batch.into_iter().enumerate() {
                parsed.add(index, event, &around);
            }
        }
    }
    Ok(parsed)
}

fn unreadable(error: &serde_json::Error) -> Unreadable {
    Unreadable(format!(
        "the body is no JSON that can be read (line {}, column {}); nothing of it was taken",
        error.line(),
        error.column()
    ))
}

struct Surroundings<'a> {
    kind: Option<EventKind>,
    sent_at: Option<&'a RawValue>,
    context: Option<&'a RawValue>,
    received: Instant,
    gpc: bool,
}

impl Parsed {
    fn add(&mut self, index: usize, raw: &RawValue, around: &Surroundings<'_>) {
        let mut message_id = None;
        match event(raw, around, &mut message_id) {
            Ok(event) => {
                if let Ok(text) = serde_json::to_string(&event) {
                    self.text.push_str(&text);
                    self.events.push((self.text.len(), message_id));
                }
            }
            Err((code, message)) => {
                match self.counts.iter_mut().find(|(known, _)| *known == code) {
                    Some((_, n)) => *n += 1,
                    None => self.counts.push((code, 1)),
                }
                if self.refused.len() < NAMED {
                    self.refused.push(Refused { index, message_id, code, message });
                }
            }
        }
    }
}

type Why = (EventFate, String);

fn event<'a>(
    raw: &'a RawValue,
    around: &Surroundings<'a>,
    message_id: &mut Option<String>,
) -> Result<Event<'a>, Why> {
    let size = raw.get().len();
    if size > MAX_EVENT_BYTES {
        let why = format!(
            "the event is {size} bytes long; {MAX_EVENT_BYTES} are taken, so leave properties out or split it"
        );
        return Err((EventFate::TooLarge, why));
    }
    if !raw.get().starts_with('{') {
        return Err((EventFate::Malformed, "an event is a JSON object; wrap it in {}".to_owned()));
    }
    let wire: Wire<'a> = serde_json::from_str(raw.get()).map_err(|error| {
        (EventFate::Malformed, format!("the event cannot be read ({}); name each field once", plain(&error)))
    })?;
    *message_id = id(wire.message_id, "messageId")?.map(Cow::into_owned);
    let kind = kind(&wire, around.kind)?;
    let context = context(wire.context.or(around.context));
    let user = either(id(wire.user_id, "userId")?, id(wire.user_id_2, "user_id")?);
    let anonymous = either(id(wire.anonymous_id, "anonymousId")?, id(wire.anonymous_id_2, "anonymous_id")?);
    let other = match kind {
        EventKind::Alias => id(wire.previous_id, "previousId")?,
        EventKind::Group => id(wire.group_id, "groupId")?,
        _ => None,
    };
    let name = match kind {
        EventKind::Track => Some(name(wire.event, "event")?.ok_or_else(|| {
            (EventFate::NoName, "a track call says what happened in `event`; add it as a text".to_owned())
        })?),
        EventKind::Page | EventKind::Screen => name(wire.name, "name")?,
        _ => None,
    };
    let original = match wire.original_timestamp.or(wire.timestamp) {
        Some(raw) => time(raw, "timestamp")?,
        None => None,
    };
    // A sending time that cannot be read is nobody's loss: the event's own time then counts as it stands.
    let sent = wire.sent_at.or(around.sent_at).and_then(|raw| time(raw, "sentAt").ok().flatten());
    let data = match kind {
        EventKind::Identify | EventKind::Group => wire.traits.or(wire.properties),
        EventKind::Alias => None,
        _ => wire.properties,
    };
    Ok(Event {
        kind,
        user,
        anonymous,
        other,
        name,
        at: when::corrected(original, sent, around.received),
        data: data.filter(|raw| raw.get().starts_with('{')),
        traits: context.traits.filter(|raw| raw.get().starts_with('{')),
        locale: context.locale.and_then(text),
        zone: context.timezone.and_then(text),
        consent: context.consent.and_then(categories),
        gpc: around.gpc || [context.gpc, context.global_privacy_control].into_iter().flatten().any(says_yes),
    })
}

/// What an error of reading is about, without the words of a parser.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line").next().unwrap_or_default().to_owned();
    if text.starts_with("duplicate") {
        text.replace("duplicate field", "a field stands twice:")
    } else {
        "its fields do not fit".to_owned()
    }
}

fn either<'a>(first: Option<Cow<'a, str>>, second: Option<Cow<'a, str>>) -> Option<Cow<'a, str>> {
    first.or(second)
}

fn kind(wire: &Wire<'_>, named: Option<EventKind>) -> Result<EventKind, Why> {
    if let Some(kind) = named {
        return Ok(kind);
    }
    let text = wire.kind.or(wire.action).and_then(text);
    let known = text.as_deref().and_then(|text| text.parse().ok());
    known.ok_or_else(|| {
        let why =
            "`type` says what kind of call it is; it is one of identify, track, page, screen, group, alias";
        (EventFate::UnknownType, why.to_owned())
    })
}

/// The text of a JSON string; none for anything else.
fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let text = serde_json::from_str::<Text<'_>>(raw.get()).ok()?.0;
    Some(if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { text })
}

fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

/// An id: a text, or a whole number as some SDKs send it. Empty and null mean none.
fn id<'a>(raw: Option<&'a RawValue>, field: &str) -> Result<Option<Cow<'a, str>>, Why> {
    let Some(raw) = raw.filter(|raw| !is_null(raw)) else { return Ok(None) };
    let bad = |why: &str| (EventFate::BadId, format!("`{field}` {why}"));
    let number = raw.get().bytes().all(|byte| byte.is_ascii_digit()) && raw.get().len() <= 20;
    let id = if number { Some(Cow::Borrowed(raw.get())) } else { text(raw) };
    let id = id.ok_or_else(|| bad("must be a text or a whole number"))?;
    let id = match id {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    if id.len() > MAX_ID {
        return Err(bad(&format!("is longer than {MAX_ID} bytes; send a shorter one")));
    }
    if id.chars().any(char::is_control) {
        return Err(bad("holds control characters; send it without them"));
    }
    Ok(Some(id).filter(|id| !id.is_empty()))
}

fn name<'a>(raw: Option<&'a RawValue>, field: &str) -> Result<Option<Cow<'a, str>>, Why> {
    let Some(raw) = raw.filter(|raw| !is_null(raw)) else { return Ok(None) };
    let name = text(raw).ok_or_else(|| (EventFate::NoName, format!("`{field}` must be a text")))?;
    if name.len() > MAX_NAME {
        return Err((
            EventFate::NoName,
            format!("`{field}` is longer than {MAX_NAME} bytes; send a shorter one"),
        ));
    }
    Ok(Some(name).filter(|name| !name.trim().is_empty()))
}

fn time(raw: &RawValue, field: &str) -> Result<Option<Instant>, Why> {
    if is_null(raw) {
        return Ok(None);
    }
    let read = match text(raw) {
        Some(text) => when::read(&text),
        None => raw.get().parse().ok().and_then(when::of_number),
    };
    read.map(Some).ok_or_else(|| {
        (
            EventFate::BadTime,
            format!("`{field}` cannot be read; write it as ISO 8601, such as 2026-03-01T09:30:00.000Z"),
        )
    })
}

/// The context, or nothing where it cannot be read: an event is not refused for what surrounds it.
fn context(raw: Option<&RawValue>) -> ContextWire<'_> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

fn categories(raw: &RawValue) -> Option<&RawValue> {
    let wire: ConsentWire<'_> = serde_json::from_str(raw.get()).ok()?;
    wire.category_preferences.filter(|raw| raw.get().starts_with('{'))
}

fn says_yes(raw: &RawValue) -> bool {
    matches!(raw.get(), "true" | "1" | "\"1\"" | "\"true\"")
}
