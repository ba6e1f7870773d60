//! Which pages may call an agent, asked as browsers ask.

use reqwest::{Method, Url};

use super::endpoint::RESPONSE_TIMEOUT;
use super::finding::Finding;
use crate::cli::http::Http;
use crate::outgoing::{Answered, Unanswered, send};

/// The origin of the platform's label editor.
pub(super) const EDITOR: &str = "https://app.encord.com";
/// The origin of the page that `agent-studio serve` serves unless told otherwise.
pub(super) const STUDIO: &str = "http://127.0.0.1:8899";
/// The origin of a page that nobody has: its name is reserved for that.
const STRANGER: &str = "https://stranger.invalid";

/// The headers that editors send and a browser asks permission for.
const HEADERS: &str = "content-type,x-cloud-trace-context,x-encord-editor-agent";

/// Whether pages of this origin may call, as they are meant to.
pub(super) async fn allowed(http: &Http, agent: &Url, origin: &str) -> Finding {
    let what = format!("{} from {origin}", agent.path());
    match preflight(http, agent, origin).await {
        Err(problem) => Finding::wrong(what, &format!("the browser's preflight got no answer: {problem}")),
        Ok(None) => Finding::ok(what, "pages of this origin may call it"),
        Ok(Some(problem)) if origin == EDITOR => {
            let advice = "serve it with agent-runtime, or allow the origin in the proxy in front";
            Finding::wrong(what, &format!("the label editor may not call it: {problem}; {advice}"))
        }
        Ok(Some(problem)) => {
            let found =
                format!("pages of this origin may not call it: {problem}; to let them, set AGENT_ORIGINS={origin}");
            Finding::note(what, &found)
        }
    }
}

/// Whether other pages are turned away. Any page that an annotator opens could call the agent otherwise.
pub(super) async fn strangers(http: &Http, agent: &Url) -> Finding {
    let what = format!("{} from other pages", agent.path());
    match preflight(http, agent, STRANGER).await {
        Err(problem) => Finding::wrong(what, &format!("the browser's preflight got no answer: {problem}")),
        Ok(Some(_)) => Finding::ok(what, "pages of other origins may not call it"),
        Ok(None) => {
            let advice = "take the headers of CORS away that something in front adds, and patterns from AGENT_ORIGINS that fit all";
            Finding::wrong(what, &format!("any page that an annotator has open may call it: {advice}"))
        }
    }
}

/// Asks for permission as a browser does before a page may call. Says what forbids it, if anything.
async fn preflight(http: &Http, agent: &Url, origin: &str) -> Result<Option<String>, Unanswered> {
    let request = http
        .request(Method::OPTIONS, agent.clone())
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", HEADERS);
    Ok(forbidden(&send(request.timeout(RESPONSE_TIMEOUT)).await?, origin))
}

/// What in the answer to a preflight forbids the call.
fn forbidden(answer: &Answered, origin: &str) -> Option<String> {
    if !answer.is_success() {
        return Some(format!("the preflight is answered {}", answer.status));
    }
    let allowed = answer.header("access-control-allow-origin");
    if allowed != "*" && allowed != origin {
        return Some("the answer to the preflight does not allow the origin".to_owned());
    }
    let headers = answer.header("access-control-allow-headers").to_ascii_lowercase();
    let allowed: Vec<_> = headers.split(',').map(str::trim).collect();
    let missing: Vec<_> =
        HEADERS.split(',').filter(|header| !allowed.contains(header) && !allowed.contains(&"*")).collect();
    (!missing.is_empty()).then(|| format!("the answer to the preflight does not allow {}", missing.join(", ")))
}
