//! Checks of deployed agents from the outside, as a browser and the platform see them.

use reqwest::{Method, Url};

use super::endpoint::{Endpoint, RESPONSE_TIMEOUT};
use super::finding::Finding;
use super::{cors, signatures};
use crate::cli::failure::Failure;
use crate::cli::http::{self, Http};
use crate::cli::listing::{Listing, SignaturePolicy};
use crate::outgoing::send;

/// The endpoints to check.
struct Endpoints {
    agents: Vec<Endpoint>,
    handlers: Vec<Endpoint>,
}

/// Checks all agents of a server, or the agent at this URL. With a secret, also checks that the agents accept it.
///
/// # Errors
/// The URL is invalid.
pub(super) async fn examine(
    http: &Http,
    address: &str,
    origins: &[String],
    secret: Option<&str>,
) -> Result<Vec<Finding>, Failure> {
    let url = http::parse_url(address)?;
    let mut findings = vec![check_https(&url)];
    if !check_health(http, &url, &mut findings).await {
        return Ok(findings);
    }
    findings.extend(check_readiness(http, &with_path(&url, "/readyz")).await);
    let Endpoints { agents, handlers } = list_endpoints(http, &url, &mut findings).await;
    for agent in &agents {
        for origin in origins {
            findings.push(cors::check_allowed_origin(http, &agent.url, origin).await);
        }
        findings.push(cors::check_foreign_origin(http, &agent.url).await);
        findings.push(
            check_test_header(http, &agent.url, origins.first().map_or(cors::EDITOR_ORIGIN, String::as_str)).await,
        );
        findings.extend(signatures::examine(http, agent, secret).await);
    }
    for handler in &handlers {
        findings.extend(signatures::examine(http, handler, secret).await);
    }
    findings.extend(signatures::check_unsigned_agents(&agents, secret.is_some()));
    Ok(findings)
}

/// Checks that the server responds. Returns `false` if it does not: the other checks then fail, too.
async fn check_health(http: &Http, url: &Url, findings: &mut Vec<Finding>) -> bool {
    let health = with_path(url, "/healthz");
    match send(http.request(Method::GET, health.clone()).timeout(RESPONSE_TIMEOUT)).await {
        Ok(response) if response.is_success() => findings.push(Finding::ok("health", &format!("{health} responds"))),
        Ok(response) => {
            let found = format!(
                "{health} returns status {}; a server built with agent-runtime serves this path, unless a reverse \
                 proxy does not forward it",
                response.status
            );
            findings.push(Finding::note("health", &found));
        }
        Err(problem) => {
            let advice = "start the server, or check URL, firewall and certificate";
            findings.push(Finding::wrong("health", &format!("{health} does not respond ({problem}): {advice}")));
            return false;
        }
    }
    true
}

/// Checks the readiness endpoint of a server built with agent-runtime. Returns `None` for other servers.
async fn check_readiness(http: &Http, ready: &Url) -> Option<Finding> {
    #[derive(serde::Deserialize)]
    struct Readiness {
        status: Option<String>,
        platform: Option<String>,
    }
    let response = send(http.request(Method::GET, ready.clone()).timeout(RESPONSE_TIMEOUT)).await.ok()?;
    let readiness: Readiness = serde_json::from_slice(&response.body).ok()?;
    let platform = readiness.platform.as_deref();
    Some(match (response.is_success(), readiness.status.as_deref()) {
        (true, Some("ready")) if platform == Some("failing") => {
            let found =
                "the server's requests to the platform fail: see its log, and run `agent-studio doctor` on its machine";
            Finding::wrong("ready", found)
        }
        (true, Some("ready")) => Finding::ok("ready", "it accepts calls"),
        (false, _) => {
            Finding::wrong("ready", &format!("{ready} returns status {}: it accepts no calls now", response.status))
        }
        _ => return None,
    })
}

fn with_path(url: &Url, path: &str) -> Url {
    let mut url = url.clone();
    url.set_path(path);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Checks that the URL uses HTTPS. The platform's editor is an HTTPS page, so browsers block its plain HTTP requests
/// except to this machine.
fn check_https(url: &Url) -> Finding {
    match url.scheme() {
        "https" => Finding::ok("https", "the URL uses HTTPS"),
        _ if http::is_loopback(url) => {
            let found =
                "the agent is on this machine: pages in this machine's browser can reach it, the platform cannot";
            Finding::note("https", found)
        }
        _ => {
            let advice = "put a reverse proxy that terminates TLS in front of the server and use its https:// URL";
            Finding::wrong("https", &format!("browsers block calls of the label editor to plain HTTP: {advice}"))
        }
    }
}

/// Returns the endpoint of the URL's path, or every endpoint that the server lists if the path is `/`.
async fn list_endpoints(http: &Http, url: &Url, findings: &mut Vec<Finding>) -> Endpoints {
    let listing = Listing::fetch(http, &with_path(url, "/")).await;
    let own = (url.path() != "/").then(|| url.path().to_owned());
    let listing = match (listing, &own) {
        (Ok(listing), _) => listing,
        (Err(_), Some(_)) => {
            let found = "the server has no listing of its agents, so the studio's page cannot offer them";
            findings.push(Finding::note("listing", found));
            let only = Endpoint { url: url.clone(), signature: SignaturePolicy::Unknown };
            return Endpoints { agents: vec![only], handlers: Vec::new() };
        }
        (Err(failure), None) => {
            let found = format!("{failure} Or give the URL of one agent, with its path");
            findings.push(Finding::wrong("listing", &found));
            return Endpoints { agents: Vec::new(), handlers: Vec::new() };
        }
    };
    findings.extend(version_finding(&listing));
    let is_selected = |path: &str| own.as_ref().is_none_or(|own| own == path);
    let endpoint = |path: &str, signature| Endpoint { url: with_path(url, path), signature };
    let agents = listing.agents.iter().filter(|agent| is_selected(&agent.path));
    let agents: Vec<_> = agents.map(|agent| endpoint(&agent.path, agent.signature)).collect();
    let handlers = listing.notification_handlers.iter().filter(|handler| is_selected(&handler.path));
    let handlers: Vec<_> = handlers.map(|handler| endpoint(&handler.path, handler.signature)).collect();
    findings.push(match own {
        Some(own) if agents.is_empty() && handlers.is_empty() => {
            let known: Vec<_> = listing.agents.iter().map(|agent| agent.path.as_str()).collect();
            let found = format!("the server has no agent at {own}; it has {}", known.join(", "));
            Finding::wrong("listing", &found)
        }
        Some(own) => Finding::ok("listing", &format!("the server lists {own}")),
        None => {
            let count = agents.len();
            Finding::ok("listing", &format!("the server lists {count} agent{}", if count == 1 { "" } else { "s" }))
        }
    });
    Endpoints { agents, handlers }
}

/// Returns the versions of program and runtime, if the server lists them.
fn version_finding(listing: &Listing) -> Option<Finding> {
    let runtime = listing.runtime_version.as_ref()?;
    let version = listing.version.as_deref().unwrap_or("a program without version");
    Some(Finding::ok("version", &format!("the server runs {version} on agent-runtime {runtime}")))
}

/// Sends the test request that an editor sends when somebody registers the agent's URL.
async fn check_test_header(http: &Http, agent: &Url, origin: &str) -> Finding {
    let what = format!("{} test header", agent.path());
    let request = http
        .request(Method::POST, agent.clone())
        .header("content-type", "application/json")
        .header("x-encord-editor-agent", "test-payload")
        .header("origin", origin)
        .body("{}");
    match send(request.timeout(RESPONSE_TIMEOUT)).await {
        Ok(response) if !response.is_success() => {
            let found = format!(
                "a request with the test header gets status {} instead of 200: check the path",
                response.status
            );
            Finding::wrong(what, &found)
        }
        Ok(response) if response.header("access-control-allow-origin").is_empty() => {
            Finding::note(what, "the response has no CORS headers, so a page cannot read it")
        }
        Ok(_) => Finding::ok(what, "the server responds to it"),
        Err(problem) => Finding::wrong(what, &format!("there is no response: {problem}")),
    }
}
