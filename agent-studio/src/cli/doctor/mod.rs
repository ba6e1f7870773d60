//! `agent-studio doctor`: what stands between an agent and its annotators.

mod agent;
mod environment;
mod finding;

use clap::Args;

use super::failure::Failure;
use super::http::Http;
use super::terminal::say;

use finding::{Finding, State};

const EXIT_CODES: &str = "\
Exit codes: 0 nothing is wrong (notes do not count), 1 something is, and the line says what to do; 2 as always.";

/// Find out what is wrong: key, region, clock, network; for a deployed agent also health, CORS, test header and HTTPS.
///
/// The platform is reached as agents reach it: with `ENCORD_SSH_KEY_FILE` or `ENCORD_SSH_KEY`, and `ENCORD_DOMAIN`. Nothing is
/// changed anywhere, and no agent does anything: they are asked with the header that editors test them with.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Doctor {
    /// Look at the agents of this server too, or at the one agent of this address.
    #[arg(long, value_name = "URL")]
    agent: Option<String>,
    /// The page that will call the agent: an origin, such as that of `agent-studio serve`; again for each further one.
    #[arg(long = "origin", value_name = "ORIGIN", requires = "agent", default_values = [agent::EDITOR, agent::STUDIO])]
    origins: Vec<String>,
    /// Leave out the platform: the agent alone.
    #[arg(long, requires = "agent")]
    no_platform: bool,
    /// Write the findings as a JSON array.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let http = Http::new()?;
        let mut findings = Vec::new();
        if !self.no_platform {
            findings.extend(environment::examine(&http).await);
        }
        if let Some(agent) = &self.agent {
            findings.extend(agent::examine(&http, agent, &self.origins).await?);
        }
        if self.json {
            say(serde_json::to_string_pretty(&findings).unwrap_or_default());
        } else {
            let width = findings.iter().map(|finding| finding.what.chars().count()).max().unwrap_or_default();
            findings.iter().for_each(|finding| say(finding.line(width)));
        }
        let is_wrong = |finding: &Finding| finding.state == State::Wrong;
        Ok(u8::from(findings.iter().any(is_wrong)))
    }
}
