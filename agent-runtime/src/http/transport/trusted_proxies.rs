//! Trusted proxies: the layer that replaces the address of a proxy by that of the client behind it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName};
use tower::Service;

use super::super::caller::Caller;
use crate::access::Proxies;
use crate::app::App;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Maximum number of proxies in a chain.
const MAX_PROXIES: usize = 32;

/// Resolves the [`Caller`] of each request from a trusted proxy.
#[derive(Clone)]
pub(crate) struct TrustedProxies<S> {
    pub(super) inner: S,
    pub(super) app: Arc<App>,
}

impl<S: Service<Request>> Service<Request> for TrustedProxies<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> S::Future {
        if let Some(peer) = request.extensions().get::<Caller>().copied() {
            let caller = forwarded(peer, request.headers(), &self.app.settings.proxies);
            if let Some(resolved) = request.extensions_mut().get_mut::<Caller>() {
                *resolved = caller;
            }
        }
        self.inner.call(request)
    }
}

/// Returns the client that a trusted proxy reports, or the peer itself.
///
/// `X-Forwarded-For` is read from its end, where the nearest proxy has written: the client is the first address there that is
/// not a trusted proxy, or the last one that can be parsed. Anybody can have written the part before it. Of
/// `X-Forwarded-Proto` the last value counts, if it is `http` or `https`.
fn forwarded(peer: Caller, headers: &HeaderMap, proxies: &Proxies) -> Caller {
    if !proxies.contain(peer.address) {
        return peer;
    }
    let mut address = peer.address;
    for entry in entries_from_end(headers, &FORWARDED_FOR).take(MAX_PROXIES) {
        let Some(before) = parse_address(entry) else { break };
        address = before;
        if !proxies.contain(address) {
            break;
        }
    }
    let encrypted = match entries_from_end(headers, &FORWARDED_PROTO).next() {
        Some(scheme) if scheme.eq_ignore_ascii_case(b"https") => true,
        Some(scheme) if scheme.eq_ignore_ascii_case(b"http") => false,
        _ => peer.encrypted,
    };
    Caller { address, encrypted }
}

/// Returns the comma-separated entries of all headers of this name, the last one first.
fn entries_from_end<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
    let values = headers.get_all(name).into_iter().rev();
    values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// Parses an address in the forms that proxies write: plain, with a port, or in brackets.
fn parse_address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok();
    let address = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    Some(address.or_else(|| in_brackets().map(IpAddr::V6))?.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const PROXY: &str = "10.0.0.7";

    /// Returns the client for a peer and headers, with `10.0.0.0/8` and `::1` trusted.
    fn client(peer: &str, forwarded_for: &[&str], proto: &[&str]) -> (String, bool) {
        let mut proxies = Proxies::default();
        proxies.trust("10.0.0.0/8").unwrap();
        proxies.trust("::1").unwrap();
        let mut headers = HeaderMap::new();
        for (name, values) in [(FORWARDED_FOR, forwarded_for), (FORWARDED_PROTO, proto)] {
            for value in values {
                headers.append(&name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
        }
        let peer = Caller { address: peer.parse().unwrap(), encrypted: false };
        let caller = forwarded(peer, &headers, &proxies);
        (caller.address.to_string(), caller.encrypted)
    }

    #[test]
    fn client_is_the_nearest_address_that_is_no_proxy() {
        for (values, expected) in [
            (&["203.0.113.9"][..], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            (&["198.51.100.1, 203.0.113.9, 10.0.0.8,10.9.9.9"], "203.0.113.9"),
            (&["198.51.100.1", "203.0.113.9", "10.0.0.8"], "203.0.113.9"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["203.0.113.9:5555"], "203.0.113.9"),
            (&["::ffff:203.0.113.9"], "203.0.113.9"),
            (&["203.0.113.9, ::1"], "203.0.113.9"),
            // Only proxies: the first of them.
            (&["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            // Malformed entries, and entries before them, are ignored.
            (&["203.0.113.9, unknown"], PROXY),
            (&["203.0.113.9, _hidden, 10.0.0.8"], "10.0.0.8"),
            (&["203.0.113.9,"], PROXY),
            (&["203.0.113.9, 999.1.1.1"], PROXY),
            (&["\"203.0.113.9\""], PROXY),
            (&["[203.0.113.9]"], PROXY),
            (&["203.0.113.9 203.0.113.8"], PROXY),
            (&["203.0.113.9, caf\u{e9}"], PROXY),
            (&[""], PROXY),
            (&[], PROXY),
        ] {
            assert_eq!(client(PROXY, values, &[]).0, expected, "{values:?}");
            assert_eq!(client("192.0.2.1", values, &["https"]), ("192.0.2.1".to_owned(), false), "{values:?}");
        }
    }

    #[test]
    fn reads_at_most_32_proxies() {
        let chain = ["203.0.113.9".to_owned(), vec!["10.0.0.8"; 10_000].join(",")].join(",");
        assert_eq!(client(PROXY, &[&chain], &[]).0, "10.0.0.8");
    }

    #[test]
    fn scheme_is_that_of_the_nearest_proxy() {
        for (values, encrypted) in [
            (&["https"][..], true),
            (&["HTTPS"], true),
            (&["http, https"], true),
            (&["http", "https"], true),
            (&["https, http"], false),
            (&["https, wss"], false),
            (&["httpsx"], false),
            (&[""], false),
        ] {
            assert_eq!(client(PROXY, &[], values).1, encrypted, "{values:?}");
        }
    }
}
