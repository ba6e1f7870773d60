//! Who calls, and whether nobody else can read along: what the connection shows, or a proxy says that is believed.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

use crate::access::Proxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// So many proxies are looked through, one behind the other.
const PROXIES: usize = 32;

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// Whether the connection is encrypted up to this server.
    pub(crate) encrypted: bool,
}

/// Who sent a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) address: IpAddr,
    /// Whether the caller reached the server, or what is in front of it, by HTTPS.
    pub(crate) encrypted: bool,
}

impl Caller {
    /// The other end of the connection; and if that is one of the proxies, for whom it says that it speaks.
    ///
    /// `X-Forwarded-For` is read from its end, where the nearest proxy has written: the caller is the first address there
    /// that is not itself one of the proxies, or the last one that can be read. What stands before it anybody can have
    /// written. Of `X-Forwarded-Proto` the last value counts, if it is `http` or `https`.
    pub(crate) fn of(peer: Peer, headers: &HeaderMap, proxies: &Proxies) -> Self {
        if !proxies.contain(peer.address) {
            return Self { address: peer.address, encrypted: peer.encrypted };
        }
        let mut address = peer.address;
        for entry in from_the_end(headers, &FORWARDED_FOR).take(PROXIES) {
            let Some(before) = address_of(entry) else { break };
            address = before;
            if !proxies.contain(address) {
                break;
            }
        }
        let encrypted = match from_the_end(headers, &FORWARDED_PROTO).next() {
            Some(scheme) if scheme.eq_ignore_ascii_case(b"https") => true,
            Some(scheme) if scheme.eq_ignore_ascii_case(b"http") => false,
            _ => peer.encrypted,
        };
        Self { address, encrypted }
    }
}

/// What commas divide, of all headers of that name, the last one first.
fn from_the_end<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
    let values = headers.get_all(name).into_iter().rev();
    values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// An address, as proxies write it: alone, with a port, in brackets.
fn address_of(entry: &[u8]) -> Option<IpAddr> {
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

    /// Who calls from there with these headers, where `10.0.0.0/8` and `::1` are trusted.
    fn caller(peer: &str, forwarded_for: &[&str], proto: &[&str]) -> (String, bool) {
        let mut proxies = Proxies::default();
        proxies.trust("10.0.0.0/8").unwrap();
        proxies.trust("::1").unwrap();
        let mut headers = HeaderMap::new();
        for (name, values) in [(FORWARDED_FOR, forwarded_for), (FORWARDED_PROTO, proto)] {
            for value in values {
                headers.append(&name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
        }
        let peer = Peer { address: peer.parse().unwrap(), encrypted: false };
        let caller = Caller::of(peer, &headers, &proxies);
        (caller.address.to_string(), caller.encrypted)
    }

    #[test]
    fn the_caller_is_the_nearest_that_is_no_proxy() {
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
            // Proxies alone: the first of them.
            (&["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            // What cannot be read, and what stands before it, says nothing.
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
            assert_eq!(caller(PROXY, values, &[]).0, expected, "{values:?}");
            assert_eq!(caller("192.0.2.1", values, &["https"]), ("192.0.2.1".to_owned(), false), "{values:?}");
        }
    }

    #[test]
    fn a_chain_without_end_is_looked_through_so_far() {
        let chain = ["203.0.113.9".to_owned(), vec!["10.0.0.8"; 10_000].join(",")].join(",");
        assert_eq!(caller(PROXY, &[&chain], &[]).0, "10.0.0.8");
    }

    #[test]
    fn the_scheme_is_the_nearest_proxys() {
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
            assert_eq!(caller(PROXY, &[], values).1, encrypted, "{values:?}");
        }
    }
}
