//! `case.toml`: the call, and the tolerances of the comparison.

use regex_lite::Regex;
use serde::Deserialize;

use crate::models::ModelMatch;

/// Version of the format.
pub(super) const VERSION: u32 = 1;

/// Content of `case.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    version: u32,
    /// Path of the agent.
    pub(crate) agent: String,
    #[serde(default)]
    pub(crate) compare: Tolerances,
    #[serde(default)]
    pub(crate) models: ModelRules,
}

/// Replay of the recorded responses of model servers.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ModelRules {
    /// The parts of a request that must be those of the recorded request.
    #[serde(rename = "match")]
    pub(crate) rule: ModelMatch,
}

/// Tolerances of the comparison. Without any, the response and the label changes must be equal.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tolerances {
    /// Comparison of the message.
    pub(crate) message: MessageRule,
    /// Regular expression that the message must match.
    pub(crate) message_pattern: Option<String>,
    /// Minimum intersection over union of shapes that have an area.
    pub(crate) iou: Option<f64>,
    /// Maximum difference of coordinates.
    pub(crate) coordinates: f64,
    /// Maximum difference of confidences.
    pub(crate) confidence: f64,
    /// Members of entries and of the response, and titles or feature hashes of attributes, that are not compared.
    pub(crate) ignore: Vec<String>,
    #[serde(skip)]
    pub(crate) pattern: Option<Regex>,
}

/// Comparison of the message of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessageRule {
    #[default]
    Exact,
    Ignore,
}

impl Manifest {
    /// Parses the file.
    ///
    /// # Errors
    /// A description of the problem.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut manifest: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        if manifest.version != VERSION {
            let version = manifest.version;
            return Err(format!("it has version {version} of the format, but this program supports version {VERSION}"));
        }
        if !manifest.agent.starts_with('/') {
            return Err("`agent` is not a path: write it as \"/name\"".to_owned());
        }
        manifest.compare.check()?;
        Ok(manifest)
    }

    /// Writes the file of a new case.
    pub(crate) fn write(agent: &str, title: &str) -> String {
        format!(
            "# A call of an agent. `agent-studio replay` and `tests/cases.rs` repeat it.\n\
             # Called on {}.\n\
             version = {VERSION}\n\
             agent = {}\n\
             \n\
             # Tolerances. Without any, the response and the label changes must be equal.\n\
             [compare]\n\
             # message = \"ignore\"\n\
             # message_pattern = '^\\d+ vertices removed\\.$'\n\
             # iou = 0.95             # minimum intersection over union of shapes\n\
             # coordinates = 0.001    # maximum difference\n\
             # confidence = 0.05      # maximum difference\n\
             # ignore = [\"Notes\"]     # members, or titles of attributes\n",
            quoted(title),
            quoted(agent)
        )
    }
}

impl Tolerances {
    fn check(&mut self) -> Result<(), String> {
        if self.iou.is_some_and(|iou| !(0.0..=1.0).contains(&iou)) {
            return Err("`iou` is out of range: write a number from 0 to 1".to_owned());
        }
        for (name, value) in [("coordinates", self.coordinates), ("confidence", self.confidence)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(format!("`{name}` is out of range: write a number of at least 0"));
            }
        }
        let pattern = self.message_pattern.as_deref().map(Regex::new).transpose();
        self.pattern = pattern.map_err(|error| format!("`message_pattern` is not a regular expression: {error}"))?;
        if self.pattern.is_some() && self.message == MessageRule::Ignore {
            return Err("`message` and `message_pattern` exclude each other: remove one".to_owned());
        }
        Ok(())
    }

    /// Returns whether a member or attribute is not compared.
    pub(crate) fn ignores(&self, name: &str) -> bool {
        self.ignore.iter().any(|ignored| ignored == name)
    }
}

/// Quotes a text as a basic string of TOML. JSON has the same escapes, but allows U+007F.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default().replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_it_writes() {
        for title in ["espresso.jpg", "a \"b\"\n\\ \u{7f}"] {
            let manifest = Manifest::parse(&Manifest::write("/simplify", title)).unwrap();
            assert_eq!((manifest.agent.as_str(), manifest.compare.iou), ("/simplify", None));
        }
        let text = Manifest::write("/simplify", "a").replace("\n# ", "\n").replace("message = \"ignore\"\n", "");
        let text = text.replacen("Called on", "# Called on", 1).replace("Tolerances. ", "# ");
        let compare = Manifest::parse(&text).unwrap().compare;
        assert!(compare.pattern.unwrap().is_match("7 vertices removed."));
        assert_eq!((compare.iou, compare.coordinates, compare.confidence), (Some(0.95), 0.001, 0.05));
        assert_eq!(compare.ignore, ["Notes"]);
    }

    #[test]
    fn reports_invalid_settings() {
        for (line, problem) in [
            ("iou = 2", "`iou` is out of range"),
            ("coordinates = -1", "`coordinates` is out of range"),
            ("confidence = nan", "`confidence` is out of range"),
            ("message_pattern = '('", "`message_pattern` is not a regular expression"),
            ("message = 'ignore'\nmessage_pattern = 'a'", "exclude each other"),
            ("overlap = 1", "unknown field `overlap`"),
        ] {
            let error = Manifest::parse(&format!("version = 1\nagent = '/a'\n[compare]\n{line}\n")).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
        assert!(Manifest::parse("version = 2\nagent = '/a'").unwrap_err().contains("version 2"));
        assert!(Manifest::parse("version = 1\nagent = 'a'").unwrap_err().contains("not a path"));
    }

    #[test]
    fn guide_has_valid_example_and_every_key() {
        let page = include_str!("../../../docs/guide/src/how-to/save-calls-as-tests.md");
        let example = page.split("```toml\n").find(|block| block.starts_with("version")).unwrap();
        let manifest = Manifest::parse(example.split("```").next().unwrap()).unwrap();
        assert!(manifest.compare.pattern.unwrap().is_match("Found 2 cups."));
        let reference = include_str!("../../../docs/guide/src/reference/cases.md");
        let unknown = Manifest::parse("version = 1\nagent = '/a'\n[compare]\nunknown = 1").unwrap_err();
        let keys: Vec<_> = unknown.rsplit("expected one of ").next().unwrap().split(", ").collect();
        assert!(keys.len() >= 6, "{unknown}");
        for key in keys {
            let key = key.trim().trim_matches('`');
            assert!(reference.contains(&format!("| `compare.{key}` |")), "no `{key}` in the reference");
        }
    }
}
