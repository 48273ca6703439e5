//! One macro: a closed enum with the exact text it has in the store, on the wire and in the segment language.
//!
//! Goes in: variants with their names. Comes out: `as_str`, `ALL`, `FromStr`, `Display`, serde as that text.
//! It does not translate: what a person reads comes from the pages' language files.

use std::fmt;

/// A text that names no variant of the enum it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{text}`; it is one of: {known}")]
pub struct UnknownName {
    /// What was expected, such as `stage`.
    pub what: &'static str,
    /// The text that was read.
    pub text: String,
    /// The texts that would have been understood.
    pub known: String,
}

impl UnknownName {
    pub(crate) fn new(what: &'static str, text: &str, known: &[&str]) -> Self {
        Self { what, text: text.to_owned(), known: known.join(", ") }
    }
}

/// Writes the text of an enum; kept out of the macro so that each use stays small.
pub(crate) fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    f.pad(name)
}

macro_rules! text_enum {
    ($(#[$meta:meta])* $what:literal $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text of this value in the store, on the wire and in the segment language.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownName::new($what, text, &[$($text),+])),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::text_enum::write_name(f, self.as_str())
            }
        }
    };
}
pub(crate) use text_enum;
