//! What is held about customers, what for, on which ground and for how long: the vocabulary of the record of
//! processing (GDPR 30) and of retention.

use crate::text_enum::text_enum;

text_enum! {
    /// A category of personal data.
    "category of data" DataCategory {
        /// Key and first name.
        Identity = "identity",
        /// E-mail address.
        Contact = "contact",
        /// Language, country, time zone.
        Place = "place",
        /// Receipts of what somebody agreed to or refused.
        Consent = "consent",
        /// What somebody chose for themselves.
        Preference = "preference",
        /// What was bought, when, for how much.
        Purchase = "purchase",
        /// What somebody did on a site or in an app.
        Behaviour = "behaviour",
        /// Stages and scores computed from the rest.
        Profile = "profile",
        /// Messages and why they were or were not sent.
        Message = "message",
        /// Opens, clicks, complaints, bounces.
        Response = "response",
        /// Requests of customers about their rights.
        Rights = "rights",
        /// What the ledger says of somebody.
        Log = "log",
        /// Special categories, age of minors, vulnerability; in the vault alone.
        Sensitive = "sensitive",
    }
}

text_enum! {
    /// What data are processed for.
    "purpose of processing" ProcessingPurpose {
        /// Writing to customers about the brand's offers.
        Marketing = "marketing",
        /// Stages, scores and audiences.
        Profiling = "profiling",
        /// Messages written with the help of a model.
        AiContent = "ai_content",
        /// Measuring what a message changed.
        Measurement = "measurement",
        /// Handing data on.
        Sharing = "sharing",
        /// Answering requests of customers about their rights.
        Rights = "rights",
        /// Being able to show what was done and on which ground.
        Accountability = "accountability",
        /// Mending files that could not be read.
        DataQuality = "data_quality",
        /// Looking for unfair differences between groups.
        Fairness = "fairness",
    }
}

text_enum! {
    /// The ground of a processing (GDPR 6(1); soft opt-in: ePrivacy 13(2)).
    "ground" Ground {
        /// 6(1)(a).
        Consent = "consent",
        /// ePrivacy 13(2) with 6(1)(f).
        SoftOptIn = "soft_opt_in",
        /// 6(1)(c).
        LegalObligation = "legal_obligation",
        /// 6(1)(f).
        LegitimateInterest = "legitimate_interest",
    }
}

text_enum! {
    /// A kind of data with a retention period of its own.
    "kind of data" RetentionKind {
        /// Rows of purchases, from the day of purchase.
        Purchases = "purchases",
        /// Events from sites and apps, from the moment of each.
        Events = "events",
        /// Copies of sent messages in the outbox folder, from the sending.
        MessageCopies = "message_copies",
        /// Messages with their reasons and evidence, from the end of each.
        Messages = "messages",
        /// Responses to messages, from the moment of each.
        Responses = "responses",
        /// Rows that imports could not take, from the import.
        Rejects = "rejects",
        /// Customers of whom nothing was heard, from the last sign.
        InactiveCustomers = "inactive_customers",
        /// Receipts of consent of customers who are gone or withdrew, from the last receipt. While a receipt is relied
        /// on it is kept.
        ConsentReceipts = "consent_receipts",
        /// Sign-ins of people who work here, from their end.
        Sessions = "sessions",
        /// Archives made for customers, from the making.
        Exports = "exports",
        /// Finished jobs, from their end.
        Jobs = "jobs",
        /// Requests of customers about their rights, from their end.
        RightsRequests = "rights_requests",
        /// Sign-ups that nobody confirmed and links that have run out, from their end.
        Links = "links",
    }
}
