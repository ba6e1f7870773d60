//! Addresses under which files can be read for a while without authentication.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::hmac;
use ring::rand::SystemRandom;
use uuid::Uuid;

/// Makes and checks signed URLs. They end with the process: its key is made up at the start.
#[derive(Debug)]
pub(crate) struct SignedUrls {
    key: hmac::Key,
    lifetime: Duration,
}

/// Why a signed URL is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrlRefusal {
    /// It was not signed here, or was changed.
    Signature,
    /// It was good once.
    Expired,
}

impl SignedUrls {
    /// # Errors
    /// The system gives no random numbers.
    pub(crate) fn new(lifetime: Duration) -> Result<Self, ring::error::Unspecified> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())?;
        Ok(Self { key, lifetime })
    }

    /// The signed URL of an item's file, on the server with this base address.
    pub(crate) fn url(&self, base: &str, item: Uuid, name: &str) -> String {
        let expires = seconds_now().saturating_add(self.lifetime.as_secs());
        let path = path(item, name);
        let signature = hmac::sign(&self.key, signed(&path, expires).as_bytes());
        let signature: String = signature.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{base}{path}?expires={expires}&signature={signature}")
    }

    /// Checks what such a URL carries. `path` is as it was sent.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) fn check(&self, path: &str, expires: &str, signature: &str) -> Result<(), UrlRefusal> {
        let expires: u64 = expires.parse().map_err(|_| UrlRefusal::Signature)?;
        let signature = crate::callers::from_hex::<32>(signature).ok_or(UrlRefusal::Signature)?;
        let verified = hmac::verify(&self.key, signed(path, expires).as_bytes(), &signature);
        verified.map_err(|_| UrlRefusal::Signature)?;
        if seconds_now() >= expires { Err(UrlRefusal::Expired) } else { Ok(()) }
    }
}

fn signed(path: &str, expires: u64) -> String {
    format!("{path}\n{expires}")
}

/// The path of an item's file. The name is there for those who guess a type by it.
fn path(item: Uuid, name: &str) -> String {
    let mut path = format!("/media/{item}/");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

fn seconds_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(urls: &SignedUrls, url: &str) -> Result<(), UrlRefusal> {
        let (path, query) = url.split_once('?').unwrap();
        let (expires, signature) = query.split_once('&').unwrap();
        urls.check(path, expires.strip_prefix("expires=").unwrap(), signature.strip_prefix("signature=").unwrap())
    }

    #[test]
    fn only_the_url_itself_and_only_for_a_while() {
        let urls = SignedUrls::new(Duration::from_secs(60)).unwrap();
        let url = urls.url("", Uuid::nil(), "a ü.jpg");
        assert!(url.starts_with("/media/00000000-0000-0000-0000-000000000000/a%20%C3%BC.jpg?expires="), "{url}");
        assert_eq!(check(&urls, &url), Ok(()));
        assert_eq!(check(&urls, &url.replace("a%20", "b%20")), Err(UrlRefusal::Signature));
        assert_eq!(check(&SignedUrls::new(Duration::from_secs(60)).unwrap(), &url), Err(UrlRefusal::Signature));
        let over = SignedUrls::new(Duration::ZERO).unwrap();
        assert_eq!(check(&over, &over.url("", Uuid::nil(), "a")), Err(UrlRefusal::Expired));
    }
}
