//! An HTTP answer, recorded or received, and what is compared of it.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    #[serde(rename = "body_text")]
    pub text: String,
}

/// What a body says: JSON by its meaning, anything else by its text.
#[derive(Debug, PartialEq)]
pub enum Content<'a> {
    Json(Value),
    Text(&'a str),
}

impl Answer {
    /// The header of this name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.as_str())
    }

    /// The body, if it is sent as JSON and is JSON.
    pub fn json(&self) -> Option<Value> {
        let sent_as_json = self.header("content-type") == Some("application/json");
        sent_as_json.then(|| serde_json::from_str(&self.text).ok())?
    }

    pub fn content(&self) -> Content<'_> {
        self.json().map_or(Content::Text(&self.text), Content::Json)
    }

    /// The headers that are compared: what a browser is told, and which method would do if this one does not.
    pub fn told(&self) -> Vec<(String, String)> {
        let told = self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        let compared = |name: &str| match name {
            "vary" => true,
            "allow" => self.status == 405,
            _ => name.starts_with("access-control-"),
        };
        let mut told: Vec<_> = told.filter(|header| compared(&header.0)).collect();
        told.sort();
        told
    }
}
