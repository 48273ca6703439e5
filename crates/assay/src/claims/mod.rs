//! Statements that no fact supports, measured on texts in which people marked them, and the training of the model.
//! Nothing is random but the order of sources in folds and resamples, which a seed gives.

mod learn;
mod read;
mod score;

pub use learn::{CLAIMS_SEED, Reading, SHIPPED_CLAIMS, cross_validate_claims, read_with, train_claims};
pub use read::{Response, flatten, hash_of_responses, read_responses};
pub use score::{ClaimFigures, Misread, WriterFigures, claim_figures, misread};
