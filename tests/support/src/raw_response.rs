//! An HTTP response, recorded or received.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    #[serde(rename = "body_text")]
    pub text: String,
}

/// Content of a body for comparisons: JSON as a value, other types as text.
#[derive(Debug, PartialEq)]
pub enum Content<'a> {
    Json(Value),
    Text(&'a str),
}

impl Answer {
    /// Returns the header with this name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.as_str())
    }

    /// Returns the body if content type and content are JSON.
    pub fn json(&self) -> Option<Value> {
        let sent_as_json = self.header("content-type") == Some("application/json");
        sent_as_json.then(|| serde_json::from_str(&self.text).ok())?
    }

    pub fn content(&self) -> Content<'_> {
        self.json().map_or(Content::Text(&self.text), Content::Json)
    }

    /// Returns the headers for comparisons: `Vary`, CORS headers, and `Allow` of a 405.
    pub fn compared_headers(&self) -> Vec<(String, String)> {
        let headers = self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        let compared = |name: &str| match name {
            "vary" => true,
            "allow" => self.status == 405,
            _ => name.starts_with("access-control-"),
        };
        let mut headers: Vec<_> = headers.filter(|header| compared(&header.0)).collect();
        headers.sort();
        headers
    }
}
