//! URLs of label editors, which identify the open data unit and the frame.

use reqwest::Url;
use uuid::Uuid;

use super::failure::Failure;

/// The URL of a label editor with a data unit open.
///
/// The platform's editor uses `ORIGIN/label_editor/PROJECT/DATA/FRAME?objectHash=HASH`, where frame and query are
/// optional. The page of this studio uses `ORIGIN/#project=PROJECT&data=DATA&frame=FRAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EditorUrl {
    /// The page's origin.
    pub(super) origin: String,
    pub(super) project: Uuid,
    pub(super) data: Uuid,
    /// Frame number, counted from 0.
    pub(super) frame: Option<u64>,
    /// Hashes of the selected objects.
    pub(super) objects: Vec<String>,
    is_studio: bool,
}

impl EditorUrl {
    /// Parses a URL copied from the address bar.
    ///
    /// # Errors
    /// The text is not the URL of a label editor with a data unit open.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let parsed = url.as_ref().and_then(|url| Self::parse_studio(url).or_else(|| Self::parse_platform(url)));
        parsed.ok_or_else(|| {
            Failure::new(format!(
                "`{text}` is not the URL of a label editor with data open: copy it from the browser's address bar, in \
                 quotes; expected https://app.encord.com/label_editor/PROJECT/DATA/FRAME or \
                 http://127.0.0.1:8899/#project=PROJECT&data=DATA&frame=FRAME."
            ))
        })
    }

    fn parse_platform(url: &Url) -> Option<Self> {
        let mut segments = url.path_segments()?.skip_while(|segment| *segment != "label_editor").skip(1);
        let project = segments.next()?.parse().ok()?;
        let data = segments.next()?.parse().ok()?;
        let frame = match segments.next().filter(|segment| !segment.is_empty()) {
            // A segment that is not a number is not the frame.
            Some(segment) if segment.bytes().all(|byte| byte.is_ascii_digit()) => Some(segment.parse().ok()?),
            _ => None,
        };
        let objects = url.query_pairs().filter(|(key, _)| key == "objectHash").map(|(_, hash)| hash.into_owned());
        let origin = url.origin().ascii_serialization();
        Some(Self { origin, project, data, frame, objects: objects.collect(), is_studio: false })
    }

    fn parse_studio(url: &Url) -> Option<Self> {
        let mut parts = url.clone();
        parts.set_query(Some(url.fragment()?));
        let part = |name: &str| parts.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let frame = part("frame").map(|frame| frame.parse()).transpose().ok()?;
        let (project, data) = (part("project")?.parse().ok()?, part("data")?.parse().ok()?);
        let origin = url.origin().ascii_serialization();
        Some(Self { origin, project, data, frame, objects: Vec::new(), is_studio: true })
    }

    /// Returns the origin of a studio's page; `None` for the platform's editor.
    pub(super) fn studio_origin(&self) -> Option<&str> {
        self.is_studio.then_some(self.origin.as_str())
    }

    /// Returns the URL of this data unit at another frame.
    pub(super) fn with_frame(&self, frame: u64) -> String {
        let Self { origin, project, data, .. } = self;
        if self.is_studio {
            format!("{origin}/#project={project}&data={data}&frame={frame}")
        } else {
            format!("{origin}/label_editor/{project}/{data}/{frame}")
        }
    }

    /// Returns the API URL of the editor's platform, or `None` if the editor is unknown.
    pub(super) fn api_url(&self) -> Option<String> {
        if self.is_studio {
            return Some(self.origin.clone());
        }
        api_url_of(&self.origin)
    }
}

/// Returns the API URL of the platform with an editor of this origin, or `None` if the editor is unknown.
pub(super) fn api_url_of(origin: &str) -> Option<String> {
    let region = origin.strip_prefix("https://app.").filter(|host| matches!(*host, "encord.com" | "us.encord.com"));
    region.map(|host| format!("https://api.{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECT: &str = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3";
    const DATA: &str = "33333333-aaaa-4bbb-8ccc-000000000003";

    #[test]
    fn parses_url_of_platform_editor() {
        for (end, frame, objects) in [
            ("", None, vec![]),
            ("/", None, vec![]),
            ("/12", Some(12), vec![]),
            ("/12/", Some(12), vec![]),
            ("/12/extra/path?a=b", Some(12), vec![]),
            ("/extra?objectHash=a1B2c3D4", None, vec!["a1B2c3D4"]),
            ("/3?objectHash=a%2F%2Bb&x=1&objectHash=b", Some(3), vec!["a/+b", "b"]),
        ] {
            let text = format!("https://app.us.encord.com/label_editor/{PROJECT}/{DATA}{end}");
            let url = EditorUrl::parse(&text).unwrap();
            assert_eq!((url.project.to_string(), url.data.to_string()), (PROJECT.to_owned(), DATA.to_owned()));
            assert_eq!((url.frame, url.objects.iter().map(String::as_str).collect()), (frame, objects), "{text}");
            assert_eq!(url.api_url().as_deref(), Some("https://api.us.encord.com"));
        }
        let url = EditorUrl::parse(&format!("https://app.encord.com/label_editor/{PROJECT}/{DATA}/7")).unwrap();
        assert_eq!(url.api_url().as_deref(), Some("https://api.encord.com"));
        assert_eq!(url.with_frame(8), format!("https://app.encord.com/label_editor/{PROJECT}/{DATA}/8"));
    }

    #[test]
    fn parses_url_of_studio_page() {
        let text = format!("http://127.0.0.1:8899/#project={PROJECT}&data={DATA}&frame=5");
        let url = EditorUrl::parse(&text).unwrap();
        assert_eq!((url.frame, url.with_frame(5)), (Some(5), text));
        assert_eq!(url.api_url().as_deref(), Some("http://127.0.0.1:8899"));
    }

    #[test]
    fn rejects_other_urls() {
        let editor = "https://app.encord.com/label_editor";
        for text in [
            String::new(),
            "hello".to_owned(),
            "https://app.encord.com/".to_owned(),
            format!("{editor}/{PROJECT}"),
            format!("{editor}/{PROJECT}/not-a-hash/0"),
            format!("{editor}/{PROJECT}/{DATA}/99999999999999999999999"),
            format!("app.encord.com/label_editor/{PROJECT}/{DATA}/0"),
            format!("http://127.0.0.1:1/#project={PROJECT}&frame=5"),
            format!("http://127.0.0.1:1/#project={PROJECT}&data={DATA}&frame=x"),
        ] {
            let failure = EditorUrl::parse(&text).unwrap_err().to_string();
            assert!(failure.contains("address bar"), "{text}: {failure}");
        }
    }
}
