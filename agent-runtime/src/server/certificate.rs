//! A certificate and its key, from two files.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use super::validity::not_after;
use crate::settings::TlsFiles;

/// No chain and no key is as long, in bytes.
const LONGEST: u64 = 1 << 20;

/// A certificate with what signed it, and its key.
pub(super) struct Certificate {
    pub(super) pair: CertifiedKey,
    /// When it ends, if that can be read.
    pub(super) ends: Option<SystemTime>,
}

/// Why a certificate cannot be used. Says nothing of what the key's file holds.
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
    OtherKey { path: PathBuf },
    #[error(
        "the private key in `{key}` is not that of the certificate in `{certificate}`: name the two files of one pair",
        key = files.key.display(), certificate = files.certificate.display()
    )]
    Mismatch { files: TlsFiles },
    #[error("TLS cannot be set up: {0}")]
    Versions(rustls::Error),
}

impl Certificate {
    /// Reads the two files, and makes sure that they belong together.
    pub(super) fn read(files: &TlsFiles) -> Result<Self, CertificateError> {
        let chain = chain(&files.certificate)?;
        let ends = chain.first().and_then(|certificate| not_after(certificate));
        let key = key(&files.key)?;
        let signing = any_supported_type(&key).map_err(|_| CertificateError::OtherKey { path: files.key.clone() })?;
        let pair = CertifiedKey::new(chain, signing);
        match pair.keys_match() {
            Ok(()) => Ok(Self { pair, ends }),
            Err(rustls::Error::InconsistentKeys(_)) => Err(CertificateError::Mismatch { files: files.clone() }),
            Err(_) => Err(CertificateError::Damaged { path: files.certificate.clone() }),
        }
    }
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
    // Why not is not said: it may quote the file.
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
    // As long as it may be from the beginning, so that growing leaves no copy behind.
    let length = std::fs::metadata(path).map_or(0, |file| file.len()).min(LONGEST);
    let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1));
    File::open(path)
        .and_then(|file| file.take(LONGEST).read_to_end(&mut text))
        .map_err(|source| CertificateError::Unreadable { path: path.to_owned(), variable, source })?;
    Ok(text)
}

fn has(text: &[u8], words: &str) -> bool {
    text.windows(words.len()).any(|window| window == words.as_bytes())
}
