//! A deployed agent, as a browser and a platform see it.

use std::time::Duration;

use reqwest::{Method, Url};

use super::finding::Finding;
use crate::cli::failure::Failure;
use crate::cli::http::{self, Http};
use crate::cli::listing::Listing;
use crate::outgoing::{Answered, send};

/// The origin of the platform's label editor.
pub(super) const EDITOR: &str = "https://app.encord.com";
/// The origin of the page that `agent-studio serve` serves unless told otherwise.
pub(super) const STUDIO: &str = "http://127.0.0.1:8899";

/// The headers that editors send and a browser asks permission for.
const HEADERS: &str = "content-type,x-cloud-trace-context,x-encord-editor-agent";
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks at the agents of a server, or at the one of this address.
pub(super) async fn examine(http: &Http, address: &str, origins: &[String]) -> Result<Vec<Finding>, Failure> {
    let url = http::address(address)?;
    let mut findings = vec![encryption(&url)];
    let health = with_path(&url, "/healthz");
    match send(http.request(Method::GET, health.clone()).timeout(PATIENCE)).await {
        Ok(answer) if answer.is_success() => findings.push(Finding::ok("health", &format!("{health} answers"))),
        Ok(answer) => {
            let found = format!("{health} answers {}; a server made with agent-runtime has it", answer.status);
            findings.push(Finding::note("health", &found));
        }
        Err(problem) => {
            let advice = "start the server, or check address, firewall and certificate";
            findings.push(Finding::wrong("health", &format!("{health} does not answer ({problem}): {advice}")));
            return Ok(findings);
        }
    }
    let paths = paths(http, &url, &mut findings).await;
    for path in &paths {
        let agent = with_path(&url, path);
        for origin in origins {
            findings.push(preflight(http, &agent, origin).await);
        }
        findings.push(test_header(http, &agent, origins.first().map_or(EDITOR, String::as_str)).await);
    }
    Ok(findings)
}

fn with_path(url: &Url, path: &str) -> Url {
    let mut url = url.clone();
    url.set_path(path);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// The real editor is an encrypted page: it reaches nothing that is not, but this machine.
fn encryption(url: &Url) -> Finding {
    match url.scheme() {
        "https" => Finding::ok("https", "the address is encrypted"),
        _ if http::is_local(url) => {
            let found =
                "the agent is on this machine: pages in this machine's browser reach it, and the platform does not";
            Finding::note("https", found)
        }
        _ => {
            let advice = "put something that ends TLS in front of it and use an https:// address";
            Finding::wrong(
                "https",
                &format!("browsers do not let the label editor call an address without encryption: {advice}"),
            )
        }
    }
}

/// The paths to look at: the address's own, or those of the listing.
async fn paths(http: &Http, url: &Url, findings: &mut Vec<Finding>) -> Vec<String> {
    let listing = Listing::of(http, &with_path(url, "/")).await;
    let own = (url.path() != "/").then(|| url.path().to_owned());
    match (listing, own) {
        (Ok(listing), Some(own)) if listing.agents.iter().any(|agent| agent.path == own) => {
            findings.push(Finding::ok("listing", &format!("the server lists {own}")));
            vec![own]
        }
        (Ok(listing), Some(own)) => {
            let known: Vec<_> = listing.agents.iter().map(|agent| agent.path.as_str()).collect();
            let found = format!("the server has no agent at {own}; it has {}", known.join(", "));
            findings.push(Finding::wrong("listing", &found));
            Vec::new()
        }
        (Ok(listing), None) => {
            let count = listing.agents.len();
            let found = format!("the server lists {count} agent{}", if count == 1 { "" } else { "s" });
            findings.push(Finding::ok("listing", &found));
            listing.agents.into_iter().map(|agent| agent.path).collect()
        }
        (Err(_), Some(own)) => {
            findings.push(Finding::note(
                "listing",
                "the server does not list its agents, so the studio's page cannot offer them",
            ));
            vec![own]
        }
        (Err(failure), None) => {
            findings
                .push(Finding::wrong("listing", &format!("{failure} Or give the address of one agent, with its path")));
            Vec::new()
        }
    }
}

/// Asks for permission as a browser does before a page may call.
async fn preflight(http: &Http, agent: &Url, origin: &str) -> Finding {
    let what = format!("{} from {origin}", agent.path());
    let request = http
        .request(Method::OPTIONS, agent.clone())
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", HEADERS);
    let answer = match send(request.timeout(PATIENCE)).await {
        Ok(answer) => answer,
        Err(problem) => return Finding::wrong(what, &format!("the browser's preflight got no answer: {problem}")),
    };
    match forbidden(&answer, origin) {
        None => Finding::ok(what, "pages of this origin may call it"),
        Some(problem) if origin == EDITOR => {
            let advice = "serve it with agent-runtime, or allow the origin in the proxy in front";
            Finding::wrong(what, &format!("the label editor may not call it: {problem}; {advice}"))
        }
        Some(problem) => {
            let found =
                format!("pages of this origin may not call it: {problem}; to let them, set AGENT_ORIGINS={origin}");
            Finding::note(what, &found)
        }
    }
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

/// Asks whether the agent is there, as an editor does when somebody enters its address.
async fn test_header(http: &Http, agent: &Url, origin: &str) -> Finding {
    let what = format!("{} test header", agent.path());
    let request = http
        .request(Method::POST, agent.clone())
        .header("content-type", "application/json")
        .header("x-encord-editor-agent", "test-payload")
        .header("origin", origin)
        .body("{}");
    match send(request.timeout(PATIENCE)).await {
        Ok(answer) if !answer.is_success() => {
            let found =
                format!("a request with the test header is answered {}, not 200: check the path", answer.status);
            Finding::wrong(what, &found)
        }
        Ok(answer) if answer.header("access-control-allow-origin").is_empty() => {
            Finding::note(what, "it is answered, but without CORS headers, so that a page cannot read the answer")
        }
        Ok(_) => Finding::ok(what, "it is answered"),
        Err(problem) => Finding::wrong(what, &format!("there is no answer: {problem}")),
    }
}
