//! The command line: every command, its arguments and their help. No work happens here.

mod facts;
mod guard;

use std::path::PathBuf;

pub(crate) use facts::{FactArgs, FactImportArgs, FactListArgs, FactsCommand};
pub(crate) use guard::{GuardCheckArgs, GuardCommand, GuardRulesCommand};

use clap::{Args, Parser, Subcommand};
use terms::time::Day;

/// A CRM marketing platform that earns every contact with a customer.
#[derive(Debug, Parser)]
#[command(name = "candor", version, about, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Folder where Candor keeps its data [default: .candor, for the demo .candor/demo]
    #[arg(long, global = true, value_name = "DIR", env = "CANDOR_HOME")]
    pub(crate) home: Option<PathBuf>,
    /// PostgreSQL to keep the store in, instead of SQLite in the home folder
    #[arg(long, global = true, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// Print JSON instead of words
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// The switch of all AI.
#[derive(Debug, Subcommand)]
pub(crate) enum AiCommand {
    /// Whether it is stopped, and who threw the switch when
    Status,
    /// No model acts and nothing leaves that a model chose or a machine wrote, in every process, from now on
    Stop {
        /// Why
        #[arg(long)]
        reason: String,
        /// Address of the person who stops it
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
    /// Let AI go on: an approver or analyst with a certificate, other than who stopped it
    Resume {
        /// Why it is safe to go on
        #[arg(long)]
        reason: String,
        /// Address of the person who lets it go on
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
}

/// Decisions about models. Whoever answers for a version does not let it act.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Let a version that passed its gates act for everybody
    Promote(ModelStep),
    /// Run a version beside the one that acts; it decides nothing
    Shadow(ModelStep),
    /// Let a version decide for a share of the customers; it is watched, and taken back by itself
    Canary {
        #[command(flatten)]
        step: ModelStep,
        /// Customers it decides for, in percent
        #[arg(long, default_value_t = 10)]
        share: i64,
    },
    /// Take a version out of use
    Retire(ModelStep),
    /// Take back what acts under a name, such as stage: the canary, or else the live version for the one before it
    Rollback(ModelStep),
    /// Bring a stage model of your own as an ONNX file; it meets the same gates. See docs/bring-your-own-model.md
    Add {
        /// The ONNX file
        file: std::path::PathBuf,
        /// TOML file that says what it looks at, until when its data went, and its card
        #[arg(long)]
        about: std::path::PathBuf,
        /// E-mail address of who brings it, and answers for it
        #[arg(long)]
        by: String,
    },
    /// Write the rows that stage models are made from as CSV, to make one elsewhere
    Table {
        /// File to write
        file: std::path::PathBuf,
        /// E-mail address of who takes them
        #[arg(long)]
        by: String,
    },
    /// Run the gates of a version again, or write the gates of a kind from a JSON file
    Gate {
        /// A version such as stage@2; with --set a kind such as stage
        label: String,
        /// File with the rules, as `candor model gate stage --json` prints them
        #[arg(long)]
        set: Option<std::path::PathBuf>,
        /// Why the rules change
        #[arg(long, default_value = "")]
        why: String,
        /// E-mail address of who does it; without it the rules of a kind are only shown
        #[arg(long)]
        by: Option<String>,
    },
}

/// A decision about one version.
#[derive(Debug, clap::Args)]
pub(crate) struct ModelStep {
    /// Version, such as stage@2; for a rollback its name, such as stage
    pub(crate) label: String,
    /// E-mail address of who decides
    #[arg(long)]
    pub(crate) by: String,
    /// Why
    #[arg(long, default_value = "")]
    pub(crate) why: String,
}

/// Questions about who may do what.
#[derive(Debug, Subcommand)]
pub(crate) enum AccessCommand {
    /// Say whether somebody may do something, and which policy says so
    Why {
        /// E-mail address or number of the person
        person: String,
        /// Action, such as approve or launch; `candor access` lists them
        action: String,
        /// Thing it is done to, such as campaign/3, model/stage@2 or rule/M3; without it the house as a whole
        on: Option<String>,
    },
    /// Check a file of a brand's own policies before it is put into the home folder as access.cedar
    Check {
        /// File
        file: PathBuf,
    },
    /// Print what policies can speak of, and the policies of the house
    Schema,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Do the whole job on a simulated shop, then show the pages
    Demo(DemoArgs),
    /// Serve the pages, and work off the jobs
    Serve(ServeArgs),
    /// Work off the jobs without serving pages
    Worker(WorkerArgs),
    /// Read purchases, customers or consents from a file
    #[command(subcommand)]
    Import(ImportCommand),
    /// Show the lifecycle stages and last month's migrations
    Stages,
    /// Fit the stage models when the data changed, choose by backtest, and forecast the next two periods
    Forecast {
        /// Fit again, also when a model of the same data is live
        #[arg(long)]
        refit: bool,
    },
    /// Show the registry of models, and decide which version acts
    #[command(args_conflicts_with_subcommands = true)]
    Model {
        /// One version, such as stage@2, with its card, its gates and its moves
        label: Option<String>,
        #[command(subcommand)]
        command: Option<ModelCommand>,
    },
    /// List campaigns, or show the report of one
    Campaign {
        /// Campaign to show
        id: Option<i64>,
    },
    /// Read the ledger
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Say why a message was sent: data, models, checks, approver
    Why {
        /// Message id, as in the outbox and in the mail's X-Candor-Message header
        message: i64,
    },
    /// Say who did something and who answers for it: an action such as campaign_approved, or an object such as campaign/3
    Who {
        /// Action or object
        about: String,
    },
    /// Hold a share of all customers out of marketing, to see what all of it changes; `candor report marketing` shows it
    Holdout(HoldoutArgs),
    /// What campaigns do to the long term: the brand's policy, and overruling a veto
    #[command(subcommand)]
    LongTerm(LongTermCommand),
    /// Reports that are made from what the system did
    #[command(subcommand)]
    Report(ReportCommand),
    /// Requests under data protection law, who else is told, partners, breaches
    #[command(subcommand)]
    Rights(RightsCommand),
    /// Add somebody who works with Candor, or list everybody
    #[command(subcommand)]
    Person(PersonCommand),
    /// Who may do what here: the table, why somebody may or may not, a look at a brand's own policies
    Access {
        #[command(subcommand)]
        command: Option<AccessCommand>,
    },
    /// When a campaign needs a second approver, and how long a launch can be undone; as JSON
    Oversight {
        /// File with changed settings
        #[arg(long, value_name = "FILE")]
        set: Option<PathBuf>,
        /// Address of the privacy officer who changes them
        #[arg(long, value_name = "EMAIL")]
        by: Option<String>,
    },
    /// Stop all AI at once, or let it go on
    #[command(subcommand)]
    Ai(AiCommand),
    /// Who is certified to approve, and how far everybody is with the lessons
    #[command(subcommand)]
    Training(TrainingCommand),
    /// Show the brand's settings, or change those that are given
    Brand(BrandArgs),
    /// The fact sheet: what messages may say
    #[command(subcommand, visible_alias = "fact")]
    Facts(FactsCommand),
    /// Sensitive attributes, sealed: put them in, and see how many there are and who opened them
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Find out whether groups are treated alike; opens the vault, which the ledger keeps
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check a message against facts, or explain a rule
    #[command(subcommand)]
    Guard(GuardCommand),
    /// Write keys, with which shops and apps send events
    #[command(subcommand)]
    Key(KeyCommand),
    /// Consents: what somebody's receipts say at any time, notices, consent strings, export
    #[command(subcommand)]
    Consent(ConsentCommand),
    /// How long what is kept: periods, looks at what would be deleted, and runs that delete it
    #[command(subcommand)]
    Retention(RetentionCommand),
    /// The record of processing (GDPR 30) and the impact assessment (GDPR 35), from what is really held and done
    #[command(subcommand)]
    Processing(ProcessingCommand),
    /// Write a backup, in which everything of a customer is sealed under a key that erasure destroys
    Backup {
        /// File to write; it must not exist yet. Keep the `keys` folder of the home elsewhere
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Put a backup back, without whom was erased since; stop every `candor serve` and `worker` first
    Restore {
        /// Backup to read
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
    /// Look for trouble: folders, database, ledger, messages in doubt
    Doctor,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Stop after the job, do not serve pages
    #[arg(long)]
    pub(crate) headless: bool,
    /// Throw the demo's earlier data away first
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Customers of the simulated shop
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(500..=1_000_000))]
    pub(crate) customers: u32,
    /// Seed of the simulation: the same seed gives the same shop
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The demo's present day [default: today]
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<Day>,
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ListenArgs {
    /// Address to serve the pages on
    #[arg(long, default_value = "127.0.0.1:7070", value_name = "ADDRESS")]
    pub(crate) listen: std::net::SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) listen: ListenArgs,
    #[command(flatten)]
    pub(crate) channel: ChannelArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    /// Stop when nothing is left to do
    #[arg(long)]
    pub(crate) until_idle: bool,
    #[command(flatten)]
    pub(crate) channel: ChannelArgs,
}

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ChannelArgs {
    /// Mail server to hand messages to, instead of the outbox folder: smtp://host:port or smtps://host
    #[arg(long, value_name = "URL", env = "CANDOR_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Purchases: customer, time, amount (CSV of any kind, gzip, zip, Parquet)
    Purchases(PurchaseArgs),
    /// Customers: key, email, first_name, locale, country, time_zone, known_since (CSV)
    Customers(PeopleArgs),
    /// Consent receipts: key, purpose, channel, status, at, basis, notice_version, notice_hash, language, source, proof (CSV)
    Consents(PeopleArgs),
    /// Bring purchases that came as events into the lake now, instead of within a minute
    Events,
    /// List the imports of purchases, with the numbers by which they can be undone
    List,
    /// Take the rows of an import of purchases out again: the last one, or the one you name
    Undo {
        /// Number of the import, as `candor import list` shows it
        number: Option<u32>,
        /// Name of its file; of several imports of that file the last
        #[arg(long, value_name = "NAME", conflicts_with = "number")]
        file: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TableArgs {
    /// File to read
    pub(crate) file: PathBuf,
    /// Show what would be read, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Delimiter of the columns: a character, or tab, space, comma, semicolon, pipe
    #[arg(long)]
    pub(crate) delimiter: Option<String>,
    /// How times are written: iso, yyyymmdd, dmy, mdy, epoch-s, epoch-ms, epoch-us, or a pattern such as %d/%m/%Y
    #[arg(long, value_name = "FORMAT")]
    pub(crate) time_format: Option<String>,
    /// The first row is data; columns are then named by their numbers
    #[arg(long)]
    pub(crate) no_header: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PeopleArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    /// Column of a field whose name does not say it: a name, or a number from 1, such as email=Contact or key=2
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = field_and_column)]
    pub(crate) column: Vec<(String, String)>,
}

fn field_and_column(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, column)) if !field.is_empty() && !column.is_empty() => {
            Ok((field.to_owned(), column.to_owned()))
        }
        _ => Err("give a field and its column, such as email=Contact".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct PurchaseArgs {
    #[command(flatten)]
    pub(crate) table: TableArgs,
    /// Column of the customer: a name, or a number from 1
    #[arg(long, value_name = "COLUMN")]
    pub(crate) customer: Option<String>,
    /// Column of the time
    #[arg(long, value_name = "COLUMN")]
    pub(crate) time: Option<String>,
    /// Column of the amount
    #[arg(long, value_name = "COLUMN")]
    pub(crate) amount: Option<String>,
    /// Column of the quantity, by which a unit price is multiplied
    #[arg(long, value_name = "COLUMN")]
    pub(crate) quantity: Option<String>,
    /// Column of the unit price, instead of an amount
    #[arg(long, value_name = "COLUMN")]
    pub(crate) unit_price: Option<String>,
    /// Column of the order
    #[arg(long, value_name = "COLUMN")]
    pub(crate) order: Option<String>,
    /// Column of the currency, or one currency such as EUR for every row that names none
    #[arg(long, value_name = "COLUMN|CODE")]
    pub(crate) currency: Option<String>,
    /// What stands before the decimals: comma (as in 1.299,50) or point (as in 1,299.50)
    #[arg(long, value_name = "comma|point")]
    pub(crate) decimal: Option<lake::import::DecimalMark>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Recompute the whole ledger and check every signature
    Verify,
    /// Show the newest entries
    Show {
        /// Only this action, such as campaign_approved
        #[arg(long)]
        action: Option<String>,
    },
    /// Write checkpoint, tiles, entries and keys into a new folder, to be checked elsewhere with `candor-witness verify`
    Export {
        /// Folder to make
        folder: PathBuf,
    },
    /// Programs on other hosts that sign what only grew
    #[command(subcommand)]
    Witness(WitnessCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// What all marketing together changes: everybody else against those drawn to hear none
    Marketing,
    /// What AI did in a month, who answered for it, what was held back: as Markdown, or as an HTML file to be printed
    ResponsibleAi {
        /// The month, such as 2026-10 [default: the one that is going on]
        #[arg(long, value_name = "MONTH")]
        month: Option<String>,
        /// Language: en or es
        #[arg(long, default_value = "en")]
        lang: terms::customer::Language,
        /// Write HTML into this file, instead of Markdown to the screen
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LongTermCommand {
    /// Show the policy, or change it
    Policy {
        /// Probability of a loss from which it vetoes, above 0.5 and below 1
        #[arg(long, value_name = "P")]
        certainty: Option<f64>,
        /// Share of the gain that the long term may cost, from 0 to 1
        #[arg(long, value_name = "SHARE")]
        tolerated: Option<f64>,
        /// How many opt-outs a complaint counts as
        #[arg(long, value_name = "N")]
        complaint_weight: Option<f64>,
        /// Share of revenue that is margin, above 0 and up to 1
        #[arg(long, value_name = "SHARE")]
        margin: Option<f64>,
        /// Whose act a change is: the sign-in address of a privacy officer
        #[arg(long, value_name = "EMAIL")]
        by: Option<String>,
    },
    /// Let a vetoed campaign through as it stands; an edit asks again
    Overrule {
        /// The campaign
        id: i64,
        /// Why it goes out all the same; it stands in the ledger and in the month's report
        #[arg(long)]
        why: String,
        /// Whose act it is: the sign-in address of a privacy officer who did not write it
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct HoldoutArgs {
    /// Share of all customers who hear no marketing, in percent, from 0 to 20; it holds from the next period on
    #[arg(long, value_name = "PERCENT")]
    pub(crate) percent: f64,
    /// Months until others are drawn: 3 or 6
    #[arg(long, value_name = "MONTHS", default_value = "3")]
    pub(crate) months: u32,
    /// Whose act it is: the sign-in address of a privacy officer
    #[arg(long, value_name = "EMAIL")]
    pub(crate) by: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessCommand {
    /// Show this ledger's key, which a witness needs
    Key,
    /// Have the ledger witnessed from now on
    Add {
        /// The witness's key, as `candor-witness init` showed it
        key: String,
        /// Where it takes checkpoints, such as https://witness.example.org
        #[arg(long)]
        url: String,
        /// Vouch for a host that is not on the public internet
        #[arg(long)]
        allow_host: bool,
    },
    /// List the witnesses: what each signed, and when
    List,
    /// Send the newest checkpoint now, instead of within five minutes; ends with 1 when a witness did not sign
    Ask,
    /// Remove a witness, by its number or name; what it signed stays
    Remove {
        /// Number or name
        witness: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrainingCommand {
    /// How somebody stands
    Status {
        /// Their sign-in address
        #[arg(long, value_name = "EMAIL")]
        person: String,
    },
    /// How everybody stands
    Team,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// Add somebody; the password is read from standard input
    Add {
        /// Full name
        #[arg(long)]
        name: String,
        /// E-mail address to sign in with
        #[arg(long)]
        email: String,
        /// marketer, approver, analyst, privacy_officer or engineer
        #[arg(long)]
        role: terms::person::Role,
    },
    /// List everybody
    List,
}

#[derive(Debug, Args)]
pub(crate) struct BrandArgs {
    /// Name customers know; also the sender's name in every message
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Sender of messages, as "Name <address>"
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Postal address of the sender, which every message carries
    #[arg(long)]
    pub(crate) postal_address: Option<String>,
    /// Where customers reach their own pages, such as https://mail.brand.example
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Hosts that messages may link to; replaces the earlier ones
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Vec<String>,
    /// Time zones of your customers, for those whose zone is unknown; replaces the earlier ones
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Vec<String>,
    /// What campaigns can be about, as `coffee` or `coffee=Coffee/Café`; replaces the earlier ones
    #[arg(long, value_name = "TOPIC")]
    pub(crate) topic: Vec<flow::Topic>,
    /// Leave campaigns without topics: takes out all of them
    #[arg(long, conflicts_with = "topic")]
    pub(crate) no_topics: bool,
    /// What is sent on public holidays of the recipient's country: nothing (quiet) or the same as always (usual)
    #[arg(long, value_name = "quiet|usual", value_parser = holiday_rest)]
    pub(crate) holidays: Option<flow::HolidayRest>,
    /// Kinds of personal facts a message may state at the most, the name included
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10))]
    pub(crate) personal_facts: Option<u32>,
    /// Write to nobody whom the next message makes opt out or complain with more than this probability, in percent
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) most_harm: Option<f64>,
    /// At most this many messages to one person in 30 days
    #[arg(long, value_name = "N")]
    pub(crate) cap_30_days: Option<u32>,
    /// At most this many messages to one person in 3 days
    #[arg(long, value_name = "N")]
    pub(crate) cap_3_days: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key; it is shown this once
    Add {
        /// What people call it, such as the shop's name
        name: String,
        /// What it may do: events, consents, guard, ledger [default: events and consents; with --origin only events]
        #[arg(long, value_name = "SCOPE")]
        scope: Vec<terms::event::KeyScope>,
        /// A site whose pages may use it, such as https://shop.example, or * for every site
        #[arg(long, value_name = "ORIGIN")]
        origin: Vec<String>,
        /// Events a second that are taken with it [default: 50000; with --origin 1000]
        #[arg(long, value_name = "N")]
        per_second: Option<i64>,
    },
    /// List the keys, and what became of the events of each
    List,
    /// Revoke a key, by its number or its name
    Revoke {
        /// Number or name
        key: String,
    },
    /// Show what consent categories mean, or say what one means from now on
    Category {
        /// Category, as it stands in context.consent.categoryPreferences
        category: Option<String>,
        /// Its purposes: marketing, profiling, ai_content, measurement, sharing; none makes it mean nothing
        purpose: Vec<terms::consent::Purpose>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// Put the values of a CSV file with the columns customer, attribute and value into the vault
    Import {
        /// The file; delete it afterwards, the vault keeps the values sealed
        file: PathBuf,
        /// Address of the privacy officer or analyst who does it
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
    /// Count the values by attribute, and list the openings
    List {
        /// Address of the privacy officer or analyst who looks
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// How everything live falls on groups, against the brand's policy
    Fairness {
        /// Only show what the last audits found; opens nothing
        #[arg(long)]
        last: bool,
        /// Address of the privacy officer or analyst who asks
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
    /// Show the fairness policy, or change it
    Policy {
        /// Lowest ratio that is accepted, above 0 and up to 1; .8 is the four-fifths rule
        #[arg(long, value_name = "RATIO")]
        lowest: Option<f64>,
        /// When a ratio below it counts: observed, unequal or below_limit
        #[arg(long, value_name = "WHEN", value_parser = one_of::<flow::audit::Credible>)]
        credible: Option<flow::audit::Credible>,
        /// What happens to groups too small to be told: mention or hold
        #[arg(long, value_name = "WHAT", value_parser = one_of::<flow::audit::SmallGroups>)]
        small: Option<flow::audit::SmallGroups>,
        /// Attributes that are audited; `all` for every one the vault holds
        #[arg(long, value_delimiter = ',', value_name = "NAME,NAME")]
        attributes: Vec<String>,
        /// Address of the privacy officer or analyst who asks
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
    /// What would bring a campaign's audience within the policy, and what it costs; takes one of them as a draft
    Remedy {
        /// Number of the campaign
        campaign: i64,
        /// Which one to take, by its number in the list; the campaign is a draft then
        #[arg(long, value_name = "NUMBER")]
        take: Option<usize>,
        /// Address of the marketer who asks
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
    /// How many of each group a segment selects, with intervals
    Selection {
        /// The segment, such as "stage = churned and value.percentile >= 60"
        #[arg(long, value_name = "SEGMENT")]
        audience: String,
        /// The attribute that makes the groups; `candor vault list` names them
        #[arg(long, value_name = "NAME")]
        attribute: String,
        /// Why the vault has to be opened, in a sentence
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Address of the privacy officer or analyst who asks
        #[arg(long, value_name = "EMAIL")]
        by: String,
    },
}

/// One of a closed list of words.
fn one_of<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|error| error.to_string())
}

fn holiday_rest(text: &str) -> Result<flow::HolidayRest, String> {
    match text {
        "quiet" => Ok(flow::HolidayRest::Quiet),
        "usual" => Ok(flow::HolidayRest::Usual),
        other => Err(format!("`{other}` is neither `quiet` nor `usual`")),
    }
}

/// A share, typed in percent.
fn percent(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().trim_end_matches('%').trim().replace(',', ".").parse().unwrap_or(f64::NAN);
    if (0.0..=100.0).contains(&number) {
        Ok(number / 100.0)
    } else {
        Err(format!("`{text}` is no percentage from 0 to 100"))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProcessingCommand {
    /// Record of processing activities; `--json` prints what both documents are made from
    Record {
        /// Language of the document: en or es
        #[arg(long, default_value = "en")]
        language: terms::customer::Language,
    },
    /// Skeleton of a data protection impact assessment
    Dpia {
        /// Language of the document: en or es
        #[arg(long, default_value = "en")]
        language: terms::customer::Language,
    },
    /// Say what only people can say, such as `state controller "Aurora S.L., Madrid"`; empty words take it back
    State {
        /// What it is about: controller, contact, representative, officer, transfers, necessity, risk_left, advice, views
        what: terms::processing::Statement,
        /// The words, at most 4,000 characters
        words: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    /// Show every period, whether it acts, and what a run would delete now
    Show,
    /// Set a period; it acts after a dry run and `activate`
    Set {
        /// Kind of data, as `show` lists them
        kind: terms::processing::RetentionKind,
        /// Days
        days: i64,
    },
    /// Make a period act that was looked at by a dry run
    Activate {
        /// Kind of data
        kind: terms::processing::RetentionKind,
    },
    /// Delete what has ended of the kinds whose period acts
    Run {
        /// Only say what would be deleted, of every kind
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConsentCommand {
    /// Show a customer's receipts with proof and notice, and what they said at a time
    Show {
        /// Key, or e-mail address
        customer: String,
        /// Time, such as 2026-03-01, 2026-03-01T09:30 or 2026-03-01T09:30:00+01:00 [default: now]
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Count what everybody's receipts say at a time
    Counts {
        /// Time [default: now]
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Notices on the use of data, which receipts refer to
    #[command(subcommand)]
    Notice(NoticeCommand),
    /// Import TCF, GPP and US Privacy strings: key, string, at (CSV)
    ImportStrings(PeopleArgs),
    /// Write consent records (ISO/IEC TS 27560, W3C DPV) as JSON-LD
    Export {
        /// Only this customer's
        #[arg(long, value_name = "KEY")]
        customer: Option<String>,
        /// File to write; it must not exist [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum NoticeCommand {
    /// Add a version; texts are never changed
    Add {
        /// Version, the same in all languages, such as sign-up-2
        #[arg(value_name = "VERSION")]
        name: String,
        /// Text file, `-` for standard input
        file: PathBuf,
        /// Language of the text: en or es
        #[arg(long)]
        language: terms::customer::Language,
        /// Purposes it speaks of: marketing, profiling, ai_content, measurement, sharing
        #[arg(long, value_name = "PURPOSE", required = true)]
        purpose: Vec<terms::consent::Purpose>,
    },
    /// List every version with its hash
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RightsCommand {
    /// What is due when
    List {
        /// open, closed or all
        #[arg(long, default_value = "open", value_parser = ["open", "closed", "all"])]
        which: String,
        /// Only this right, such as erasure
        #[arg(long)]
        kind: Option<terms::rights::RightKind>,
    },
    /// One request: timeline, receipts, who was told
    Show {
        /// Number, as in R-12
        id: i64,
    },
    /// Enter a request that came by post, telephone or e-mail
    Open {
        /// access, portability, rectification, erasure, restriction, objection, review or opt_out_sale
        kind: terms::rights::RightKind,
        /// Customer's key or e-mail address
        who: String,
        /// post, phone or email
        #[arg(long, default_value = "post")]
        origin: terms::rights::RequestOrigin,
        /// Day on which it arrived [default: today]
        #[arg(long, value_name = "DATE")]
        received: Option<Day>,
        /// How identity was verified: document, questions or in_person
        #[arg(long, value_name = "HOW")]
        verified: Option<terms::rights::Verification>,
        /// What the person wrote
        #[arg(long, default_value = "")]
        words: String,
    },
    /// Record how identity was verified; objections, opt-outs and restrictions act then
    Verify {
        /// Number
        id: i64,
        /// document, questions, in_person or partner
        how: terms::rights::Verification,
    },
    /// Do what was asked for and close the request; an erasure is for good
    Complete {
        /// Number
        id: i64,
        /// Answer of the person who reviewed a decision
        #[arg(long, default_value = "")]
        words: String,
        #[command(flatten)]
        channel: ChannelArgs,
    },
    /// Take the extension the law gives, and tell the person why
    Extend {
        /// Number
        id: i64,
        /// Why it takes longer
        reason: String,
        #[command(flatten)]
        channel: ChannelArgs,
    },
    /// Refuse on a legal ground, and tell the person
    Refuse {
        /// Number
        id: i64,
        /// not_identified, excessive, legal_obligation, legal_claims, others_rights or not_applicable
        ground: terms::rights::RefusalGround,
        /// What the person is told
        reason: String,
        #[command(flatten)]
        channel: ChannelArgs,
    },
    /// Make a link to a customer's own pages, or take all of them back
    Link {
        /// Customer's key
        customer: String,
        /// Take back every link that is not signed for one message
        #[arg(long)]
        revoke: bool,
    },
    /// Who else holds data of customers, and is told by signed webhook
    #[command(subcommand)]
    Recipients(RecipientCommand),
    /// Systems that send requests by OpenDSR
    #[command(subcommand)]
    Partners(PartnerCommand),
    /// Personal data breaches and their 72 hours
    #[command(subcommand)]
    Breach(BreachCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecipientCommand {
    /// Add a recipient; its secret is shown once
    Add {
        /// Name
        name: String,
        /// Where it takes notices, as https://
        url: String,
        /// What it is told of: erasure, rectification, restriction, opt_out [default: all]
        #[arg(long)]
        kind: Vec<terms::rights::NoticeKind>,
        /// You vouch for the host although it is not on the public internet
        #[arg(long)]
        allow_host: bool,
    },
    /// List recipients
    List,
    /// Remove a recipient
    Remove {
        /// Number
        id: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PartnerCommand {
    /// Add a partner; its key is shown once
    Add {
        /// Name
        name: String,
    },
    /// List partners
    List,
    /// Take a partner's key back
    Revoke {
        /// Number
        id: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum BreachCommand {
    /// Open the record of a breach; the clock runs from when it became known
    Open {
        /// What happened, without names
        title: String,
        /// Hours since it became known
        #[arg(long, default_value_t = 0)]
        hours_ago: u32,
        /// People concerned, if known
        #[arg(long)]
        people: Option<i64>,
    },
    /// The authority was told
    Reported {
        /// Number
        id: i64,
    },
    /// The people concerned were told
    Told {
        /// Number
        id: i64,
    },
    /// Close it
    Close {
        /// Number
        id: i64,
        /// How it ended
        outcome: String,
    },
    /// List breaches
    List,
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn every_command_can_be_asked_for() {
        Cli::command().debug_assert();
    }
}
