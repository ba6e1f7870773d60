//! Ports for servers whose addresses must be known before they listen.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};

/// Ports below the range from which Linux and macOS take those of outgoing connections and of listeners on port 0. Within that
/// range, a port that was free a moment ago can be taken before a server listens on it.
const PORTS: Range<u16> = 20_000..32_000;

/// Returns a port of the loopback address on which nothing listens. A process gets each port once, until all were returned;
/// processes that run at the same time begin at different ones.
///
/// # Panics
///
/// If something listens on every port of the range.
#[must_use]
pub fn free_port() -> u16 {
    static NEXT: OnceLock<AtomicU16> = OnceLock::new();
    let count = PORTS.end - PORTS.start;
    let next = NEXT.get_or_init(|| {
        // Test programs that cargo or a script starts in a row get consecutive ids: 97 ports lie between their first ones.
        let first = u64::from(std::process::id()) * 97 % u64::from(count);
        AtomicU16::new(u16::try_from(first).unwrap_or_default())
    });
    (0..count)
        .map(|_| PORTS.start + next.fetch_add(1, Ordering::Relaxed) % count)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .expect("no free port")
}
