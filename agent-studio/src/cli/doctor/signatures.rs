//! Whether a deployment checks what calls are signed with.

use reqwest::Method;

use super::endpoint::{Endpoint, RESPONSE_TIMEOUT};
use super::finding::Finding;
use crate::cli::http::Http;
use crate::cli::listing::SignatureRule;
use crate::outgoing::{Unanswered, send, signed};

/// A server made with agent-runtime looks at the signature of such a call, and answers without running the agent.
const TEST_HEADER: (&str, &str) = ("x-encord-editor-agent", "verify-signature");
const BODY: &str = "{}";
/// Nobody's secret.
const WRONG: &str = "agent-studio doctor";

/// Whether an agent or a handler that takes signed calls refuses the others, and takes those that are signed with this
/// secret.
pub(super) async fn examine(http: &Http, endpoint: &Endpoint, secret: Option<&str>) -> Vec<Finding> {
    let what = format!("{} signatures", endpoint.url.path());
    if matches!(endpoint.signature, SignatureRule::Off | SignatureRule::Unknown) {
        return Vec::new();
    }
    let refuses = refuses(http, endpoint).await;
    let mut findings = vec![match refuses {
        Err(problem) => Finding::wrong(what.clone(), &format!("there is no answer: {problem}")),
        Ok(Some(taken)) => {
            let advice = "it says that it checks signatures, so look at what is in front of it, or update it";
            Finding::wrong(what.clone(), &format!("{taken} is taken: {advice}"))
        }
        Ok(None) if endpoint.signature == SignatureRule::Required => {
            let found =
                "calls with a wrong signature or none are refused, and so are those of a label editor in a browser";
            Finding::ok(what.clone(), found)
        }
        Ok(None) => Finding::ok(what.clone(), "calls with a wrong signature are refused"),
    }];
    if let Some(secret) = secret {
        findings.push(match ask(http, endpoint, Some(secret)).await {
            Err(problem) => Finding::wrong(what, &format!("there is no answer: {problem}")),
            Ok(200) => Finding::ok(what, "a call that is signed with the secret given here is taken"),
            Ok(401) => {
                let causes =
                    "another secret is set there, or its clock or this machine's is off by more than 5 minutes";
                Finding::wrong(what, &format!("a call that is signed with the secret given here is refused: {causes}"))
            }
            Ok(status) => Finding::wrong(what, &format!("a signed call is answered {status}")),
        });
    }
    findings
}

/// What of the calls that should be refused is not.
async fn refuses(http: &Http, endpoint: &Endpoint) -> Result<Option<&'static str>, Unanswered> {
    if ask(http, endpoint, Some(WRONG)).await? != 401 {
        return Ok(Some("a call with a wrong signature"));
    }
    if endpoint.signature == SignatureRule::Required && ask(http, endpoint, None).await? != 401 {
        return Ok(Some("a call without signature"));
    }
    Ok(None)
}

/// The status with which a call is answered that is signed with this secret, or with none.
async fn ask(http: &Http, endpoint: &Endpoint, secret: Option<&str>) -> Result<u16, Unanswered> {
    let (name, value) = TEST_HEADER;
    let mut request = http
        .request(Method::POST, endpoint.url.clone())
        .header("content-type", "application/json")
        .header(name, value)
        .body(BODY);
    for (name, value) in secret.into_iter().flat_map(|secret| signed(secret, BODY.as_bytes())) {
        request = request.header(name, value);
    }
    Ok(send(request.timeout(RESPONSE_TIMEOUT)).await?.status)
}

/// What is worth knowing of agents that look at no signature: who may call is then a matter of who knows the address.
pub(super) fn of_whoever(agents: &[Endpoint], has_secret: bool) -> Option<Finding> {
    let open: Vec<_> = agents.iter().filter(|agent| agent.signature == SignatureRule::Off).collect();
    let first = open.first()?;
    let found = match open.len() {
        1 => format!(
            "{} takes calls of whoever knows its address, as it must of a label editor in a browser",
            first.url.path()
        ),
        count => {
            format!(
                "{count} agents take calls of whoever knows their address, as they must of a label editor in a browser"
            )
        }
    };
    Some(match has_secret {
        false => Finding::note("unsigned calls", &found),
        true => {
            let advice = "a secret is given here, but they look at none: set ENCORD_WEBHOOK_SECRET where they run";
            Finding::note("unsigned calls", &format!("{found}; {advice}"))
        }
    })
}
