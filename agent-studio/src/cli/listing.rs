//! What agents a server has.

use std::time::Duration;

use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};

use super::failure::{Failure, sentence};
use super::http::Http;
use crate::outgoing::send;

/// The agents of a server, as its `GET /` lists them for machines.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing {
    pub(super) agents: Vec<ListedAgent>,
    /// What takes notifications, and not calls of editors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notification_handlers: Vec<ListedHandler>,
    /// What runs, as the deployment calls itself.
    #[serde(default)]
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) runtime_version: Option<String>,
}

/// An agent as it is listed.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ListedAgent {
    pub(super) name: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) description: String,
    /// What it needs from the call and from the platform.
    #[serde(default)]
    pub(super) needs: Vec<String>,
    /// The pathways that it can decide for.
    #[serde(default)]
    pub(super) decisions: Vec<String>,
    /// Seconds.
    #[serde(default)]
    pub(super) timeout: Option<f64>,
    /// Which calls it takes.
    #[serde(default)]
    pub(super) signature: SignatureRule,
}

/// A handler of notifications as it is listed.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ListedHandler {
    pub(super) name: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) signature: SignatureRule,
}

/// Which calls are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SignatureRule {
    /// Signed ones only.
    Required,
    /// Those without a signature too.
    WhenPresent,
    /// All; nobody looks at signatures.
    Off,
    /// It is not said.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Listing {
    /// Asks a server.
    ///
    /// # Errors
    /// It does not answer, or not with a listing.
    pub(super) async fn of(http: &Http, url: &Url) -> Result<Self, Failure> {
        let request = http.request(Method::GET, url.clone()).header("accept", "application/json");
        let answer = send(request.timeout(Duration::from_secs(15))).await.map_err(|problem| {
            let problem = sentence(&problem.to_string());
            Failure::new(format!(
                "The agent server at {url} does not answer; start it, or check the address. {problem}"
            ))
        })?;
        let listing = answer.is_success().then(|| serde_json::from_slice(&answer.body).ok()).flatten();
        listing.ok_or_else(|| {
            Failure::new(format!(
                "What {url} answers (status {}) is no list of agents: give the address of a server made with agent-runtime, \
                 without an agent's path.",
                answer.status
            ))
        })
    }
}
