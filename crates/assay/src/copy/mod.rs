//! Honest copy of many kinds and its changes: worlds with a fact sheet, sentences they support in two languages, and
//! mails made of them. Everything follows from a seed.

mod claims;
mod world;
mod write;

use claims::KINDS;
use guard::FactSheet;
use science::hash::SplitMix64;
use terms::customer::Language;
use terms::fact::Fact;
use terms::time::Day;
use world::{World, between, pick};

/// Sentences that claim nothing a fact could support or deny.
const PLAIN: [&[&str]; 2] = [
    &[
        "We thought of you when it came in.",
        "The evenings are getting longer, and a quiet hour is welcome.",
        "We packed the first ones ourselves.",
        "Have a look at it when you find the time.",
        "If you have a question, write to us; we read every message.",
        "It stands well on a shelf or by the window.",
        "You can choose the colour when you order.",
        "Thank you for being with us.",
        "Our shop in the old town is open as usual.",
        "Take your time, and tell us what you think.",
        "Some of you asked for it, so here it is.",
        "We wrote down how to look after it.",
    ],
    &[
        "Nos acordamos de ti cuando llegó.",
        "Las tardes se alargan y apetece una hora tranquila.",
        "Empaquetamos las primeras nosotros mismos.",
        "Échale un vistazo cuando tengas un rato.",
        "Si tienes alguna pregunta, escríbenos; leemos cada mensaje.",
        "Queda bien en una estantería o junto a la ventana.",
        "Puedes elegir el color al hacer el pedido.",
        "Gracias por estar con nosotros.",
        "Nuestra tienda del casco antiguo abre como siempre.",
        "Tómate tu tiempo y cuéntanos qué te parece.",
        "Algunos nos lo pedisteis, y aquí está.",
        "Hemos escrito cómo cuidarlo.",
    ],
];

/// A text that its facts support, and what it becomes when one thing in it is changed.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Language.
    pub language: Language,
    /// The facts that support it.
    pub facts: Vec<Fact>,
    /// The text.
    pub text: String,
    /// The kind of claim that is changed, what is changed in it, and the text then.
    pub changed: Vec<(&'static str, &'static str, String)>,
}

impl Copy {
    /// The sheet of its facts.
    #[must_use]
    pub fn sheet(&self) -> FactSheet {
        FactSheet::new(self.facts.clone())
    }
}

/// Copy without end, the same for the same seed.
#[derive(Debug)]
pub struct Writer {
    rng: SplitMix64,
    today: Day,
    turn: usize,
}

impl Writer {
    /// A writer on a day.
    #[must_use]
    pub const fn new(seed: u64, today: Day) -> Self {
        Self { rng: SplitMix64::new(seed), today, turn: 0 }
    }

    /// The next text with one claim that is changed, among others that are not, kinds and languages in turn.
    pub fn write(&mut self) -> Copy {
        let spanish = self.turn % 2 == 1;
        let (kind, write) = KINDS
            .get(self.turn / 2 % KINDS.len())
            .copied()
            .unwrap_or(("price", |_, _, _| claims::Said { text: String::new(), changed: Vec::new() }));
        self.turn += 1;
        let world = World::random(&mut self.rng, self.today);
        let said = write(&world, spanish, &mut self.rng);
        let mut others = self.others(&world, spanish, kind);
        let place = between(&mut self.rng, 0, others.len() as i64) as usize;
        let with = |sentence: &str| {
            let mut sentences: Vec<&str> = others.iter().map(String::as_str).collect();
            sentences.insert(place, sentence);
            sentences.join(" ")
        };
        let changed = said.changed.iter().map(|(what, text)| (kind, *what, with(text))).collect();
        let text = with(&said.text);
        others.clear();
        let language = if spanish { Language::Spanish } else { Language::English };
        Copy { language, facts: world.facts(spanish), text, changed }
    }

    /// One to four sentences of other kinds, and plain ones.
    fn others(&mut self, world: &World, spanish: bool, kind: &str) -> Vec<String> {
        let mut sentences = Vec::new();
        for _ in 0..between(&mut self.rng, 1, 4) {
            let sentence = if between(&mut self.rng, 0, 1) == 0 {
                (*pick(&mut self.rng, PLAIN.get(usize::from(spanish)).copied().unwrap_or(&[""]))).to_owned()
            } else {
                let (other, write) = *pick(&mut self.rng, KINDS);
                if other == kind {
                    continue;
                }
                write(world, spanish, &mut self.rng).text
            };
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        sentences
    }

    /// A mail of about so many words, everything in it supported.
    pub fn mail(&mut self, words: usize, language: Language) -> Copy {
        let spanish = language == Language::Spanish;
        let world = World::random(&mut self.rng, self.today);
        let mut text = if spanish { "Hola, Ana:\n".to_owned() } else { "Hello Ana,\n".to_owned() };
        let mut used: Vec<&str> = Vec::new();
        let mut kinds: Vec<&(&str, claims::Writer)> = KINDS.iter().collect();
        while text.split_whitespace().count() < words {
            let sentence = if kinds.is_empty() || between(&mut self.rng, 0, 9) < 6 {
                let plain = *pick(&mut self.rng, PLAIN.get(usize::from(spanish)).copied().unwrap_or(&[""]));
                if used.contains(&plain) && used.len() < 12 {
                    continue;
                }
                if used.len() >= 12 {
                    used.clear();
                }
                used.push(plain);
                plain.to_owned()
            } else {
                let at = between(&mut self.rng, 0, kinds.len() as i64 - 1) as usize;
                let (_, write) = kinds.remove(at);
                write(&world, spanish, &mut self.rng).text
            };
            let gap = if between(&mut self.rng, 0, 3) == 0 { "\n\n" } else { " " };
            text.push_str(gap);
            text.push_str(&sentence);
        }
        Copy { language, facts: world.facts(spanish), text, changed: Vec::new() }
    }
}
