//! Origins whose pages may call the agents from a browser.

use axum::http::{HeaderMap, HeaderValue, header};
use regex_lite::Regex;

/// Allowed origins: the label editor's, and the configured ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    exact: Vec<String>,
    patterns: Vec<Regex>,
}

/// An invalid origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{origin}` is not an origin: {reason}")]
#[non_exhaustive]
pub struct InvalidOrigin {
    /// The configured text.
    pub origin: String,
    /// The reason why it is invalid.
    pub reason: String,
}

impl Origins {
    /// Adds an origin such as `https://labels.example.com`, or a pattern for whole origins such as
    /// `^https://[a-z]+\.example\.com$`.
    pub(crate) fn allow(&mut self, origin: &str) -> Result<(), InvalidOrigin> {
        let invalid = |reason: String| InvalidOrigin { origin: origin.to_owned(), reason };
        if origin.starts_with('^') || origin.ends_with('$') {
            let Some(inner) = origin.strip_prefix('^').and_then(|rest| rest.strip_suffix('$')) else {
                return Err(invalid("a pattern must start with `^` and end with `$`".to_owned()));
            };
            // In a group, so that the anchors apply to every alternative.
            let pattern = Regex::new(&format!("^(?:{inner})$")).map_err(|error| invalid(error.to_string()))?;
            self.patterns.push(pattern);
            return Ok(());
        }
        let Some((scheme, host)) = origin.split_once("://") else {
            return Err(invalid("write it as `https://host` or `https://host:port`".to_owned()));
        };
        if !matches!(scheme, "http" | "https") {
            return Err(invalid("the scheme must be `http` or `https`, in lower case".to_owned()));
        }
        let in_host =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
        if host.is_empty() || !host.chars().all(in_host) {
            let reason = "after the scheme comes a host in lower case and nothing else: no path, no `*`; for several hosts write a pattern such as `^https://[a-z]+\\.example\\.com$`";
            return Err(invalid(reason.to_owned()));
        }
        self.exact.push(origin.to_owned());
        Ok(())
    }

    /// Returns the request's origin, if its pages may call.
    pub(crate) fn allowed_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        origin.to_str().is_ok_and(|origin| self.allows(origin)).then(|| origin.clone())
    }

    /// Returns whether pages of this origin may call.
    pub(crate) fn allows(&self, origin: &str) -> bool {
        is_editor(origin)
            || self.exact.iter().any(|exact| exact == origin)
            || self.patterns.iter().any(|pattern| pattern.is_match(origin))
    }
}

/// Returns whether this is an origin of the label editor: `(dev|staging|app)[.us].encord.com`, or a preview
/// `cord-ai-development--WORD-WORD.web.app`, with `https`, the default port, and in lower case.
fn is_editor(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("https://") else {
        return false;
    };
    if let Some(stage) = host.strip_suffix(".encord.com") {
        return matches!(stage.strip_suffix(".us").unwrap_or(stage), "dev" | "staging" | "app");
    }
    let preview = host.strip_prefix("cord-ai-development--").and_then(|rest| rest.strip_suffix(".web.app"));
    let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    preview.and_then(|name| name.split_once('-')).is_some_and(|(first, second)| word(first) && word(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_editor_origins() {
        for host in [
            "app.encord.com",
            "dev.encord.com",
            "staging.encord.com",
            "app.us.encord.com",
            "dev.us.encord.com",
            "staging.us.encord.com",
            "cord-ai-development--a_b-C_1.web.app",
        ] {
            assert!(Origins::default().allows(&format!("https://{host}")), "{host}");
        }
    }

    #[test]
    fn rejects_other_hosts_of_the_editor_domain() {
        for host in [
            "test.encord.com",
            "test.us.encord.com",
            "www.encord.com",
            "api.encord.com",
            "api.us.encord.com",
            "docs.encord.com",
            "demo.encord.com",
            "prod.encord.com",
            "qa.encord.com",
            "local.encord.com",
            "stage.encord.com",
            "apps.encord.com",
            "ap.encord.com",
            "encord.com",
            "app.eu.encord.com",
            "app.uk.encord.com",
            "us.dev.encord.com",
        ] {
            assert!(!Origins::default().allows(&format!("https://{host}")), "{host}");
        }
    }

    #[test]
    fn rejects_look_alikes() {
        let alikes = [
            "https://google.com",
            "http://app.encord.com",
            "https://app.encord.com:443",
            "https://APP.encord.com",
            "null",
            "*",
            "",
            "https://appXencord.com",
            "https://us.app.encord.com",
            "https://app.us.us.encord.com",
            "https://app.encord.com.evil.com",
            "https://evil.com/https://app.encord.com",
            "https://.encord.com",
            "https://us.encord.com",
            "https://cord-ai-development--a-b.webXapp",
            "https://cord-ai-development--abc.web.app",
            "https://cord-ai-development--a-b-c.web.app",
            "https://cord-ai-development---.web.app",
        ];
        for origin in alikes {
            assert!(!Origins::default().allows(origin), "{origin}");
        }
    }

    #[test]
    fn matches_whole_origins_only() {
        let mut origins = Origins::default();
        origins.allow("https://labels.example.com:8443").unwrap();
        origins.allow(r"^https://a\.example\.com|https://b\.example\.com$").unwrap();
        for (origin, allowed) in [
            ("https://labels.example.com:8443", true),
            ("https://labels.example.com", false),
            ("https://a.example.com", true),
            ("https://b.example.com", true),
            ("https://a.example.com.evil.com", false),
            ("https://evil.com/https://b.example.com", false),
        ] {
            assert_eq!(origins.allows(origin), allowed, "{origin}");
        }
    }

    #[test]
    fn rejects_invalid_origins() {
        for origin in [
            "example.com",
            "ftp://example.com",
            "https://",
            "https://*.example.com",
            "https://example.com/",
            "https://Example.com",
            "^https://x",
            "https://x$",
            "^([$",
        ] {
            assert!(Origins::default().allow(origin).is_err(), "{origin}");
        }
    }
}
