//! Passwords: Argon2id with the library's defaults; the store keeps only the hash.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::error::{Error, Result};

/// Characters a password has at least.
const SHORTEST: usize = 8;

/// The hash of a password, in PHC string form.
///
/// # Errors
/// When there is no randomness for a salt, or the password has fewer than 8 characters (OWASP ASVS 5.0, 6.2.1) or more
/// than 1,024 bytes.
pub(crate) fn hash(password: &str) -> Result<String> {
    if password.chars().count() < SHORTEST || password.len() > 1_024 {
        return Err(Error::Invalid { message: "choose a password of 8 characters or more".to_owned() });
    }
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::Internal(format!("password hash: {error}")))
}

/// True when the password belongs to the hash. A hash that cannot be read matches nothing.
#[must_use]
pub(crate) fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_matches() {
        let kept = hash("correct horse").unwrap();
        assert!(matches("correct horse", &kept));
        assert!(!matches("correct horse ", &kept));
        assert!(!matches("correct horse", "not a hash"));
        assert!(hash("").is_err() && hash("7 chars").is_err() && hash("ñ 8 char").is_ok());
    }
}
