//! Which proxies are believed about whom they speak for.

use std::net::IpAddr;
use std::str::FromStr;

/// The addresses from which a connection may say who the caller is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<Network>);

/// Addresses whose first bits are the same.
#[derive(Debug, Clone, Copy)]
struct Network {
    address: IpAddr,
    /// How many: 0 to 32, or 0 to 128 of IPv6.
    bits: u32,
}

/// A proxy that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{proxy}` in AGENT_PROXIES is neither an address nor a network: write `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`, several of them \
     with blanks in between"
)]
pub struct InvalidProxy {
    /// What was configured.
    pub proxy: String,
}

impl Proxies {
    /// Adds an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`.
    pub(crate) fn trust(&mut self, proxy: &str) -> Result<(), InvalidProxy> {
        self.0.push(proxy.parse().map_err(|()| InvalidProxy { proxy: proxy.to_owned() })?);
        Ok(())
    }

    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(drop)?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let digits = |bits: &&str| bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits = match bits {
            None => all,
            Some(bits) => {
                Some(bits).filter(digits).and_then(|bits| bits.parse().ok()).filter(|bits| *bits <= all).ok_or(())?
            }
        };
        // An IPv4 address as a socket of IPv6 has it is what it stands for, as that of a connection is.
        match address.to_canonical() {
            IpAddr::V4(inner) if address.is_ipv6() && bits >= 96 => Ok(Self { address: inner.into(), bits: bits - 96 }),
            _ => Ok(Self { address, bits }),
        }
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        // Shifted by all of its bits, every address is the same.
        match (self.address, address) {
            (IpAddr::V4(one), IpAddr::V4(other)) => {
                (one.to_bits() ^ other.to_bits()).checked_shr(32 - self.bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(one), IpAddr::V6(other)) => {
                (one.to_bits() ^ other.to_bits()).checked_shr(128 - self.bits).unwrap_or(0) == 0
            }
            _ => false,
        }
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
    fn networks_contain_what_begins_as_they_do() {
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
    fn what_is_no_network_is_named() {
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
