//! View structs: what a page shows and what `--json` prints are the same struct (invariant 5).
//!
//! Goes in: nothing. Comes out: plain data, language-neutral; words and number formats are the face's business.

mod campaigns;
mod consent;
mod customer_pages;
mod customers;
mod join;
mod ledger;
mod rights;
mod today;

pub use campaigns::*;
pub use consent::*;
pub use customer_pages::*;
pub use customers::*;
pub use join::*;
pub use ledger::*;
pub use rights::*;
pub use today::*;
