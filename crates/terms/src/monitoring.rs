//! The words of watching the guard: who wrote a text, what people are asked to judge, and what they can say of it.

use crate::text_enum::text_enum;

text_enum! {
    /// Who wrote a text.
    "writer" Writer {
        /// A person, from nothing or over something else.
        Person = "person",
        /// The library of texts, as it is.
        Template = "template",
        /// A model wrote any of the words.
        Machine = "machine",
    }
}

text_enum! {
    /// What a sample is drawn from.
    "kind of sample" SampleKind {
        /// Messages that were sent.
        Sent = "sent",
        /// First drafts, held and passed.
        Draft = "draft",
    }
}

text_enum! {
    /// What a person says of a sentence.
    "judgement" Truth {
        /// Everything it claims holds.
        True = "true",
        /// Something it claims does not hold.
        False = "false",
        /// True by the letter, and leads readers to believe what does not hold.
        Misleading = "misleading",
        /// It claims something, and nobody here can tell whether it holds.
        CannotTell = "cannot_tell",
        /// It claims nothing that could be checked.
        NoClaim = "no_claim",
    }
}

impl Truth {
    /// Whether the sentence makes a statement, which can hold or not.
    #[must_use]
    pub const fn is_statement(self) -> bool {
        !matches!(self, Self::NoClaim)
    }

    /// Whether the statement is contradicted or stands on nothing: what nobody here can tell is not supported.
    #[must_use]
    pub const fn is_unsupported(self) -> bool {
        matches!(self, Self::False | Self::Misleading | Self::CannotTell)
    }
}
