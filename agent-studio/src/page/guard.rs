//! Who may ask: the page itself, and programs on this machine. Not other pages in the same browser.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::http::{HeaderMap, Method, StatusCode, header};

use super::problem::Problem;

/// Checks that a request was not made by a page of another origin, nor under a name that such a page made point here
/// (DNS rebinding).
///
/// # Errors
/// A foreign host, a foreign origin, or a body that a page could send without asking first.
pub(super) fn check(method: &Method, headers: &HeaderMap, hosts: &[String]) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("(not text)"));
    let host = text(header::HOST.as_str()).unwrap_or_default();
    if !is_own(host, hosts) {
        let message = format!("The label editor does not answer as `{host}`: open it by its address or as localhost.");
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, message));
    }
    let foreign =
        |by: &str| Err(Problem::new(StatusCode::FORBIDDEN, format!("This is for the label editor, not for {by}.")));
    match text(header::ORIGIN.as_str()) {
        Some(origin) if !is_origin_of(origin, host) => return foreign(&format!("pages of {origin}")),
        _ => {}
    }
    match text("sec-fetch-site") {
        None | Some("same-origin" | "none") => {}
        Some(_) => return foreign("other pages"),
    }
    let is_json = text(header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("application/json"));
    if method == Method::POST && !is_json {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send application/json."));
    }
    Ok(())
}

fn is_origin_of(origin: &str, host: &str) -> bool {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    rest.is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// Whether a `Host` header names this server in a way that no other page could have arranged.
fn is_own(host: &str, hosts: &[String]) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(address, _)| address.parse::<Ipv6Addr>().is_ok());
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<Ipv4Addr>().is_ok()
        || hosts.iter().any(|own| own.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &Method, headers: &[(&'static str, &str)]) -> Option<u16> {
        let headers = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect();
        check(method, &headers, &["studio.example".to_owned()]).err().map(|problem| problem.status.as_u16())
    }

    #[test]
    fn names_that_cannot_be_rebound() {
        for host in [
            "127.0.0.1:8899",
            "localhost:1",
            "localhost",
            "a.localhost:1",
            "[::1]:8899",
            "10.0.0.7:80",
            "Studio.example:1",
        ] {
            assert_eq!(asked(&Method::GET, &[("host", host)]), None, "{host}");
        }
        for host in ["evil.example:8899", "", "localhost.evil.example", "127.0.0.1.evil.example:1", "[evil]:1"] {
            assert_eq!(asked(&Method::GET, &[("host", host)]), Some(421), "{host}");
        }
    }

    #[test]
    fn pages_of_other_origins() {
        let own = ("host", "localhost:5");
        let json = ("content-type", "application/json");
        assert_eq!(asked(&Method::POST, &[own, json, ("origin", "http://localhost:5")]), None);
        assert_eq!(asked(&Method::POST, &[own, json]), None);
        assert_eq!(asked(&Method::POST, &[own, ("content-type", "text/plain")]), Some(415));
        for origin in ["http://localhost:6", "https://evil.example", "null", "http://localhost:5.evil.example"] {
            assert_eq!(asked(&Method::POST, &[own, json, ("origin", origin)]), Some(403), "{origin}");
        }
        assert_eq!(asked(&Method::GET, &[own, ("sec-fetch-site", "cross-site")]), Some(403));
        assert_eq!(asked(&Method::GET, &[own, ("sec-fetch-site", "same-origin")]), None);
    }
}
