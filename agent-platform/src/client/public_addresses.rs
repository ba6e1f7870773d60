//! Restriction of signed URLs to public addresses, so that they cannot reach the agent's own network.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Error: a file would be read from a private address.
#[derive(Debug, thiserror::Error)]
#[error("its storage is at a private address, which this client does not read from")]
pub(super) struct PrivateAddress;

/// A DNS resolver that returns only public addresses. The platform's own host is trusted and may have private ones.
#[derive(Debug)]
pub(super) struct PublicAddressResolver {
    pub(super) platform: String,
}

impl Resolve for PublicAddressResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, trusted) = (name.as_str().to_owned(), name.as_str().eq_ignore_ascii_case(&self.platform));
        Box::pin(async move {
            let look_up = move || (host.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<SocketAddr>>);
            let found = tokio::task::spawn_blocking(look_up).await.map_err(io::Error::other)??;
            let usable: Vec<_> = found.into_iter().filter(|address| trusted || is_public(address.ip())).collect();
            if usable.is_empty() {
                return Err(PrivateAddress.into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

/// Returns `true` if the host of a URL is a private IP address. Host names are checked when they are resolved.
pub(super) fn is_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse::<IpAddr>().is_ok_and(|address| !is_public(address))
}

/// Returns `true` if a request failed with [`PrivateAddress`].
pub(super) fn is_private_address_error(error: &reqwest::Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if cause.is::<PrivateAddress>() {
            return true;
        }
        next = cause.source();
    }
    false
}

/// Returns `true` if a proxy is configured. A proxy resolves hosts itself, and may have a private address.
pub(super) fn is_proxy_configured() -> bool {
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let reserved = match address.octets() {
        // "This network", carrier-grade NAT, protocol assignments, benchmarking, reserved.
        [0 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] => true,
        _ => false,
    };
    !(reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, fourth, fifth, sixth, seventh, eighth] = address.segments();
    let v4 = |high: u16, low: u16| is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match first {
        // Addresses that embed IPv4 addresses.
        0 if address.to_ipv4_mapped().is_some() => v4(seventh, eighth),
        0x64 if [second, third, fourth, fifth, sixth] == [0xff9b, 0, 0, 0, 0] => v4(seventh, eighth),
        0x2002 => v4(second, third),
        // Documentation.
        0x3fff if second < 0x1000 => false,
        // Global unicast.
        0x2000..=0x3fff => !(first == 0x2001 && (second == 0xdb8 || second < 0x200)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rejects_host_names_of_private_addresses() {
        let look_up = async |platform: &str| {
            let addresses = PublicAddressResolver { platform: platform.to_owned() };
            addresses.resolve("localhost".parse().unwrap()).await.map(Iterator::count)
        };
        let is_private_address_error = look_up("api.encord.com").await.unwrap_err();
        assert!(is_private_address_error.is::<PrivateAddress>(), "{is_private_address_error}");
        // The platform's own host is allowed.
        assert!(look_up("LOCALHOST").await.unwrap() > 0);
    }

    #[test]
    fn detects_private_addresses_in_any_notation() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "2001:db8::1",
            "::7f00:1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            // Unique local addresses.
            "64:ff9b:1::8.8.8.8",
            "2002:a00:1::8.8.8.8",
            "2001::1",
            "3fff::1",
            "fec0::1",
            "100::1",
            "5f00::1",
        ];
        for address in private {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "8.8.8.8",
            "142.250.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "2a00:1450:4001::5e",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for url in [
            "http://169.254.169.254/latest",
            "http://[::1]:80/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://127.0.0.1./",
            "http://0/",
            "http://[::ffff:127.0.0.1]/",
            "http://storage.example.com@10.0.0.1/",
            "http://\u{ff11}27.0.0.1/",
        ] {
            assert!(is_private(&Url::parse(url).unwrap()), "{url}");
        }
        assert!(!is_private(&Url::parse("https://storage.example.com/a").unwrap()));
    }
}
