//! Defects that can be planted, to see the simulation find them. They stand in the wiring around the product: what they
//! lose or forge there is what the product would do if the code behind it were missing or wrong.

/// A planted defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Defect {
    /// A message that left is reported as not taken, so that it is tried again.
    DeniesWhatLeft,
    /// Nobody remembers what left, and of every message in doubt it is said that it never did.
    ForgetsWhatLeft,
    /// A message leaves although its hand-over was broken off.
    LeavesAllTheSame,
    /// Withdrawals and refusals never reach the store.
    LosesWithdrawals,
    /// Suppressions never reach the store.
    LosesSuppressions,
    /// Restrictions never reach the store.
    LosesRestrictions,
    /// Erasures are answered and not done.
    LosesErasures,
    /// What customers chose at the preference centre is not kept.
    LosesChoices,
    /// That two names are one person's is not kept.
    LosesJoins,
    /// A pause or stop is answered and not done.
    LosesHalts,
    /// Workers look at a clock that stands still.
    OldClock,
}
