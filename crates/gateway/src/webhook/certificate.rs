//! Signatures that anybody can check against a certificate, as OpenDSR asks for: RSA with SHA-256 or ECDSA on P-256,
//! base64, over the body as sent.
//!
//! Goes in: a certificate and its key as PEM, from a certificate authority, put into the key folder by the operator.
//! It makes no certificate of its own: a self-signed one proves nothing to a partner.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use std::path::Path;

/// Why answers cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("`{path}` cannot be read: {why}")]
    File {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// The key is of a kind that cannot sign.
    #[error("the key is neither RSA of at least 2048 bits nor ECDSA on P-256, as PKCS#8")]
    Key,
    /// Signing failed.
    #[error("the answer could not be signed")]
    Sign,
}

enum Key {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

/// Signs answers with the key of a certificate.
pub struct Signer {
    key: Key,
    certificate: String,
}

impl Signer {
    /// Reads certificate and key; `None` when the operator put neither there.
    ///
    /// # Errors
    /// When only one of them is there, or one cannot be used.
    pub fn open(certificate: &Path, key: &Path) -> Result<Option<Self>, CertificateError> {
        if !certificate.exists() && !key.exists() {
            return Ok(None);
        }
        let file =
            |path: &Path, why: String| CertificateError::File { path: path.display().to_string(), why };
        let text = std::fs::read_to_string(certificate).map_err(|why| file(certificate, why.to_string()))?;
        CertificateDer::from_pem_slice(text.as_bytes()).map_err(|why| file(certificate, why.to_string()))?;
        let pkcs8 = PrivatePkcs8KeyDer::from_pem_file(key).map_err(|why| file(key, why.to_string()))?;
        let der = pkcs8.secret_pkcs8_der();
        let key = match RsaKeyPair::from_pkcs8(der) {
            Ok(key) => Key::Rsa(key),
            Err(_) => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der, &SystemRandom::new())
                .map(Key::Ecdsa)
                .map_err(|_| CertificateError::Key)?,
        };
        Ok(Some(Self { key, certificate: text }))
    }

    /// The certificate, as PEM, for whoever checks a signature.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The signature of a body, in base64.
    ///
    /// # Errors
    /// When the key refuses.
    pub fn sign(&self, body: &[u8]) -> Result<String, CertificateError> {
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, body, &mut signature)
                    .map_err(|_| CertificateError::Sign)?;
                signature
            }
            Key::Ecdsa(key) => key.sign(&random, body).map_err(|_| CertificateError::Sign)?.as_ref().to_vec(),
        };
        Ok(STANDARD.encode(signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_ASN1, KeyPair, UnparsedPublicKey};

    fn pem(label: &str, der: &[u8]) -> String {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
    }

    #[test]
    fn a_signature_holds_for_the_body_and_for_no_other() {
        let folder = std::env::temp_dir().join(format!("candor-signer-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (cert, key) = (folder.join("c.pem"), folder.join("k.pem"));
        assert!(Signer::open(&cert, &key).unwrap().is_none());
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        std::fs::write(&key, pem("PRIVATE KEY", pkcs8.as_ref())).unwrap();
        assert!(Signer::open(&cert, &key).is_err(), "a key without its certificate");
        std::fs::write(&cert, pem("CERTIFICATE", b"any")).unwrap();
        let signer = Signer::open(&cert, &key).unwrap().unwrap();
        let signature = STANDARD.decode(signer.sign(b"body").unwrap()).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, pair.public_key().as_ref().to_vec());
        assert!(public.verify(b"body", &signature).is_ok());
        assert!(public.verify(b"other", &signature).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
