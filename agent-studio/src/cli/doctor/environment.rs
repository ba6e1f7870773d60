//! Key, region, clock and network: what every agent needs that reaches the platform.

use std::time::{Duration, SystemTime};

use agent_platform::auth::Credentials;
use agent_platform::client::{Domain, Platform, RetryPolicy};
use reqwest::{Method, Url};

use super::finding::Finding;
use crate::cli::http::{self, Http};
use crate::cli::platform::{self, DOMAIN};
use crate::outgoing::{Answered, send};

/// From this far on, signatures are too old or too new for a careful server.
const TOO_FAR: u64 = 60;

/// Looks at what the environment says, and at the platform that it names.
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
    findings.push(region(&domain));
    let Some(answer) = reached(http, &domain, &mut findings).await else { return findings };
    findings.push(clock(&answer, SystemTime::now()));
    if let Some(credentials) = credentials {
        findings.push(known(credentials, domain).await);
    }
    findings
}

fn region(domain: &Domain) -> Finding {
    let is_set = std::env::var(DOMAIN).is_ok_and(|text| !text.trim().is_empty());
    let from = if is_set { "from ENCORD_DOMAIN" } else { "because ENCORD_DOMAIN is not set" };
    match domain.as_str() {
        Domain::EUROPE | Domain::UNITED_STATES => Finding::ok("region", &format!("{domain}, {from}")),
        _ => Finding::note("region", &format!("{domain}, {from}: none of the platform's public regions")),
    }
}

/// Whether something answers there, whatever it says.
async fn reached(http: &Http, domain: &Domain, findings: &mut Vec<Finding>) -> Option<Answered> {
    let url = Url::parse(domain.as_str()).ok()?;
    let is_open = url.scheme() == "http" && !http::is_local(&url);
    let request = http.request(Method::GET, url.clone()).timeout(Duration::from_secs(20));
    match send(request).await {
        Ok(answer) => {
            findings.push(if is_open {
                Finding::wrong(
                    "network",
                    &format!("{domain} answers, but without encryption: write https:// in {DOMAIN}"),
                )
            } else if url.scheme() == "http" {
                Finding::ok("network", &format!("{domain} answers; it is on this machine, so it needs no encryption"))
            } else {
                Finding::ok("network", &format!("{domain} answers, with a certificate that this machine trusts"))
            });
            Some(answer)
        }
        Err(problem) => {
            let advice = "check the network, the proxy variables and ENCORD_DOMAIN";
            findings.push(Finding::wrong("network", &format!("{domain} cannot be reached ({problem}): {advice}")));
            None
        }
    }
}

/// Compares this machine's clock with the platform's `Date`, which is to the second.
fn clock(answer: &Answered, now: SystemTime) -> Finding {
    let Ok(theirs) = httpdate::parse_http_date(answer.header("date")) else {
        return Finding::note("clock", "the platform did not say what time it is");
    };
    let (ahead, off) = match now.duration_since(theirs) {
        Ok(off) => (true, off.as_secs()),
        Err(error) => (false, error.duration().as_secs()),
    };
    let way = if ahead { "ahead of" } else { "behind" };
    if off > TOO_FAR {
        let advice = "set it, or signatures will be refused as too old or too new";
        return Finding::wrong("clock", &format!("this machine's clock is {off} s {way} the platform's: {advice}"));
    }
    Finding::ok(
        "clock",
        &if off <= 1 {
            "it agrees with the platform's".to_owned()
        } else {
            format!("it is {off} s {way} the platform's")
        },
    )
}

/// Whether the platform knows the key.
async fn known(credentials: Credentials, domain: Domain) -> Finding {
    // Whoever asks for a diagnosis wants to hear of the first failure.
    let builder = Platform::builder().credentials(credentials).domain(domain.clone());
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
    fn a_clock_that_is_off() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let found = |theirs: SystemTime| {
            let headers = HeaderMap::from_iter([(DATE, httpdate::fmt_http_date(theirs).parse().unwrap())]);
            let answer = Answered { status: 200, headers, body: Vec::new(), took: Duration::ZERO };
            let finding = clock(&answer, now);
            (finding.state, finding.found)
        };
        assert_eq!(found(now).0, State::Ok);
        assert_eq!(found(now + Duration::from_secs(30)).0, State::Ok);
        let (state, said) = found(now + Duration::from_secs(400));
        assert!(state == State::Wrong && said.contains("400 s behind"), "{said}");
        let (state, said) = found(now - Duration::from_secs(61));
        assert!(state == State::Wrong && said.contains("61 s ahead"), "{said}");
    }
}
