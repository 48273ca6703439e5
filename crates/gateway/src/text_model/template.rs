//! A library of texts with typed slots, by goal, in both languages. No model is asked: these are starting points
//! that a person edits, and the guard reads them like anybody's text. They fit any trade: what is sold stands in the
//! facts of the offer and of the brand, never here.

use terms::campaign::Goal;
use terms::customer::Language;
use terms::message::Variant;

/// A text to start from.
#[derive(Debug, Clone, Copy)]
pub struct TextTemplate {
    /// Identifier, such as `win_back`.
    pub id: &'static str,
    /// What it is made for.
    pub goal: Goal,
    words: [Words; 2],
}

#[derive(Debug, Clone, Copy)]
struct Words {
    language: Language,
    subject: &'static str,
    preheader: &'static str,
    headline: &'static str,
    body: &'static str,
    button: &'static str,
}

impl TextTemplate {
    /// The variants, leading to `link`.
    #[must_use]
    pub fn variants(&self, link: &str) -> Vec<Variant> {
        self.words
            .iter()
            .map(|words| Variant {
                id: None,
                language: words.language,
                subject: words.subject.to_owned(),
                preheader: words.preheader.to_owned(),
                headline: words.headline.to_owned(),
                body: words.body.to_owned(),
                button: words.button.to_owned(),
                link: link.to_owned(),
            })
            .collect()
    }
}

/// Every text, in the order a person is offered them.
#[must_use]
pub const fn library() -> &'static [TextTemplate] {
    LIBRARY
}

/// The text of an identifier.
#[must_use]
pub fn find(id: &str) -> Option<&'static TextTemplate> {
    LIBRARY.iter().find(|template| template.id == id)
}

const LIBRARY: &[TextTemplate] = &[
    TextTemplate {
        id: "win_back",
        goal: Goal::WinBack,
        words: [
            Words {
                language: Language::English,
                subject: "{{ offer.discount }} off your next order",
                preheader: "Valid until {{ offer.valid_until }}",
                headline: "It has been a while",
                body: "{{ greeting }}\n\nWe have not seen you for some time, and we would like to see you again. If you feel like it, your next order comes with {{ offer.discount }} off, until {{ offer.valid_until }}.\n\nNothing to sign up for. If now is not the moment, that is fine too.",
                button: "See the shop",
            },
            Words {
                language: Language::Spanish,
                subject: "{{ offer.discount }} de descuento en tu próximo pedido",
                preheader: "Válido hasta el {{ offer.valid_until }}",
                headline: "Hace tiempo que no nos vemos",
                body: "{{ greeting }}\n\nHace un tiempo que no sabemos de ti y nos gustaría volver a verte. Si te apetece, tu próximo pedido tiene un {{ offer.discount }} de descuento, hasta el {{ offer.valid_until }}.\n\nNo hay que apuntarse a nada. Y si ahora no es el momento, también está bien.",
                button: "Ver la tienda",
            },
        ],
    },
    TextTemplate {
        id: "second_purchase",
        goal: Goal::SecondPurchase,
        words: [
            Words {
                language: Language::English,
                subject: "How was your first order?",
                preheader: "Free shipping on your next order until {{ offer.valid_until }}",
                headline: "Thank you for your first order",
                body: "{{ greeting }}\n\nWe hope you enjoyed it. If you would like to try something else, your next order has free shipping until {{ offer.valid_until }}.\n\nIf something was not right, just reply to this message: a person reads it.",
                button: "See what else there is",
            },
            Words {
                language: Language::Spanish,
                subject: "¿Qué tal tu primer pedido?",
                preheader: "Envío gratis en tu próximo pedido hasta el {{ offer.valid_until }}",
                headline: "Gracias por tu primer pedido",
                body: "{{ greeting }}\n\nEsperamos que te haya gustado. Si quieres probar otra cosa, tu próximo pedido tiene envío gratis hasta el {{ offer.valid_until }}.\n\nSi algo no salió bien, responde a este mensaje: lo lee una persona.",
                button: "Ver qué más hay",
            },
        ],
    },
    TextTemplate {
        id: "reward",
        goal: Goal::Reward,
        words: [
            Words {
                language: Language::English,
                subject: "A small thank you",
                preheader: "{{ offer.discount }} off, for you, until {{ offer.valid_until }}",
                headline: "Thank you for coming back",
                body: "{{ greeting }}\n\nYou have been buying from us regularly, and we want to say thank you: {{ offer.discount }} off your next order until {{ offer.valid_until }}.\n\nYou can choose how often we write to you in your preferences, below.",
                button: "Use it on your next order",
            },
            Words {
                language: Language::Spanish,
                subject: "Un pequeño agradecimiento",
                preheader: "{{ offer.discount }} de descuento hasta el {{ offer.valid_until }}",
                headline: "Gracias por volver",
                body: "{{ greeting }}\n\nNos compras con regularidad y queremos darte las gracias: un {{ offer.discount }} de descuento en tu próximo pedido hasta el {{ offer.valid_until }}.\n\nPuedes elegir con qué frecuencia te escribimos en tus preferencias, aquí abajo.",
                button: "Usarlo en tu próximo pedido",
            },
        ],
    },
    TextTemplate {
        id: "note",
        goal: Goal::Other,
        words: [
            Words {
                language: Language::English,
                subject: "A note from {{ brand.sender_name }}",
                preheader: "Something you may like to know",
                headline: "News from us",
                body: "{{ greeting }}\n\nHere is what has changed since we last wrote. Write it in a sentence or two, and say what it means for the reader.\n\nIf you have a question, just reply to this message: a person reads it.",
                button: "Read more",
            },
            Words {
                language: Language::Spanish,
                subject: "Una nota de {{ brand.sender_name }}",
                preheader: "Algo que quizá te interese",
                headline: "Novedades",
                body: "{{ greeting }}\n\nEsto es lo que ha cambiado desde la última vez. Cuéntalo en una o dos frases y di qué supone para quien lo lee.\n\nSi tienes alguna pregunta, responde a este mensaje: lo lee una persona.",
                button: "Leer más",
            },
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_knows_what_is_sold() {
        for variant in library().iter().flat_map(|template| template.variants("https://shop.example")) {
            for (field, text) in variant.fields() {
                let text = text.to_lowercase();
                for trade in ["coffee", "café", "roast", "bean", "lamp", "shoe", "wine", "taste", "tueste"] {
                    assert!(!text.contains(trade), "{field}: {text}");
                }
            }
        }
    }

    #[test]
    fn every_text_exists_in_every_language() {
        for template in library() {
            let variants = template.variants("https://shop.example");
            let languages: Vec<_> = variants.iter().map(|variant| variant.language).collect();
            assert_eq!(languages, Language::ALL, "{}", template.id);
            for variant in &variants {
                for (field, text) in variant.fields() {
                    assert!(!text.trim().is_empty(), "{} {field}", template.id);
                }
            }
        }
    }
}
