//! Repeats the call of a case.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::comparison;
use super::platform::ReplayPlatform;
use super::replay_error::ReplayError;
use crate::agent_client::AgentClient;
use crate::cases::{AgentResponse, Case, Outcome};
use crate::models::ModelPlayers;
use crate::outgoing::signature_headers;

/// Timeout of a call.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(120);

/// The server of the agents under test.
#[derive(Debug)]
pub(crate) struct AgentTarget {
    url: Url,
    client: AgentClient,
    /// Secret with which calls are signed.
    secret: Option<zeroize::Zeroizing<String>>,
}

/// A repeated call.
#[derive(Debug)]
pub(crate) struct Replayed {
    pub(crate) outcome: Outcome,
    /// The differences to what the case expects. Empty if there are none.
    pub(crate) differences: Vec<String>,
}

impl AgentTarget {
    /// Creates a target from the base URL of the server.
    pub(crate) fn new(url: Url, secret: Option<zeroize::Zeroizing<String>>) -> Self {
        Self { url, client: AgentClient::default(), secret }
    }

    fn headers(&self, body: &str) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(secret) = &self.secret {
            for (name, value) in signature_headers(secret, body.as_bytes()) {
                headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).ok()?);
            }
        }
        Some(headers)
    }

    async fn post(&self, path: &str, body: &str) -> Result<AgentResponse, ReplayError> {
        let no_response = |error: &dyn std::fmt::Display| ReplayError::NoResponse(error.to_string());
        // Joined as text, because an agent's path is absolute while the server may have a path of its own.
        let url = format!("{}{path}", self.url.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|error| no_response(&error))?;
        let headers = self.headers(body).ok_or_else(|| no_response(&"the secret is not valid in a header"))?;
        let sent = self.client.post(url, headers, body.as_bytes().to_vec());
        let response = tokio::time::timeout(RESPONSE_TIMEOUT, sent).await;
        let response =
            response.map_err(|_| no_response(&"no response in time"))?.map_err(|error| no_response(&error))?;
        Ok(AgentResponse::new(response.status, &String::from_utf8_lossy(&response.body)))
    }
}

/// Repeats the call of a case, with the responses of model servers that it has, and compares the outcome.
///
/// # Errors
/// The project of the case cannot be served, or the agent does not respond.
pub(crate) async fn replay(
    case: &Case,
    platform: &ReplayPlatform,
    models: &ModelPlayers,
    agents: &AgentTarget,
) -> Result<Replayed, ReplayError> {
    let served = platform.show(case)?;
    models.show(case.models.as_ref(), case.manifest.models.rule);
    let response = agents.post(&case.manifest.agent, &case.payload).await?;
    let outcome = served.outcome(response)?;
    let size = |frame| case.project.data.size_of_frame(frame);
    let mut differences = models.problems();
    differences.extend(comparison::differences(&case.expected, &outcome, &case.manifest.compare, size));
    Ok(Replayed { outcome, differences })
}
