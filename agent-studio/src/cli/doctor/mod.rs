//! `agent-studio doctor`: checks that agents can be called and can reach the platform.

mod cors;
mod deployment;
mod endpoint;
mod environment;
mod finding;
mod ontology;
mod pathways;
mod report;
mod signatures;

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use uuid::Uuid;

use super::failure::Failure;
use super::http::Http;
use super::secret::read_secret;
use super::terminal::print_stdout;

use finding::{Finding, State};

const EXIT_CODES: &str = "\
Exit codes: 0 every check passed (notes do not count), 1 a check failed (its line says what to do), 2 invalid command \
line.";

/// Diagnose problems: key, region, clock and network of this machine, or a deployment as seen from the outside.
///
/// Without a URL, checks the connection to the platform with the settings of agents: `ENCORD_SSH_KEY_FILE` or
/// `ENCORD_SSH_KEY`, and `ENCORD_DOMAIN`. With a URL, checks HTTPS, health, version, CORS, test header and signatures
/// of the agents there. With `--ontology`, checks the types of a program against a project. Nothing is changed, and no agent runs: calls carry the test header of editors.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, group(ArgGroup::new("subject").args(["agent", "ontology"]).multiple(true)))]
pub(super) struct Doctor {
    /// URL of a server, or of one agent.
    #[arg(value_name = "URL")]
    agent: Option<String>,
    /// Origin of a page that calls the agent, such as that of `agent-studio serve`. May be repeated.
    #[arg(long = "origin", value_name = "ORIGIN", requires = "agent", default_values = [cors::EDITOR_ORIGIN, cors::STUDIO_ORIGIN])]
    origins: Vec<String>,
    /// Environment variable with the deployment's signing secret. Checks that calls signed with it are accepted.
    #[arg(long, value_name = "VARIABLE", requires = "agent")]
    sign_with: Option<String>,
    /// Hash of a project. Compares the agents' decisions with the pathways of the project's agent stages, and the files of
    /// `--ontology` with its ontology. Uses the platform settings of agents.
    #[arg(long, value_name = "HASH", requires = "subject")]
    project: Option<Uuid>,
    /// File of `ontology!`, such as ontology.json. Checks that its types fit the project. May be repeated.
    #[arg(long, value_name = "FILE", requires = "project")]
    ontology: Vec<PathBuf>,
    /// Check this machine and the platform too.
    #[arg(long, requires = "agent")]
    platform: bool,
    /// Print the findings as a JSON array.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(self) -> Result<u8, Failure> {
        for origin in &self.origins {
            check_origin(origin)?;
        }
        let http = Http::new()?;
        let mut findings = Vec::new();
        if self.platform || (self.agent.is_none() && self.ontology.is_empty()) {
            findings.extend(environment::examine(&http).await);
        }
        if let Some(agent) = &self.agent {
            let secret = self.sign_with.as_deref().map(read_secret).transpose()?;
            findings.extend(
                deployment::examine(&http, agent, &self.origins, secret.as_ref().map(|secret| secret.as_str())).await?,
            );
        }
        if let (Some(agent), Some(project)) = (&self.agent, self.project) {
            findings.extend(pathways::examine(&http, agent, project).await?);
        }
        if let Some(project) = self.project
            && !self.ontology.is_empty()
        {
            findings.extend(ontology::examine(&self.ontology, project).await?);
        }
        if self.json {
            print_stdout(serde_json::to_string_pretty(&findings).unwrap_or_default());
        } else {
            report::lines(&findings).iter().for_each(print_stdout);
        }
        let is_wrong = |finding: &Finding| finding.state == State::Wrong;
        Ok(u8::from(findings.iter().any(is_wrong)))
    }
}

/// Rejects text that a browser would not send as an origin, for which the CORS checks would have no meaning.
fn check_origin(text: &str) -> Result<(), Failure> {
    let url = reqwest::Url::parse(text).ok();
    if url.is_some_and(|url| url.has_host() && url.origin().ascii_serialization() == text) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{text}` is not the origin of a page: write it as https://app.encord.com, without a path or a final slash."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_origins() {
        for origin in ["https://app.encord.com", "http://127.0.0.1:8899"] {
            assert!(check_origin(origin).is_ok(), "{origin}");
        }
        for text in ["nonsense", "https://app.encord.com/", "https://App.encord.com", "app.encord.com", "null", ""] {
            assert!(check_origin(text).is_err(), "{text}");
        }
    }
}
