//! `agent-studio doctor`: what stands between an agent and its annotators.

mod cors;
mod deployment;
mod endpoint;
mod environment;
mod finding;
mod pathways;
mod signatures;

use clap::Args;
use uuid::Uuid;

use super::failure::Failure;
use super::http::Http;
use super::secret::secret_in;
use super::terminal::say;

use finding::{Finding, State};

const EXIT_CODES: &str = "\
Exit codes: 0 nothing is wrong (notes do not count), 1 something is, and the line says what to do; 2 as always.";

/// Find out what is wrong: key, region, clock and network of this machine, or what a deployment shows to the outside.
///
/// Without an address: the platform, reached as agents reach it, with `ENCORD_SSH_KEY_FILE` or `ENCORD_SSH_KEY`, and
/// `ENCORD_DOMAIN`. With one: HTTPS, health, version, which pages may call, test header and signatures of the agents there.
/// Nothing is changed anywhere, and no agent does anything: they are asked with the header that editors test them with.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Doctor {
    /// Look at the agents of this server, or at the one agent of this address.
    #[arg(value_name = "URL")]
    agent: Option<String>,
    /// The page that will call the agent: an origin, such as that of `agent-studio serve`; again for each further one.
    #[arg(long = "origin", value_name = "ORIGIN", requires = "agent", default_values = [cors::EDITOR, cors::STUDIO])]
    origins: Vec<String>,
    /// The environment variable with the deployment's secret: shows that calls signed with it are taken.
    #[arg(long, value_name = "VARIABLE", requires = "agent")]
    sign_with: Option<String>,
    /// Compare the agents' decisions with the pathways of this project's agent stages: a project hash. The platform is reached
    /// as agents reach it.
    #[arg(long, value_name = "HASH", requires = "agent")]
    project: Option<Uuid>,
    /// Look at this machine and the platform too.
    #[arg(long, requires = "agent")]
    platform: bool,
    /// Write the findings as a JSON array.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        let http = Http::new()?;
        let mut findings = Vec::new();
        if self.platform || self.agent.is_none() {
            findings.extend(environment::examine(&http).await);
        }
        if let Some(agent) = &self.agent {
            let secret = self.sign_with.as_deref().map(secret_in).transpose()?;
            findings.extend(
                deployment::examine(&http, agent, &self.origins, secret.as_ref().map(|secret| secret.as_str())).await?,
            );
        }
        if let (Some(agent), Some(project)) = (&self.agent, self.project) {
            findings.extend(pathways::examine(&http, agent, project).await?);
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
