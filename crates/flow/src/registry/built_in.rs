//! Parts of the program that are AI too: the learned cues of the guard, the taggers of names, and the texts that
//! campaigns start from. They are entries like every other, by the hash of what lies in the program.
//!
//! Goes in: the program. Comes out: an entry for each part, a new version when the program brings another. They act
//! because the program that holds them was chosen; a row of the database cannot change what they say.

use guard::cues::{CueModel, shipped};
use terms::hash::ContentHash;
use terms::ledger::Action;
use terms::model::{ModelCard, ModelKind, ModelState, ModelVersion};

use crate::app::{App, json_text};
use crate::error::Result;

/// A part of the program.
struct Part {
    kind: ModelKind,
    name: String,
    hash: String,
    card: ModelCard,
}

fn hash(bytes: &[u8]) -> String {
    ContentHash::of([bytes]).to_string()
}

fn cues(name: &str, bytes: &[u8], purpose: &str, language: &str) -> Part {
    let data = CueModel::read(bytes).map_or_else(
        |_| "sentences written for this project".to_owned(),
        |model| format!("sentences written for this project, training part {}", model.origin.corpus.short()),
    );
    Part {
        kind: ModelKind::Cues,
        name: name.to_owned(),
        hash: hash(bytes),
        card: ModelCard {
            purpose: purpose.to_owned(),
            data,
            features: "hashes of words, neighbours and letters; nothing of a customer".to_owned(),
            evaluation:
                "cross-validation and sentences of other writers, with intervals: crates/guard/cues/README.md"
                    .to_owned(),
            limits: "shows a sentence to a person; never blocks and never releases one".to_owned(),
            owner: "guard".to_owned(),
            languages: language.to_owned(),
        },
    }
}

fn parts() -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for (language, files) in ["en", "es"].into_iter().zip(shipped()) {
        let purposes = [
            ("", "shows sentences that read like forbidden ones to who approves"),
            (".families", "says which family of rules such a sentence resembles most"),
            (".orders", "shows fields that read like orders to a text model"),
        ];
        for ((suffix, purpose), bytes) in purposes.into_iter().zip(files) {
            parts.push(cues(&format!("cues.{language}{suffix}"), bytes, purpose, language));
        }
    }
    for (language, bytes) in ["en", "es"].into_iter().zip(guard::personal::shipped_taggers()) {
        let name = format!("names.{language}");
        parts.push(cues(
            &name,
            bytes,
            "finds names of people in texts, so that they are not sent where they do not belong",
            language,
        ));
    }
    let library = gateway::text_model::template::library();
    let words: Vec<_> =
        library.iter().map(|template| (template.id, template.variants("https://link.example"))).collect();
    parts.push(Part {
        kind: ModelKind::Texts,
        name: "texts.library".to_owned(),
        hash: hash(json_text(&words)?.as_bytes()),
        card: ModelCard {
            purpose: "texts that a campaign starts from; a person edits them, the guard reads them"
                .to_owned(),
            data: "written by people for this program, with slots for facts and names".to_owned(),
            features: "the offer, the brand's facts, a first name where it may be used".to_owned(),
            evaluation: "the guard's answers and people's judgements on this installation, see Guard"
                .to_owned(),
            limits: "no prompt and no language model: nothing is written that a person has not read"
                .to_owned(),
            owner: "gateway.text_model".to_owned(),
            languages: "en, es".to_owned(),
        },
    });
    Ok(parts)
}

impl App {
    /// Enters the parts of this program, and retires those of another.
    pub(crate) async fn register_built_in(&self) -> Result<()> {
        let known = self.store().models().await?;
        let stands = |part: &Part| {
            known
                .iter()
                .any(|v| v.name == part.name && v.state == ModelState::Live && v.content_hash == part.hash)
        };
        let new: Vec<Part> = parts()?.into_iter().filter(|part| !stands(part)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let responsible = self.responsible().await?;
        let (sealer, actor) = (self.sealer()?, self.system("flow.registry").await?);
        let mut tx = self.store().begin().await?;
        let known = tx.models().await?;
        for Part { kind, name, hash, card } in new {
            for before in known.iter().filter(|v| v.name == name && v.state == ModelState::Live) {
                tx.retire_built_in(before.id).await?;
            }
            let (id, number) = tx.next_model(&name).await?;
            let mut version = ModelVersion {
                id,
                kind,
                name,
                version: number,
                state: ModelState::Live,
                share: 0,
                content_hash: hash,
                parameters: "{}".to_owned(),
                evaluation: "{}".to_owned(),
                card,
                responsible,
                made_at: self.now(),
                seal: String::new(),
            };
            version.seal = sealer.version(&version)?;
            tx.add_model(&version).await?;
            let payload = serde_json::json!({ "model": version.label(), "content": version.content_hash,
                "card": version.card, "program": env!("CARGO_PKG_VERSION") });
            let object = format!("model/{}", version.label());
            tx.append_entries(&[self.entry(actor.clone(), Action::ModelMoved, object, payload)]).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
