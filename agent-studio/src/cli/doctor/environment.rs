//! Checks of key, region, clock and network, which every agent that uses the platform needs.

use std::time::{Duration, SystemTime};

use agent_platform::auth::Credentials;
use agent_platform::client::{Domain, PlatformClient, RetryPolicy};
use reqwest::{Method, Url};

use super::finding::Finding;
use crate::cli::http::{self, Http};
use crate::cli::platform::{self, DOMAIN};
use crate::outgoing::{HttpResponse, send};

/// Maximum clock skew, in seconds. Strict servers reject signatures that are further off.
const MAX_CLOCK_SKEW_SECS: u64 = 60;

/// Checks the environment's settings, and the connection to the platform.
pub(super) async fn examine(http: &Http) -> Vec<Finding> {
    let mut findings = Vec::new();
    let credentials = match Credentials::from_env() {
        Ok(credentials) => {
            let origin = match std::env::var("ENCORD_SSH_KEY").is_ok_and(|text| !text.trim().is_empty()) {
                true => "ENCORD_SSH_KEY".to_owned(),
                false => std::env::var("ENCORD_SSH_KEY_FILE").unwrap_or_default(),
            };
            findings.push(Finding::ok("key", &format!("an Ed25519 key is in {origin}")));
            Some(credentials)
        }
        Err(error) => {
            findings.push(Finding::wrong("key", &error.to_string()));
            None
        }
    };
    let domain = match platform::domain(Domain::EUROPE) {
        Ok(domain) => domain,
        Err(failure) => {
            findings.push(Finding::wrong("region", &failure.to_string()));
            return findings;
        }
    };
    findings.push(check_region(&domain));
    let Some(response) = check_network(http, &domain, &mut findings).await else { return findings };
    findings.push(check_clock(&response, SystemTime::now()));
    if let Some(credentials) = credentials {
        findings.push(check_account(credentials, domain).await);
    }
    findings
}

fn check_region(domain: &Domain) -> Finding {
    let is_set = std::env::var(DOMAIN).is_ok_and(|text| !text.trim().is_empty());
    let from = if is_set { "from ENCORD_DOMAIN" } else { "because ENCORD_DOMAIN is not set" };
    match domain.as_str() {
        Domain::EUROPE | Domain::UNITED_STATES => Finding::ok("region", &format!("{domain}, {from}")),
        _ => Finding::note("region", &format!("{domain}, {from}: not a public region of the platform")),
    }
}

/// Checks that the platform's host responds, with any status.
async fn check_network(http: &Http, domain: &Domain, findings: &mut Vec<Finding>) -> Option<HttpResponse> {
    let url = Url::parse(domain.as_str()).ok()?;
    let is_plain_remote = url.scheme() == "http" && !http::is_loopback(&url);
    let request = http.request(Method::GET, url.clone()).timeout(Duration::from_secs(20));
    match send(request).await {
        Ok(response) => {
            findings.push(if is_plain_remote {
                Finding::wrong("network", &format!("{domain} responds, but without TLS: use https:// in {DOMAIN}"))
            } else if url.scheme() == "http" {
                Finding::ok("network", &format!("{domain} responds; it is on this machine, so it needs no TLS"))
            } else {
                Finding::ok("network", &format!("{domain} responds, with a certificate that this machine trusts"))
            });
            Some(response)
        }
        Err(problem) => {
            let advice = "check the network, the proxy variables and ENCORD_DOMAIN";
            findings.push(Finding::wrong("network", &format!("{domain} cannot be reached ({problem}): {advice}")));
            None
        }
    }
}

/// Compares this machine's clock with the `Date` header of the platform, which has a resolution of one second.
fn check_clock(response: &HttpResponse, now: SystemTime) -> Finding {
    let Ok(remote) = httpdate::parse_http_date(response.header("date")) else {
        return Finding::note("clock", "the platform's response has no `Date` header");
    };
    let (is_ahead, skew) = match now.duration_since(remote) {
        Ok(skew) => (true, skew.as_secs()),
        Err(error) => (false, error.duration().as_secs()),
    };
    let direction = if is_ahead { "ahead of" } else { "behind" };
    if skew > MAX_CLOCK_SKEW_SECS {
        let advice = "correct it, or signatures are rejected as expired or from the future";
        return Finding::wrong(
            "clock",
            &format!("this machine's clock is {skew} s {direction} the platform's: {advice}"),
        );
    }
    Finding::ok(
        "clock",
        &if skew <= 1 {
            "it matches the platform's".to_owned()
        } else {
            format!("it is {skew} s {direction} the platform's")
        },
    )
}

/// Checks that the platform knows the key.
async fn check_account(credentials: Credentials, domain: Domain) -> Finding {
    // No retries: a diagnosis shows the first failure.
    let builder = PlatformClient::builder().credentials(credentials).domain(domain.clone());
    let builder =
        builder.call_timeout(Duration::from_secs(30)).retry(RetryPolicy { retries: 0, ..RetryPolicy::default() });
    let platform = match builder.build() {
        Ok(platform) => platform,
        Err(error) => return Finding::wrong("account", &error.to_string()),
    };
    match platform.check().await {
        Ok(()) => Finding::ok("account", &format!("{domain} knows the key")),
        Err(error) => Finding::wrong("account", &error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{DATE, HeaderMap};

    use super::super::finding::State;
    use super::*;

    #[test]
    fn reports_clock_skew() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let found = |remote: SystemTime| {
            let headers = HeaderMap::from_iter([(DATE, httpdate::fmt_http_date(remote).parse().unwrap())]);
            let response = HttpResponse { status: 200, headers, body: Vec::new(), duration: Duration::ZERO };
            let finding = check_clock(&response, now);
            (finding.state, finding.found)
        };
        assert_eq!(found(now).0, State::Ok);
        assert_eq!(found(now + Duration::from_secs(30)).0, State::Ok);
        let (state, text) = found(now + Duration::from_secs(400));
        assert!(state == State::Wrong && text.contains("400 s behind"), "{text}");
        let (state, text) = found(now - Duration::from_secs(61));
        assert!(state == State::Wrong && text.contains("61 s ahead"), "{text}");
    }
}
