//! Checks of signature verification.

use reqwest::Method;

use super::endpoint::{Endpoint, RESPONSE_TIMEOUT};
use super::finding::Finding;
use crate::cli::http::Http;
use crate::cli::listing::SignaturePolicy;
use crate::outgoing::{RequestError, send, signature_headers};

/// Test header that makes a server built with agent-runtime verify the signature and respond without running the agent.
const TEST_HEADER: (&str, &str) = ("x-encord-editor-agent", "verify-signature");
const BODY: &str = "{}";
/// A secret that no deployment uses.
const WRONG_SECRET: &str = "agent-studio doctor";

/// Checks that an endpoint with a signature policy rejects invalid signatures and, if given, accepts this secret.
/// Returns nothing for endpoints that do not verify signatures.
pub(super) async fn examine(http: &Http, endpoint: &Endpoint, secret: Option<&str>) -> Vec<Finding> {
    let what = format!("{} signatures", endpoint.url.path());
    if matches!(endpoint.signature, SignaturePolicy::Off | SignaturePolicy::Unknown) {
        return Vec::new();
    }
    let accepted = accepted_invalid_call(http, endpoint).await;
    let mut findings = vec![match accepted {
        Err(problem) => Finding::wrong(what.clone(), &format!("there is no response: {problem}")),
        Ok(Some(call)) => {
            let advice = "the listing says that signatures are verified, so check the reverse proxy, or update the \
            server";
            Finding::wrong(what.clone(), &format!("{call} is accepted: {advice}"))
        }
        Ok(None) if endpoint.signature == SignaturePolicy::Required => {
            let found = "calls with an invalid or missing signature are rejected, including those of a label editor in a \
                 browser";
            Finding::ok(what.clone(), found)
        }
        Ok(None) => Finding::ok(what.clone(), "calls with an invalid signature are rejected"),
    }];
    if let Some(secret) = secret {
        findings.push(match call_status(http, endpoint, Some(secret)).await {
            Err(problem) => Finding::wrong(what, &format!("there is no response: {problem}")),
            Ok(200) => Finding::ok(what, "a call signed with the given secret is accepted"),
            Ok(401) => {
                let causes =
                    "the server has another secret, or its clock or this machine's clock is off by more than 5 minutes";
                Finding::wrong(what, &format!("a call signed with the given secret is rejected: {causes}"))
            }
            Ok(status) => Finding::wrong(what, &format!("a signed call gets status {status}")),
        });
    }
    findings
}

/// Returns a description of an invalid call that the endpoint accepts, or `None` if it rejects all of them.
async fn accepted_invalid_call(http: &Http, endpoint: &Endpoint) -> Result<Option<&'static str>, RequestError> {
    if call_status(http, endpoint, Some(WRONG_SECRET)).await? != 401 {
        return Ok(Some("a call with an invalid signature"));
    }
    if endpoint.signature == SignaturePolicy::Required && call_status(http, endpoint, None).await? != 401 {
        return Ok(Some("an unsigned call"));
    }
    Ok(None)
}

/// Sends a test call, signed if a secret is given, and returns its status.
async fn call_status(http: &Http, endpoint: &Endpoint, secret: Option<&str>) -> Result<u16, RequestError> {
    let (name, value) = TEST_HEADER;
    let mut request = http
        .request(Method::POST, endpoint.url.clone())
        .header("content-type", "application/json")
        .header(name, value)
        .body(BODY);
    for (name, value) in secret.into_iter().flat_map(|secret| signature_headers(secret, BODY.as_bytes())) {
        request = request.header(name, value);
    }
    Ok(send(request.timeout(RESPONSE_TIMEOUT)).await?.status)
}

/// Returns a note on agents that do not verify signatures: anybody who knows their URL can call them.
pub(super) fn check_unsigned_agents(agents: &[Endpoint], has_secret: bool) -> Option<Finding> {
    let open: Vec<_> = agents.iter().filter(|agent| agent.signature == SignaturePolicy::Off).collect();
    let first = open.first()?;
    let found = match open.len() {
        1 => format!(
            "{} accepts calls from anybody who knows its URL, as a label editor in a browser requires",
            first.url.path()
        ),
        count => {
            format!(
                "{count} agents accept calls from anybody who knows their URL, as a label editor in a browser requires"
            )
        }
    };
    Some(match has_secret {
        false => Finding::note("unsigned calls", &found),
        true => {
            let advice = "a secret is given, but no signature is verified: set ENCORD_WEBHOOK_SECRET on the server";
            Finding::note("unsigned calls", &format!("{found}; {advice}"))
        }
    })
}
