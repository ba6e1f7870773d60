//! Signed URLs, which grant access to a file for a limited time without authentication.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::HEXLOWER;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use ring::rand::SystemRandom;
use uuid::Uuid;

/// Creates and verifies signed URLs. They are invalid after a restart, because the key is generated at start-up.
#[derive(Debug)]
pub(crate) struct SignedUrls {
    key: hmac::Key,
    lifetime: Duration,
}

/// Error of a signed URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignedUrlError {
    /// The signature is invalid.
    Signature,
    /// The URL has expired.
    Expired,
}

impl SignedUrls {
    /// Generates a key.
    ///
    /// # Errors
    /// The system's random number generator fails.
    pub(crate) fn new(lifetime: Duration) -> Result<Self, ring::error::Unspecified> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())?;
        Ok(Self { key, lifetime })
    }

    /// Returns the signed URL of an item's file. `base` is the base URL of the server.
    pub(crate) fn url(&self, base: &str, item: Uuid, name: &str) -> String {
        let expires = unix_time().saturating_add(self.lifetime.as_secs());
        let path = path(item, name);
        let signature = hmac::sign(&self.key, string_to_sign(&path, expires).as_bytes());
        let signature = HEXLOWER.encode(signature.as_ref());
        format!("{base}{path}?expires={expires}&signature={signature}")
    }

    /// Verifies the parameters of a signed URL. `path` is the path as sent.
    ///
    /// # Errors
    /// The signature is invalid, or the URL has expired.
    pub(crate) fn check(&self, path: &str, expires: &str, signature: &str) -> Result<(), SignedUrlError> {
        let expires: u64 = expires.parse().map_err(|_| SignedUrlError::Signature)?;
        let signature = crate::callers::from_hex::<32>(signature).ok_or(SignedUrlError::Signature)?;
        let verified = hmac::verify(&self.key, string_to_sign(path, expires).as_bytes(), &signature);
        verified.map_err(|_| SignedUrlError::Signature)?;
        if unix_time() >= expires { Err(SignedUrlError::Expired) } else { Ok(()) }
    }
}

fn string_to_sign(path: &str, expires: u64) -> String {
    format!("{path}\n{expires}")
}

/// The characters that are encoded in a path: all but the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the path of an item's file. The name helps clients that infer the type from the extension.
fn path(item: Uuid, name: &str) -> String {
    format!("/media/{item}/{}", utf8_percent_encode(name, RESERVED))
}

fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(urls: &SignedUrls, url: &str) -> Result<(), SignedUrlError> {
        let (path, query) = url.split_once('?').unwrap();
        let (expires, signature) = query.split_once('&').unwrap();
        urls.check(path, expires.strip_prefix("expires=").unwrap(), signature.strip_prefix("signature=").unwrap())
    }

    #[test]
    fn rejects_modified_and_expired_urls() {
        let urls = SignedUrls::new(Duration::from_secs(60)).unwrap();
        let url = urls.url("", Uuid::nil(), "a ü.jpg");
        assert!(url.starts_with("/media/00000000-0000-0000-0000-000000000000/a%20%C3%BC.jpg?expires="), "{url}");
        assert_eq!(check(&urls, &url), Ok(()));
        assert_eq!(check(&urls, &url.replace("a%20", "b%20")), Err(SignedUrlError::Signature));
        assert_eq!(check(&SignedUrls::new(Duration::from_secs(60)).unwrap(), &url), Err(SignedUrlError::Signature));
        let expired = SignedUrls::new(Duration::ZERO).unwrap();
        assert_eq!(check(&expired, &expired.url("", Uuid::nil(), "a")), Err(SignedUrlError::Expired));
    }
}
