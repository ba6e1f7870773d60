//! Content negotiation of the listing.

use axum::http::{HeaderMap, header};

/// Returns whether the client prefers HTML to JSON. Browsers accept `text/html`; tools accept JSON or anything.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    quality(accept, "text/html") > quality(accept, "application/json")
}

/// Returns the weight of a media type in an `Accept` value, 0 to 1000. 0 if the value does not name it.
fn quality(accept: &str, media_type: &str) -> u32 {
    let weight = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case(media_type) {
            return None;
        }
        let quality = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
        // At most three decimals: `0.85` is 850.
        let (whole, decimals) = quality.split_once('.').unwrap_or((quality, ""));
        format!("{whole}{decimals:0<3.3}").parse::<u32>().ok()
    };
    accept.split(',').filter_map(weight).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn browsers_prefer_html_and_tools_json() {
        for (accept, page) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json", false),
            ("*/*", false),
            ("application/json;q=0.5, text/html", true),
            ("application/json, text/html;q=0.9", false),
            ("text/html;q=0", false),
        ] {
            let headers = [(header::ACCEPT, HeaderValue::from_str(accept).unwrap())].into_iter().collect();
            assert_eq!(wants_page(&headers), page, "{accept}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
