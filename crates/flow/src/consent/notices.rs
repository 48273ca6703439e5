//! Notices: what people are told before they answer. The first ones come with the program; a brand adds its own.

use terms::consent::Purpose;
use terms::customer::Language;
use terms::ids::NoticeId;
use terms::ledger::Action;
use terms::notice::Notice;
use terms::person::Actor;

use crate::app::App;
use crate::error::{Error, Result};

/// Longest notice, in bytes: it stands on a customer's page, which stays below 50 KB in all.
const LONGEST: usize = 12_000;

/// A notice that comes with the program.
struct BuiltIn {
    version: &'static str,
    language: Language,
    purposes: &'static [Purpose],
    text: &'static str,
}

/// Version of the notice on the preference page.
pub(crate) const PREFERENCES: &str = "preferences-1";
/// Version of the notice on the sign-up page, until the brand adds its own.
pub(crate) const SIGN_UP: &str = "sign-up-1";

const BUILT_IN: [BuiltIn; 4] = [
    BuiltIn {
        version: PREFERENCES,
        language: Language::English,
        purposes: Purpose::ALL,
        text: "You decide what we may do with your data. Each choice takes effect at once, and you can change it here at any time.",
    },
    BuiltIn {
        version: PREFERENCES,
        language: Language::Spanish,
        purposes: Purpose::ALL,
        text: "Tú decides qué podemos hacer con tus datos. Cada elección tiene efecto inmediato y puedes cambiarla aquí cuando quieras.",
    },
    BuiltIn {
        version: SIGN_UP,
        language: Language::English,
        purposes: Purpose::ALL,
        text: "We use your e-mail address only for what you tick here. Nothing is ticked for you, and nothing else depends on it. Marketing: we send you messages about our products. Profiling: we choose messages by what you buy and how you use them. AI-written content: a language model may help to write your messages; a person approves each text. Measurement: we measure what messages change, so that we send fewer useless ones. Sharing: we pass your data to other companies for their own use. You can change or withdraw each choice at any time, through the link in every message; withdrawing takes effect at once and changes nothing about what was lawful before. You can see, correct and delete your data on the same page, and complain to your data protection authority.",
    },
    BuiltIn {
        version: SIGN_UP,
        language: Language::Spanish,
        purposes: Purpose::ALL,
        text: "Usamos tu dirección de correo solo para lo que marques aquí. Nada viene marcado y nada más depende de ello. Marketing: te enviamos mensajes sobre nuestros productos. Perfilado: elegimos los mensajes según lo que compras y cómo los usas. Contenido escrito con IA: un modelo de lenguaje puede ayudar a escribir tus mensajes; una persona aprueba cada texto. Medición: medimos qué cambian los mensajes, para enviar menos que no sirvan. Cesión: pasamos tus datos a otras empresas para su propio uso. Puedes cambiar o retirar cada elección cuando quieras, con el enlace de cada mensaje; retirarla tiene efecto inmediato y no cambia lo que antes era lícito. En la misma página puedes ver, corregir y borrar tus datos, y puedes reclamar ante tu autoridad de protección de datos.",
    },
];

impl App {
    /// Puts the program's own notices into the store where they are missing.
    pub(crate) async fn ensure_notices(&self) -> Result<()> {
        let known = self.store().notices().await?;
        let missing: Vec<&BuiltIn> = BUILT_IN
            .iter()
            .filter(|own| {
                !known.iter().any(|notice| notice.version == own.version && notice.language == own.language)
            })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut tx = self.store().begin().await?;
        for own in missing {
            if tx.notice(own.version, own.language).await?.is_none() {
                tx.add_notice(own.version, own.language, own.purposes, own.text, self.now()).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// The notice to show before somebody answers for a purpose: the newest one in that language that speaks of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no notice speaks of this purpose in this language.
    pub async fn current_notice(&self, purpose: Purpose, language: Language) -> Result<Notice> {
        let mut notices = self.store().notices().await?;
        notices.retain(|notice| notice.language == language && notice.purposes.contains(&purpose));
        notices.pop().ok_or(Error::NotFound)
    }

    /// Every notice, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notices(&self) -> Result<Vec<Notice>> {
        Ok(self.store().notices().await?)
    }

    /// Adds a version of a notice. It is shown from now on where somebody answers for its purposes.
    ///
    /// # Errors
    /// [`Error::Invalid`] when version, purposes or text are missing or too long, or when there is this version in this
    /// language already.
    pub async fn add_notice(
        &self,
        version: &str,
        language: Language,
        purposes: &[Purpose],
        text: &str,
    ) -> Result<NoticeId> {
        let invalid = |message: String| Err(Error::Invalid { message });
        let (version, text) = (version.trim(), text.trim());
        if version.is_empty() || version.len() > 60 || version.chars().any(char::is_whitespace) {
            return invalid(format!("`{version}` is no version; write one word, such as sign-up-2"));
        }
        if text.is_empty() || text.len() > LONGEST {
            return invalid(format!(
                "a notice has between 1 and {LONGEST} bytes; this one has {}",
                text.len()
            ));
        }
        let mut purposes = purposes.to_vec();
        purposes.sort_unstable();
        purposes.dedup();
        if purposes.is_empty() {
            return invalid("a notice speaks of a purpose; name at least one".to_owned());
        }
        let mut tx = self.store().begin().await?;
        if tx.notice(version, language).await?.is_some() {
            return invalid(format!(
                "there is a notice `{version}` in `{language}`, and notices are never changed; choose another version"
            ));
        }
        let id = tx.add_notice(version, language, &purposes, text, self.now()).await?;
        let hash = terms::hash::ContentHash::of_text(text);
        let payload = serde_json::json!({ "version": version, "language": language, "purposes": purposes, "hash": hash });
        let entry = self.entry(Actor::Operator, Action::NoticeAdded, format!("notice/{id}"), payload);
        tx.append_entries(&[entry]).await?;
        tx.commit().await?;
        Ok(id)
    }
}
