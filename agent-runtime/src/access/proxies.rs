//! Trusted proxies.

use std::net::IpAddr;

use ipnet::IpNet;

/// The addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<IpNet>);

/// An invalid trusted proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the trusted proxy `{proxy}` is neither an address nor a network: write `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`"
)]
#[non_exhaustive]
pub struct InvalidProxy {
    /// The configured text.
    pub proxy: String,
}

impl Proxies {
    /// Adds an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`.
    pub(crate) fn trust(&mut self, proxy: &str) -> Result<(), InvalidProxy> {
        self.0.push(network(proxy).ok_or_else(|| InvalidProxy { proxy: proxy.to_owned() })?);
        Ok(())
    }

    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Parses an address or a network. The parser of `ipnet` is not used: it accepts leading zeros.
fn network(text: &str) -> Option<IpNet> {
    let Some((address, bits)) = text.split_once('/') else {
        return text.parse().ok().map(|address: IpAddr| address.to_canonical().into());
    };
    let address: IpAddr = address.parse().ok()?;
    let bits: u8 = Some(bits).filter(|bits| bits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
    // The addresses of connections are canonical, so an IPv4-mapped network stands for its IPv4 network.
    match address.to_canonical() {
        inner if address.is_ipv6() && inner.is_ipv4() && bits >= 96 => IpNet::new(inner, bits - 96).ok(),
        _ => IpNet::new(address, bits).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contain(proxies: &str, address: &str) -> bool {
        let mut trusted = Proxies::default();
        proxies.split(' ').for_each(|proxy| trusted.trust(proxy).unwrap());
        trusted.contain(address.parse().unwrap())
    }

    #[test]
    fn network_contains_addresses_with_its_prefix() {
        for (proxies, address, contained) in [
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false),
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.1.2.3/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("192.168.1.128/25", "192.168.1.127", false),
            ("192.168.1.128/25", "192.168.1.255", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "10.0.0.7", false),
            ("fd00::/8", "fdff::1", true),
            ("fd00::/8", "fe00::1", false),
            ("::1", "::1", true),
            ("::ffff:10.0.0.0/104", "10.9.9.9", true),
            ("::ffff:10.0.0.7", "10.0.0.7", true),
            ("127.0.0.1 ::1", "::1", true),
        ] {
            assert_eq!(contain(proxies, address), contained, "{proxies} {address}");
        }
    }

    #[test]
    fn rejects_malformed_networks_by_name() {
        for proxy in [
            "",
            "localhost",
            "10.0.0",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "1.2.3.4:80",
            "10.0.0.1,10.0.0.2",
            "/8",
        ] {
            let error = Proxies::default().trust(proxy).unwrap_err().to_string();
            assert!(error.contains(&format!("`{proxy}`")) && error.contains("10.0.0.0/8"), "{error}");
        }
    }
}
