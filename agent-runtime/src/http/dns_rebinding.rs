//! Protection against DNS rebinding: a page under a domain name that an attacker has pointed at this machine. The browser takes
//! the agents for the page's own server: it sends no preflight, and lets the page read every response.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::body::Body;
use axum::http::{HeaderMap, Response, header};

use super::caller::Peer;
use super::error_response::error_response;
use agent_core::error::{AgentError, ErrorStatus};

/// Whether a request may be of such a page: its connection comes from this machine, and is not encrypted. Over TLS the browser
/// has compared the page's name with the certificate, which is for another.
///
/// What a proxy says of the caller does not count: such a page can send every header that a proxy does, and from where a
/// proxy of this machine would. A page that came through a proxy by HTTPS has an origin that says so, and is none of these.
pub(crate) fn may_be(peer: Peer) -> bool {
    peer.address.is_loopback() && !peer.encrypted
}

/// What such a page is answered; `None` for everybody else. Only for requests that [`may_be`] one's, and only for origins
/// that are not allowed anyway.
///
/// A page that is its server's own has the server's name as its origin. Over plain HTTP that name proves nothing, except for
/// addresses and `localhost`, which no attacker can have.
pub(crate) fn refusal(headers: &HeaderMap) -> Option<Response<Body>> {
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    let authority = origin.strip_prefix("http://")?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    if !authority.eq_ignore_ascii_case(host) || proves_itself(authority) {
        return None;
    }
    let message = format!(
        "This server does not answer pages of {origin}. If that is its own name, start it with AGENT_ORIGINS={origin}."
    );
    Some(error_response(&AgentError::new(ErrorStatus::Forbidden, message), false))
}

/// Whether a host, perhaps with a port, is an address or this machine's name for itself.
fn proves_itself(authority: &str) -> bool {
    if let Some((address, _)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = authority.split_once(':').map_or(authority, |(name, _)| name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<Ipv4Addr>().is_ok()
}
