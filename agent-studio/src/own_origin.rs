//! Same-origin guard: accepts requests of this server's pages and of programs, and rejects those of other web pages.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::http::{HeaderMap, Method, StatusCode, header};

/// Error of a request that the guard rejects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OriginError {
    /// The `Host` header is a name that another page could resolve to this machine (DNS rebinding).
    Host(String),
    /// A page of another origin sent the request.
    Page(String),
    /// The content type is one that a browser sends to other origins without a preflight.
    ContentType,
}

impl OriginError {
    /// The status of the response.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Host(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::Page(_) => StatusCode::FORBIDDEN,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }
}

/// Rejects requests from pages of other origins, and requests with an unknown host name.
///
/// `hosts` are additional accepted host names. A `POST` must have a JSON content type, which makes browsers send a
/// preflight.
///
/// # Errors
/// The first rule that the request breaks.
pub(crate) fn check(method: &Method, headers: &HeaderMap, hosts: &[String]) -> Result<(), OriginError> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("(not text)"));
    let host = text(header::HOST.as_str()).unwrap_or_default();
    if !is_own_host(host, hosts) {
        return Err(OriginError::Host(host.to_owned()));
    }
    if let Some(origin) = text(header::ORIGIN.as_str()).filter(|origin| !is_origin_of(origin, host)) {
        return Err(OriginError::Page(format!("pages of {origin}")));
    }
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(OriginError::Page("other pages".to_owned()));
    }
    let is_json = text(header::CONTENT_TYPE.as_str()).is_some_and(is_json);
    if method == Method::POST && !is_json { Err(OriginError::ContentType) } else { Ok(()) }
}

/// Returns whether a content type is JSON, with or without parameters.
fn is_json(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn is_origin_of(origin: &str, host: &str) -> bool {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    rest.is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// Returns whether a `Host` header is safe from DNS rebinding: an IP address, `localhost` or a configured name.
fn is_own_host(host: &str, hosts: &[String]) -> bool {
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

    fn status(method: &Method, headers: &[(&'static str, &str)]) -> Option<u16> {
        let headers = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect();
        check(method, &headers, &["studio.example".to_owned()]).err().map(|error| error.status().as_u16())
    }

    #[test]
    fn rejects_unknown_host_names() {
        for host in [
            "127.0.0.1:8899",
            "localhost:1",
            "localhost",
            "a.localhost:1",
            "[::1]:8899",
            "10.0.0.7:80",
            "Studio.example:1",
        ] {
            assert_eq!(status(&Method::GET, &[("host", host)]), None, "{host}");
        }
        for host in ["evil.example:8899", "", "localhost.evil.example", "127.0.0.1.evil.example:1", "[evil]:1"] {
            assert_eq!(status(&Method::GET, &[("host", host)]), Some(421), "{host}");
        }
    }

    #[test]
    fn rejects_pages_of_other_origins() {
        let own = ("host", "localhost:5");
        let json = ("content-type", "application/json");
        assert_eq!(status(&Method::POST, &[own, json, ("origin", "http://localhost:5")]), None);
        assert_eq!(status(&Method::POST, &[own, json]), None);
        assert_eq!(status(&Method::POST, &[own, ("content-type", "application/json; charset=utf-8")]), None);
        for kind in ["text/plain", "application/jsonx", "text/plain;application/json"] {
            assert_eq!(status(&Method::POST, &[own, ("content-type", kind)]), Some(415), "{kind}");
        }
        for origin in ["http://localhost:6", "https://evil.example", "null", "http://localhost:5.evil.example"] {
            assert_eq!(status(&Method::POST, &[own, json, ("origin", origin)]), Some(403), "{origin}");
        }
        assert_eq!(status(&Method::GET, &[own, ("sec-fetch-site", "cross-site")]), Some(403));
        assert_eq!(status(&Method::GET, &[own, ("sec-fetch-site", "same-origin")]), None);
    }
}
