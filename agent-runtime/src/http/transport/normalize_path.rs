//! Path normalization, before routes are matched.

use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use tower::Service;

/// Normalizes the path of each request, before it is matched.
#[derive(Clone)]
pub(crate) struct NormalizePath<S>(pub(super) S);

impl<S: Service<Request>> Service<Request> for NormalizePath<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> S::Future {
        normalize(request.uri_mut());
        self.0.call(request)
    }
}

/// Decodes `%XX` of unreserved characters in the path (letters, digits, `-`, `.`, `_` and `~`), once. By RFC 3986 (section
/// 6.2.2.2) both spellings name the same resource, and an agent's path has no other characters.
///
/// All other escapes are kept, and match no agent: `%2F` is not a separator, `%00` not an end, `%252D` not a hyphen. A segment
/// that would become `.` or `..` is kept, too. (`percent-encoding` decodes all escapes or none.)
fn normalize(uri: &mut Uri) {
    let Some(path) = normalized(uri.path()) else { return };
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(target).ok();
    if let Ok(normalized) = Uri::from_parts(parts) {
        *uri = normalized;
    }
}

/// Returns the path with unreserved characters decoded. `None` if that changes nothing.
fn normalized(path: &str) -> Option<String> {
    if !path.contains('%') {
        return None;
    }
    let segments: Vec<String> = path.split('/').map(decoded).collect();
    Some(segments.join("/")).filter(|normalized| normalized != path)
}

/// Decodes the unreserved characters of a segment.
fn decoded(segment: &str) -> String {
    let mut pieces = segment.split('%');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let hex = piece.get(..2).filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let character = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).map(char::from);
        let unreserved = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
        match character.filter(unreserved) {
            Some(character) => {
                decoded.push(character);
                decoded.push_str(&piece[2..]);
            }
            None => {
                decoded.push('%');
                decoded.push_str(piece);
            }
        }
    }
    match decoded.as_str() {
        "." | ".." => segment.to_owned(),
        _ => decoded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(uri: &str) -> String {
        let mut uri: Uri = uri.parse().unwrap();
        normalize(&mut uri);
        uri.to_string()
    }

    #[test]
    fn decodes_unreserved_characters_once() {
        for (sent, matched) in [
            ("/frame%2Ddata", "/frame-data"),
            ("/frame%2ddata?a=%2D", "/frame-data?a=%2D"),
            ("/%66rame-dat%61", "/frame-data"),
            ("/v1%2E2/%41%5f%7E", "/v1.2/A_~"),
            ("https://agent.test/frame%2Ddata?", "https://agent.test/frame-data?"),
            ("/frame-data", "/frame-data"),
        ] {
            assert_eq!(path_of(sent), matched, "{sent}");
        }
    }

    #[test]
    fn keeps_escapes_of_other_characters() {
        for sent in [
            "/a%2Fb",
            "/a%2fb",
            "/a%5Cb",
            "/a%00",
            "/a%0d%0a",
            "/a%20",
            "/a%3F",
            "/a%23",
            "/a%3Bb",
            "/a%25",
            "/a%252Db",
            "/a%252Fb",
            "/%c0%af",
            "/%FF",
            "/%C3%BC",
            "/%2e%2e/a",
            "/%2E/a",
            "/.%2e/a",
            "/a/%2e.",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%+2",
            "/..%2fa",
        ] {
            assert_eq!(path_of(sent), sent, "{sent}");
        }
    }
}
