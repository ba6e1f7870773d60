//! The certificate chain and the private key, read from two PEM files.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_cert::der::Decode;
use zeroize::Zeroizing;

use crate::settings::TlsFiles;

/// Maximum size of a file, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// A certificate chain with its private key.
pub(super) struct Certificate {
    pub(super) pair: CertifiedKey,
    /// End of the certificate's validity, if it can be parsed.
    pub(super) not_after: Option<SystemTime>,
}

/// Errors of certificate and key files. They never quote the key file.
#[derive(Debug, thiserror::Error)]
pub(super) enum CertificateError {
    #[error("cannot read `{path}`, which {variable} or `Server::tls` names: {source}", path = path.display())]
    Unreadable { path: PathBuf, variable: &'static str, source: io::Error },
    #[error(
        "there is no certificate in `{path}`: it must be a PEM file (`-----BEGIN CERTIFICATE-----`) with the server's own certificate \
         first and those that signed it after it{hint}",
        path = path.display()
    )]
    NoCertificate { path: PathBuf, hint: &'static str },
    #[error("the certificate in `{path}` is damaged: it is PEM, but no certificate in it", path = path.display())]
    Damaged { path: PathBuf },
    #[error(
        "there is no private key in `{path}`: it must be a PEM file (`-----BEGIN PRIVATE KEY-----`, `EC PRIVATE KEY` or `RSA PRIVATE \
         KEY`){hint}",
        path = path.display()
    )]
    NoKey { path: PathBuf, hint: &'static str },
    #[error(
        "the private key in `{path}` cannot be used: it must be an ECDSA key of P-256 or P-384, an Ed25519 key, or an RSA key of 2048 \
         bits or more",
        path = path.display()
    )]
    UnsupportedKey { path: PathBuf },
    #[error(
        "the private key in `{key}` is not that of the certificate in `{certificate}`: name the two files of one pair",
        key = files.key.display(), certificate = files.certificate.display()
    )]
    Mismatch { files: TlsFiles },
    #[error("TLS cannot be set up: {0}")]
    Versions(rustls::Error),
}

impl Certificate {
    /// Reads the two files, and checks that the key is the certificate's.
    pub(super) fn read(files: &TlsFiles) -> Result<Self, CertificateError> {
        let chain = chain(&files.certificate)?;
        let not_after = chain.first().and_then(not_after);
        let key = key(&files.key)?;
        let signing =
            any_supported_type(&key).map_err(|_| CertificateError::UnsupportedKey { path: files.key.clone() })?;
        let pair = CertifiedKey::new(chain, signing);
        match pair.keys_match() {
            Ok(()) => Ok(Self { pair, not_after }),
            Err(rustls::Error::InconsistentKeys(_)) => Err(CertificateError::Mismatch { files: files.clone() }),
            Err(_) => Err(CertificateError::Damaged { path: files.certificate.clone() }),
        }
    }
}

/// Returns the end of a certificate's validity.
fn not_after(certificate: &CertificateDer<'_>) -> Option<SystemTime> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    Some(certificate.tbs_certificate.validity.not_after.to_system_time())
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let text = text(path, "AGENT_TLS_CERT")?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => {
            let hint = if has(&text, "PRIVATE KEY-----") { "; this one holds a private key" } else { "" };
            Err(CertificateError::NoCertificate { path: path.to_owned(), hint })
        }
        Err(_) => Err(CertificateError::Damaged { path: path.to_owned() }),
    }
}

fn key(path: &Path) -> Result<Zeroizing<PrivateKeyDer<'static>>, CertificateError> {
    let text = text(path, "AGENT_TLS_KEY")?;
    // The cause is not reported: it may quote the file.
    PrivateKeyDer::from_pem_slice(&text).map(Zeroizing::new).map_err(|_| {
        let hint = if has(&text, "ENCRYPTED") {
            "; this one is encrypted, and a server that starts by itself has nobody to ask: `openssl pkey` writes it without a passphrase"
        } else if has(&text, "BEGIN CERTIFICATE-----") {
            "; this one holds a certificate"
        } else {
            ""
        };
        CertificateError::NoKey { path: path.to_owned(), hint }
    })
}

fn text(path: &Path, variable: &'static str) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    // The full capacity at once: growing would leave copies of the key in memory.
    let length = std::fs::metadata(path).map_or(0, |file| file.len()).min(MAX_FILE_BYTES);
    let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1));
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut text))
        .map_err(|source| CertificateError::Unreadable { path: path.to_owned(), variable, source })?;
    Ok(text)
}

fn has(text: &[u8], words: &str) -> bool {
    text.windows(words.len()).any(|window| window == words.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    /// A self-signed certificate of an Ed25519 key, valid until 2126-11-05 22:18:01 UTC.
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
        MIIBSDCB+6ADAgECAhRUf82QxS84cI2weBbWZn0yX8f/szAFBgMrZXAwGTEXMBUG\n\
        A1UEAwwOYWdlbnRzLmV4YW1wbGUwIBcNMjYxMTI5MjIxODAxWhgPMjEyNjExMDUy\n\
        MjE4MDFaMBkxFzAVBgNVBAMMDmFnZW50cy5leGFtcGxlMCowBQYDK2VwAyEA1I12\n\
        p/y5Ii4UQK/vtlV3cXNdHf+UvuUZZzwP5vMi40ejUzBRMB0GA1UdDgQWBBQSYBEy\n\
        UBYMFCoTqhEgCJ0bUY0iiDAfBgNVHSMEGDAWgBQSYBEyUBYMFCoTqhEgCJ0bUY0i\n\
        iDAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBABkCoyCm6Ga9t3fhdL496/OwOTY9\n\
        cg46gu1f7nSQ1jh+7H2s0C0bLq78KLrP6rQZdRc2/XqTf5sSy/Shy0lOgwg=\n\
        -----END CERTIFICATE-----";

    #[test]
    fn reads_the_end_of_validity() {
        let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
        assert_eq!(not_after(&certificate), Some(UNIX_EPOCH + Duration::from_secs(4_949_590_681)));
    }

    #[test]
    fn malformed_certificate_has_no_end_of_validity() {
        for bytes in
            [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80\x00\x00", b"\x30\x03\x30\x01\x02", &[0x30; 200]]
        {
            assert_eq!(not_after(&CertificateDer::from_slice(bytes)), None, "{bytes:?}");
        }
    }
}
