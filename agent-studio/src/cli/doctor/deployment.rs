//! Deployed agents, as a browser and a platform see them.

use reqwest::{Method, Url};

use super::endpoint::{Endpoint, RESPONSE_TIMEOUT};
use super::finding::Finding;
use super::{cors, signatures};
use crate::cli::failure::Failure;
use crate::cli::http::{self, Http};
use crate::cli::listing::{Listing, SignatureRule};
use crate::outgoing::send;

/// What is looked at.
struct Deployment {
    agents: Vec<Endpoint>,
    handlers: Vec<Endpoint>,
}

/// Looks at the agents of a server, or at the one of this address. With a secret, also whether it is theirs.
///
/// # Errors
/// The address is none.
pub(super) async fn examine(
    http: &Http,
    address: &str,
    origins: &[String],
    secret: Option<&str>,
) -> Result<Vec<Finding>, Failure> {
    let url = http::address(address)?;
    let mut findings = vec![encryption(&url)];
    if !health(http, &url, &mut findings).await {
        return Ok(findings);
    }
    findings.extend(readiness(http, &with_path(&url, "/readyz")).await);
    let Deployment { agents, handlers } = deployment(http, &url, &mut findings).await;
    for agent in &agents {
        for origin in origins {
            findings.push(cors::allowed(http, &agent.url, origin).await);
        }
        findings.push(cors::strangers(http, &agent.url).await);
        findings.push(test_header(http, &agent.url, origins.first().map_or(cors::EDITOR, String::as_str)).await);
        findings.extend(signatures::examine(http, agent, secret).await);
    }
    for handler in &handlers {
        findings.extend(signatures::examine(http, handler, secret).await);
    }
    findings.extend(signatures::of_whoever(&agents, secret.is_some()));
    Ok(findings)
}

/// Whether something answers. Looks no further if not.
async fn health(http: &Http, url: &Url, findings: &mut Vec<Finding>) -> bool {
    let health = with_path(url, "/healthz");
    match send(http.request(Method::GET, health.clone()).timeout(RESPONSE_TIMEOUT)).await {
        Ok(answer) if answer.is_success() => findings.push(Finding::ok("health", &format!("{health} answers"))),
        Ok(answer) => {
            let found = format!(
                "{health} answers {}; a server made with agent-runtime has it, unless what is in front keeps the path",
                answer.status
            );
            findings.push(Finding::note("health", &found));
        }
        Err(problem) => {
            let advice = "start the server, or check address, firewall and certificate";
            findings.push(Finding::wrong("health", &format!("{health} does not answer ({problem}): {advice}")));
            return false;
        }
    }
    true
}

/// What a server made with agent-runtime says of itself; nothing of others.
async fn readiness(http: &Http, ready: &Url) -> Option<Finding> {
    #[derive(serde::Deserialize)]
    struct Readiness {
        status: Option<String>,
        platform: Option<String>,
    }
    let answer = send(http.request(Method::GET, ready.clone()).timeout(RESPONSE_TIMEOUT)).await.ok()?;
    let readiness: Readiness = serde_json::from_slice(&answer.body).ok()?;
    let platform = readiness.platform.as_deref();
    Some(match (answer.is_success(), readiness.status.as_deref()) {
        (true, Some("ready")) if platform == Some("failing") => {
            let found =
                "the server's calls of the platform fail: see its log, and run `agent-studio doctor` where it runs";
            Finding::wrong("ready", found)
        }
        (true, Some("ready")) => Finding::ok("ready", "it takes calls"),
        (false, _) => Finding::wrong("ready", &format!("{ready} answers {}: it takes no calls now", answer.status)),
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

/// What to look at: the address's own, or everything that the server lists.
async fn deployment(http: &Http, url: &Url, findings: &mut Vec<Finding>) -> Deployment {
    let listing = Listing::of(http, &with_path(url, "/")).await;
    let own = (url.path() != "/").then(|| url.path().to_owned());
    let listing = match (listing, &own) {
        (Ok(listing), _) => listing,
        (Err(_), Some(_)) => {
            let found = "the server does not list its agents, so the studio's page cannot offer them";
            findings.push(Finding::note("listing", found));
            let only = Endpoint { url: url.clone(), signature: SignatureRule::Unknown };
            return Deployment { agents: vec![only], handlers: Vec::new() };
        }
        (Err(failure), None) => {
            let found = format!("{failure} Or give the address of one agent, with its path");
            findings.push(Finding::wrong("listing", &found));
            return Deployment { agents: Vec::new(), handlers: Vec::new() };
        }
    };
    findings.extend(version(&listing));
    let is_meant = |path: &str| own.as_ref().is_none_or(|own| own == path);
    let endpoint = |path: &str, signature| Endpoint { url: with_path(url, path), signature };
    let agents = listing.agents.iter().filter(|agent| is_meant(&agent.path));
    let agents: Vec<_> = agents.map(|agent| endpoint(&agent.path, agent.signature)).collect();
    let handlers = listing.notification_handlers.iter().filter(|handler| is_meant(&handler.path));
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
    Deployment { agents, handlers }
}

/// What runs there, if it says so.
fn version(listing: &Listing) -> Option<Finding> {
    let runtime = listing.runtime_version.as_ref()?;
    let version = listing.version.as_deref().unwrap_or("something without version");
    Some(Finding::ok("version", &format!("the server runs {version} on agent-runtime {runtime}")))
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
    match send(request.timeout(RESPONSE_TIMEOUT)).await {
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
