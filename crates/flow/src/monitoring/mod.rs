//! How well the guard works: its decisions, what people let pass and what customers answered, counted by rule; samples
//! for people to judge; and the rate of unsupported statements before and after it.
//!
//! Goes in: reports of the guard, approvals, answers, verdicts of people. Comes out: views. Architecture invariant:
//! watching changes nothing about what may be said.

mod calibrate;
mod judge;
mod rates;
mod record;
mod sample;
mod view;

pub use calibrate::{CalibrationView, CueProposal};
pub use judge::{JudgeSentence, JudgeView, Said, SampleLine, SampleRow, SampleView};
pub use record::{ReadingText, Spoken};
pub(crate) use record::{month_of, readings_of, rules_that_held};
pub use store::guard_samples::SentenceVerdict;
pub use view::{MonitorView, RateLine, RuleLine};

/// Content of every interval.
pub(crate) const LEVEL: f64 = 0.95;
