//! The flags that say how a purchase file is laid out, for every subcommand that reads one.

use lake::import::{DecimalMark, Header, Options};

/// Columns are named by their header or by their number from 1; what is not given is detected.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ImportFlags {
    /// Column of the customer's key.
    #[arg(long)]
    pub(crate) customer: Option<String>,
    /// Column of the time.
    #[arg(long)]
    pub(crate) time: Option<String>,
    /// Column of the amount.
    #[arg(long)]
    pub(crate) amount: Option<String>,
    /// Column of the order number.
    #[arg(long)]
    pub(crate) order: Option<String>,
    /// Column of the quantity.
    #[arg(long)]
    pub(crate) quantity: Option<String>,
    /// Column of the unit price, multiplied by the quantity.
    #[arg(long)]
    pub(crate) unit_price: Option<String>,
    /// Column of the currency, or one currency for all rows, such as EUR.
    #[arg(long)]
    pub(crate) currency: Option<String>,
    /// What stands before the decimals: comma or point.
    #[arg(long)]
    pub(crate) decimal: Option<DecimalMark>,
    /// A character, or tab, space, comma, semicolon, pipe.
    #[arg(long)]
    pub(crate) delimiter: Option<String>,
    /// iso, yyyymmdd, dmy, mdy, epoch-s, epoch-ms, epoch-us or a pattern such as `%d %b %Y`.
    #[arg(long)]
    pub(crate) time_format: Option<String>,
    /// The first row is data.
    #[arg(long)]
    pub(crate) no_header: bool,
}

impl ImportFlags {
    /// The import options these flags ask for.
    pub(crate) fn options(&self) -> Options {
        let code = self.currency.as_deref().filter(|text| text.len() == 3).and_then(|text| text.parse().ok());
        Options {
            customer: self.customer.clone(),
            time: self.time.clone(),
            amount: self.amount.clone(),
            order: self.order.clone(),
            quantity: self.quantity.clone(),
            unit_price: self.unit_price.clone(),
            currency: self.currency.clone().filter(|_| code.is_none()),
            default_currency: code,
            decimal: self.decimal,
            delimiter: self.delimiter.clone(),
            time_format: self.time_format.clone(),
            header: if self.no_header { Header::Absent } else { Header::Detect },
            ..Options::default()
        }
    }
}
