//! CORS checks: which origins may call an agent.

use reqwest::{Method, Url};

use super::endpoint::RESPONSE_TIMEOUT;
use super::finding::Finding;
use crate::cli::http::Http;
use crate::outgoing::{HttpResponse, RequestError, send};

/// The origin of the platform's label editor.
pub(super) const EDITOR_ORIGIN: &str = "https://app.encord.com";
/// The default origin of the page of `agent-studio serve`.
pub(super) const STUDIO_ORIGIN: &str = "http://127.0.0.1:8899";
/// An origin that no page has: the top-level domain `invalid` is reserved.
const FOREIGN_ORIGIN: &str = "https://other-origin.invalid";

/// Request headers of editors that need a preflight.
const HEADERS: &str = "content-type,x-cloud-trace-context,x-encord-editor-agent";

/// Checks that pages of this origin may call the agent.
pub(super) async fn check_allowed_origin(http: &Http, agent: &Url, origin: &str) -> Finding {
    let what = format!("{} from {origin}", agent.path());
    match preflight(http, agent, origin).await {
        Err(problem) => Finding::wrong(what, &format!("the preflight request got no response: {problem}")),
        Ok(None) => Finding::ok(what, "pages of this origin may call the agent"),
        Ok(Some(problem)) if origin == EDITOR_ORIGIN => {
            let advice = "serve it with agent-runtime, or allow the origin in the reverse proxy";
            Finding::wrong(what, &format!("the label editor may not call the agent: {problem}; {advice}"))
        }
        Ok(Some(problem)) => {
            let found = format!(
                "pages of this origin may not call the agent: {problem}; to allow them, set \
                AGENT_ORIGINS={origin}"
            );
            Finding::note(what, &found)
        }
    }
}

/// Checks that other origins are rejected. Otherwise any page open in the annotator's browser could call the agent.
pub(super) async fn check_foreign_origin(http: &Http, agent: &Url) -> Finding {
    let what = format!("{} from other pages", agent.path());
    match preflight(http, agent, FOREIGN_ORIGIN).await {
        Err(problem) => Finding::wrong(what, &format!("the preflight request got no response: {problem}")),
        Ok(Some(_)) => Finding::ok(what, "pages of other origins may not call the agent"),
        Ok(None) => {
            let advice = "remove CORS headers that a reverse proxy adds, and patterns in AGENT_ORIGINS that match \
            every origin";
            Finding::wrong(what, &format!("any page open in the annotator's browser may call the agent: {advice}"))
        }
    }
}

/// Sends a preflight request as a browser does. Returns why the call is denied, or `None` if it is allowed.
async fn preflight(http: &Http, agent: &Url, origin: &str) -> Result<Option<String>, RequestError> {
    let request = http
        .request(Method::OPTIONS, agent.clone())
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", HEADERS);
    Ok(denial(&send(request.timeout(RESPONSE_TIMEOUT)).await?, origin))
}

/// Returns why the response to a preflight denies the call, or `None` if it allows it.
fn denial(response: &HttpResponse, origin: &str) -> Option<String> {
    if !response.is_success() {
        return Some(format!("the preflight gets status {}", response.status));
    }
    let allowed = response.header("access-control-allow-origin");
    if allowed != "*" && allowed != origin {
        return Some("the preflight response does not allow the origin".to_owned());
    }
    let headers = response.header("access-control-allow-headers").to_ascii_lowercase();
    let allowed: Vec<_> = headers.split(',').map(str::trim).collect();
    let missing: Vec<_> =
        HEADERS.split(',').filter(|header| !allowed.contains(header) && !allowed.contains(&"*")).collect();
    (!missing.is_empty()).then(|| format!("the preflight response does not allow the headers {}", missing.join(", ")))
}
