//! The fields of customers, consents and events: what their columns are called in English and Spanish, how long their
//! cells may be, and how a caller names a column that is called otherwise (`--column email=NAME`).
//!
//! Goes in: a table's shape and [`Options`]. Comes out: places of columns. It reads no rows.

use super::Options;
use super::columns::{Shape, squash};
use super::rejects::{Reason, Rejection};
use crate::error::{Error, Result};

/// A field that a column can hold.
pub(crate) struct Field {
    /// Its name, as the caller and messages say it.
    pub(crate) name: &'static str,
    /// The option that names its column, up to the name.
    pub(crate) flag: &'static str,
    /// What it is, for a message that it is missing.
    pub(crate) role: &'static str,
    /// The longest cell in bytes.
    pub(crate) limit: usize,
    /// Names of such columns, the likeliest first, in small letters and digits only.
    pub(crate) names: &'static [&'static str],
}

pub(crate) const KEY: Field = Field {
    name: "key",
    flag: "--column key=",
    role: "customer's key",
    limit: 200,
    names: &[
        "key",
        "customerkey",
        "customerid",
        "customernumber",
        "customerno",
        "customer",
        "custid",
        "clientid",
        "clientnumber",
        "client",
        "clave",
        "clavecliente",
        "clavedecliente",
        "cliente",
        "idcliente",
        "iddecliente",
        "clienteid",
        "ncliente",
        "ndecliente",
        "nocliente",
        "numcliente",
        "numerocliente",
        "numerodecliente",
        "codigo",
        "codigocliente",
        "codigodecliente",
        "codcliente",
        "userid",
        "user",
        "usuario",
        "idusuario",
        "memberid",
        "member",
        "socio",
        "idsocio",
        "nsocio",
        "numerosocio",
        "contactid",
        "idcontacto",
        "id",
    ],
};
pub(crate) const EMAIL: Field = Field {
    name: "email",
    flag: "--column email=",
    role: "e-mail address",
    limit: 254,
    names: &[
        "email",
        "emailaddress",
        "mail",
        "mailaddress",
        "correo",
        "correoelectronico",
        "direcciondecorreo",
        "direccionemail",
        "emailcliente",
        "customeremail",
    ],
};
pub(crate) const FIRST_NAME: Field = Field {
    name: "first_name",
    flag: "--column first_name=",
    role: "first name",
    limit: 200,
    names: &[
        "firstname",
        "givenname",
        "forename",
        "nombre",
        "nombrepila",
        "nombredepila",
        "primernombre",
        "nombrecliente",
        "name",
    ],
};
pub(crate) const LOCALE: Field = Field {
    name: "locale",
    flag: "--column locale=",
    role: "locale",
    limit: 35,
    names: &["locale", "language", "lang", "preferredlanguage", "idioma", "lengua", "idiomapreferido"],
};
pub(crate) const COUNTRY: Field = Field {
    name: "country",
    flag: "--column country=",
    role: "country",
    limit: 60,
    names: &["country", "countrycode", "pais", "codigopais", "codigodepais"],
};
pub(crate) const TIME_ZONE: Field = Field {
    name: "time_zone",
    flag: "--column time_zone=",
    role: "time zone",
    limit: 64,
    names: &["timezone", "tz", "zonahoraria", "husohorario"],
};
pub(crate) const KNOWN_SINCE: Field = Field {
    name: "known_since",
    flag: "--column known_since=",
    role: "day since when the customer is known",
    limit: 64,
    names: &[
        "knownsince",
        "createdat",
        "created",
        "registered",
        "registeredat",
        "registrationdate",
        "signupdate",
        "signedupat",
        "customersince",
        "time",
        "fechaalta",
        "fechadealta",
        "alta",
        "fecharegistro",
        "fechaderegistro",
        "clientedesde",
    ],
};
pub(crate) const PURPOSE: Field = Field {
    name: "purpose",
    flag: "--column purpose=",
    role: "purpose",
    limit: 40,
    names: &["purpose", "consentpurpose", "finalidad", "proposito"],
};
pub(crate) const CHANNEL: Field = Field {
    name: "channel",
    flag: "--column channel=",
    role: "channel",
    limit: 40,
    names: &["channel", "consentchannel", "canal", "medio"],
};
pub(crate) const STATUS: Field = Field {
    name: "status",
    flag: "--column status=",
    role: "status",
    limit: 40,
    names: &["status", "consentstatus", "state", "estado", "consentimiento", "consent"],
};
pub(crate) const AT: Field = Field {
    name: "at",
    flag: "--column at=",
    role: "time",
    limit: 64,
    names: &[
        "at",
        "time",
        "timestamp",
        "datetime",
        "consentedat",
        "date",
        "when",
        "fecha",
        "fechahora",
        "fechayhora",
        "fechaconsentimiento",
    ],
};
pub(crate) const BASIS: Field = Field {
    name: "basis",
    flag: "--column basis=",
    role: "lawful basis",
    limit: 40,
    names: &["basis", "lawfulbasis", "legalbasis", "baselegal", "baselicitud", "basejuridica", "base"],
};
pub(crate) const NOTICE_VERSION: Field = Field {
    name: "notice_version",
    flag: "--column notice_version=",
    role: "notice's version",
    limit: 200,
    names: &["noticeversion", "notice", "policyversion", "versionaviso", "versiondelaviso", "aviso"],
};
pub(crate) const NOTICE_HASH: Field = Field {
    name: "notice_hash",
    flag: "--column notice_hash=",
    role: "notice's hash",
    limit: 200,
    names: &["noticehash", "hashaviso", "hashdelaviso"],
};
pub(crate) const LANGUAGE: Field = Field {
    name: "language",
    flag: "--column language=",
    role: "language",
    limit: 35,
    names: &["language", "lang", "idioma", "lengua", "locale"],
};
pub(crate) const SOURCE: Field = Field {
    name: "source",
    flag: "--column source=",
    role: "source",
    limit: 200,
    names: &["source", "origin", "origen", "fuente"],
};
pub(crate) const PROOF: Field = Field {
    name: "proof",
    flag: "--column proof=",
    role: "proof",
    limit: 1000,
    names: &["proof", "evidence", "prueba", "evidencia", "justificante"],
};
pub(crate) const STRING: Field = Field {
    name: "string",
    flag: "--column string=",
    role: "consent string",
    limit: 4_096,
    names: &[
        "string",
        "consentstring",
        "tcstring",
        "tcfstring",
        "gppstring",
        "gpp",
        "tcf",
        "usprivacy",
        "cadena",
    ],
};
pub(crate) const KIND: Field = Field {
    name: "kind",
    flag: "--column kind=",
    role: "kind of event",
    limit: 40,
    names: &["kind", "event", "type", "evento", "tipo"],
};

/// The fields of a customer.
pub(crate) const CUSTOMER: [&Field; 7] =
    [&KEY, &EMAIL, &FIRST_NAME, &LOCALE, &COUNTRY, &TIME_ZONE, &KNOWN_SINCE];
/// The fields of a consent receipt.
pub(crate) const CONSENT: [&Field; 11] = [
    &KEY,
    &PURPOSE,
    &CHANNEL,
    &STATUS,
    &AT,
    &BASIS,
    &NOTICE_VERSION,
    &NOTICE_HASH,
    &LANGUAGE,
    &SOURCE,
    &PROOF,
];
/// The fields of a consent string.
pub(crate) const CONSENT_STRING: [&Field; 3] = [&KEY, &STRING, &AT];
/// The fields of an event.
pub(crate) const EVENT: [&Field; 3] = [&KEY, &AT, &KIND];

/// Refuses a field that there is not.
pub(crate) fn check(options: &Options, fields: &[&Field]) -> Result<()> {
    let unknown =
        options.columns.keys().find(|asked| !fields.iter().any(|field| squash(field.name) == squash(asked)));
    match unknown {
        None => Ok(()),
        Some(asked) => Err(Error::UnknownField {
            asked: asked.clone(),
            fields: fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// The column of a field: the one that the caller names, or the one whose name says so.
pub(crate) fn find(shape: &Shape<'_>, options: &Options, field: &Field) -> Result<Option<usize>> {
    let asked = options.columns.iter().find(|(asked, _)| squash(asked) == squash(field.name));
    match asked {
        Some((_, column)) => shape.told(column, field.flag).map(Some),
        None => shape.named(field.names, field.flag),
    }
}

/// The column of a field that must be there.
pub(crate) fn needed(shape: &Shape<'_>, options: &Options, field: &Field) -> Result<usize> {
    find(shape, options, field)?.ok_or_else(|| shape.missing(field.role, field.flag))
}

/// A cell that is not too long.
pub(crate) fn short<'a>(field: &Field, text: &'a str) -> std::result::Result<&'a str, Rejection> {
    if text.len() > field.limit {
        let detail = Some(format!("{} is longer than {} bytes", field.name, field.limit));
        return Err(Rejection { reason: Reason::TooLong, detail });
    }
    Ok(text)
}
