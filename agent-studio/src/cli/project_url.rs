//! URLs of projects.

use reqwest::Url;
use uuid::Uuid;

use super::editor_url::api_url_of;
use super::failure::Failure;

/// A project, as the address bar shows it, or its hash alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProjectUrl {
    pub(super) project: Uuid,
    /// API URL of the platform; `None` for a hash, and for an unknown site.
    pub(super) api: Option<String>,
}

impl ProjectUrl {
    /// Parses the URL of a project page, of a label editor or of the studio's page, or a project hash.
    ///
    /// # Errors
    /// The text is none of these.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        if let Ok(project) = text.trim().parse() {
            return Ok(Self { project, api: None });
        }
        let parsed = Url::parse(text.trim()).ok().and_then(|url| Self::from_url(&url));
        parsed.ok_or_else(|| {
            Failure::new(format!(
                "`{text}` is not the URL of a project: copy it from the browser's address bar, in quotes, or give the project \
                 hash; expected https://app.encord.com/projects/view/PROJECT or http://127.0.0.1:8899/#project=PROJECT."
            ))
        })
    }

    fn from_url(url: &Url) -> Option<Self> {
        let origin = url.origin().ascii_serialization();
        if let Some(fragment) = url.fragment().filter(|fragment| fragment.contains("project=")) {
            let mut parts = form_urlencoded::parse(fragment.as_bytes());
            let project = parts.find(|(key, _)| key == "project")?.1.parse().ok()?;
            return Some(Self { project, api: Some(origin) });
        }
        let mut segments = url.path_segments()?;
        let project = segments.find_map(|segment| segment.parse().ok())?;
        Some(Self { project, api: api_url_of(&origin) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECT: &str = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3";
    const DATA: &str = "33333333-aaaa-4bbb-8ccc-000000000003";

    #[test]
    fn reads_urls_and_hashes() {
        let api = Some("https://api.encord.com");
        for (text, expected) in [
            (PROJECT.to_owned(), None),
            (format!("https://app.encord.com/projects/view/{PROJECT}/summary"), api),
            (format!("https://app.encord.com/label_editor/{PROJECT}/{DATA}/0"), api),
            (format!("http://127.0.0.1:8899/#project={PROJECT}&data={DATA}"), Some("http://127.0.0.1:8899")),
        ] {
            let url = ProjectUrl::parse(&text).unwrap();
            assert_eq!((url.project.to_string().as_str(), url.api.as_deref()), (PROJECT, expected), "{text}");
        }
        for text in ["", "hello", "https://app.encord.com/projects", "http://127.0.0.1:8899/#data=x"] {
            assert!(ProjectUrl::parse(text).unwrap_err().to_string().contains("address bar"), "{text}");
        }
    }
}
