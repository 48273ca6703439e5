//! The public sign-up page, and the page behind its link.

use serde::Serialize;
use terms::consent::Purpose;
use terms::customer::Language;
use terms::notice::Notice;

/// What somebody typed into the sign-up page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinForm {
    /// Address.
    pub email: String,
    /// Language of page and mails.
    pub language: Language,
    /// Purposes ticked; nothing is ticked beforehand.
    pub purposes: Vec<Purpose>,
    /// Where the request came from; kept as a keyed hash.
    pub address: Option<String>,
    /// True when the browser sent `Sec-GPC: 1`.
    pub opted_out: bool,
}

/// Where on the sign-up page somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinStep {
    /// The form.
    Form,
    /// Asked: look into your mailbox.
    Asked,
}

/// The sign-up page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JoinView {
    /// Language.
    pub language: Language,
    /// Brand.
    pub brand: String,
    /// Purposes on offer: those the notice speaks of.
    pub purposes: Vec<Purpose>,
    /// What the visitor is told.
    pub notice: Notice,
    /// Form, or answer.
    pub step: JoinStep,
    /// True when the browser asked not to sell or share.
    pub opted_out: bool,
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinState {
    /// It can be confirmed.
    Waiting,
    /// It was confirmed.
    Confirmed,
    /// It ran out.
    Expired,
}

/// The page behind the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JoinConfirmView {
    /// Language.
    pub language: Language,
    /// Brand.
    pub brand: String,
    /// The link's token, for the form on the page.
    #[serde(skip)]
    pub token: String,
    /// Purposes that were ticked.
    pub purposes: Vec<Purpose>,
    /// What the visitor was told.
    pub notice: Notice,
    /// Whether it can still be confirmed.
    pub state: JoinState,
}
