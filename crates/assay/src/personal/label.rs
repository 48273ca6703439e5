//! Names of kinds across data sets, so that one figure by type can be read against another.

/// The common name of a label of a data set or of the guard's patterns; unknown labels stay as they are.
#[must_use]
pub fn common_label(label: &str) -> &str {
    match label {
        "email" | "EMAIL_ADDRESS" | "CORREO_ELECTRONICO" => "email",
        "phone" | "PHONE_NUMBER" | "NUMERO_TELEFONO" | "NUMERO_FAX" => "phone",
        "card" | "CREDIT_CARD" => "card",
        "iban" | "IBAN_CODE" => "iban",
        "social_security" | "US_SSN" | "ID_ASEGURAMIENTO" => "social security",
        "spanish_id" | "ID_SUJETO_ASISTENCIA" => "identity number",
        "ip" | "IP_ADDRESS" | "DIREC_PROT_INTERNET" => "ip",
        "url" | "DOMAIN_NAME" | "URL_WEB" => "url",
        "PERSON" | "NOMBRE_SUJETO_ASISTENCIA" | "NOMBRE_PERSONAL_SANITARIO" => "name",
        "LOCATION" | "TERRITORIO" | "CALLE" => "place",
        "ORGANIZATION" | "HOSPITAL" | "INSTITUCION" | "CENTRO_SALUD" => "organisation",
        "DATE_TIME" | "FECHAS" => "date",
        "AGE" | "EDAD_SUJETO_ASISTENCIA" => "age",
        "TITLE" => "title",
        "NRP" => "group",
        "ZIP_CODE" => "postal code",
        "PAIS" => "country",
        "SEXO_SUJETO_ASISTENCIA" => "sex",
        "FAMILIARES_SUJETO_ASISTENCIA" => "family",
        other => other,
    }
}
