//! The listing of a server's agents.

use std::time::Duration;

use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};

use super::failure::{Failure, sentence};
use super::http::{Http, no_response};
use crate::outgoing::send;

/// Timeout of a request for a listing.
const LISTING_TIMEOUT: Duration = Duration::from_secs(15);

/// The agents of a server, as `GET /` returns them as JSON.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing {
    pub(super) agents: Vec<ListedAgent>,
    /// Handlers of notifications. Editors do not call them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notification_handlers: Vec<ListedHandler>,
    /// Name and version of the deployed program.
    #[serde(default)]
    pub(super) version: Option<String>,
    /// Version of agent-runtime.
    #[serde(default)]
    pub(super) runtime_version: Option<String>,
}

/// An entry for an agent.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ListedAgent {
    pub(super) name: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) description: String,
    /// Inputs that the agent takes from the call and from the platform.
    #[serde(default)]
    pub(super) needs: Vec<String>,
    /// Pathways that the agent can return as its decision.
    #[serde(default)]
    pub(super) decisions: Vec<String>,
    /// The workflow stage that the agent works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stage: Option<ListedStage>,
    /// Timeout in seconds.
    #[serde(default)]
    pub(super) timeout: Option<f64>,
    /// Signature policy for calls of the agent.
    #[serde(default)]
    pub(super) signature: SignaturePolicy,
}

/// The workflow stage that an agent works on.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedStage {
    /// Title or UUID of the stage.
    pub(super) stage: String,
    /// Pathway of tasks for which the agent decides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pathway: Option<String>,
    /// Pathway of tasks that have failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) on_failure: Option<String>,
}

/// An entry for a notification handler.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ListedHandler {
    pub(super) name: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) signature: SignaturePolicy,
}

/// Signature policy for incoming calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SignaturePolicy {
    /// Signed calls only.
    Required,
    /// Unsigned calls, and calls with a valid signature.
    WhenPresent,
    /// All calls; signatures are not verified.
    Off,
    /// Not listed, or a policy that this version does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Listing {
    /// Fetches the listing of a server.
    ///
    /// # Errors
    /// The server does not respond, or the response is not a listing.
    pub(super) async fn fetch(http: &Http, url: &Url) -> Result<Self, Failure> {
        let request = http.request(Method::GET, url.clone()).header("accept", "application/json");
        let response = send(request.timeout(LISTING_TIMEOUT)).await.map_err(|problem| {
            if problem.is_connection_refused() {
                return Failure::new(no_response(url, &problem));
            }
            let problem = sentence(&problem.to_string());
            Failure::new(format!("The agent server at {url} does not respond; start it, or check the URL. {problem}"))
        })?;
        let listing = response.is_success().then(|| serde_json::from_slice(&response.body).ok()).flatten();
        listing.ok_or_else(|| {
            Failure::new(format!(
                "The response of {url} (status {}) is not a list of agents: give the URL of a server built with \
                 agent-runtime, without an agent's path.",
                response.status
            ))
        })
    }
}
