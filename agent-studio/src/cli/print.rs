//! `agent-studio print`: prints identifiers of a project, shell completions and the manual page.

use agent_platform::client::{Domain, Project, StageType, WorkflowStage};
use clap::{Args, CommandFactory, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::failure::Failure;
use super::platform;
use super::terminal::{FAINT, HEADING, print_stdout, styled};

/// Print identifiers of a project for use in code, shell completions, or the manual page.
#[derive(Debug, Subcommand)]
pub(super) enum Print {
    AgentNodes(AgentNodes),
    /// Print a script that completes commands and options in a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual pages of all commands, for `man -l -`.
    ManualPage,
}

/// Print the agent stages of a project's workflow: titles, UUIDs and pathways.
///
/// Connects to the platform as agents do: with `ENCORD_SSH_KEY_FILE` or `ENCORD_SSH_KEY`, and `ENCORD_DOMAIN`.
#[derive(Debug, Args)]
pub(super) struct AgentNodes {
    /// The project hash, or a URL of the project or of its label editor.
    #[arg(value_parser = parse_project)]
    project: Uuid,
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
}

impl Print {
    /// Runs the command. `A` is the whole command line.
    pub(super) async fn run<A: CommandFactory>(self) -> Result<u8, Failure> {
        match self {
            Self::AgentNodes(nodes) => nodes.run().await,
            Self::Completions { shell } => {
                let mut script = Vec::new();
                clap_complete::generate(shell, &mut A::command(), "agent-studio", &mut script);
                print_stdout(String::from_utf8_lossy(&script).trim_end());
                Ok(0)
            }
            Self::ManualPage => {
                print_stdout(manual(A::command())?.trim_end());
                Ok(0)
            }
        }
    }
}

/// Returns the manual pages of a command and of its subcommands.
fn manual(command: clap::Command) -> Result<String, Failure> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut text = Vec::new();
    for command in std::iter::once(&command).chain(command.get_subcommands()) {
        let rendered = clap_mangen::Man::new(command.clone()).render(&mut text);
        rendered.map_err(|error| Failure::new(format!("Cannot write the manual page: {error}.")))?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Parses a project hash, or finds it in a URL: it is the first UUID.
fn parse_project(text: &str) -> Result<Uuid, String> {
    let is_separator = |character: char| "/#?&=".contains(character);
    let found = text.trim().split(is_separator).find_map(|part| part.parse().ok());
    found.ok_or_else(|| "write a project hash, or a URL with one".to_owned())
}

impl AgentNodes {
    async fn run(self) -> Result<u8, Failure> {
        let nodes = self;
        let platform = platform::client(platform::domain(Domain::EUROPE)?)?;
        let project = platform.project(nodes.project).await;
        let project = project
            .map_err(|error| platform::request_failure(&platform, &format!("Project {}", nodes.project), &error))?;
        let stages: Vec<_> = project.stages().iter().filter(|stage| stage.stage_type == StageType::Agent).collect();
        if nodes.json {
            let stages: Vec<_> = stages.iter().map(|stage| as_json(&project, stage)).collect();
            print_stdout(serde_json::to_string_pretty(&stages).unwrap_or_default());
        } else if stages.is_empty() {
            print_stdout(format!("The workflow of {} has no agent stages.", project.title));
        } else {
            stages.iter().for_each(|stage| print_stage(&project, stage));
        }
        Ok(0)
    }
}

/// Returns the title of a pathway's destination stage.
fn destination(project: &Project, uuid: Option<Uuid>) -> Option<&str> {
    project.stages().iter().find(|stage| Some(stage.uuid) == uuid).map(|stage| stage.title.as_str())
}

fn print_stage(project: &Project, stage: &WorkflowStage) {
    print_stdout(format!("{}  {}", styled(HEADING, &stage.title), stage.uuid));
    for pathway in &stage.pathways {
        let to = destination(project, pathway.destination_uuid).unwrap_or("an unknown stage");
        print_stdout(format!("  {}  {}  {}", pathway.title, pathway.uuid, styled(FAINT, format!("to {to}"))));
    }
}

fn as_json(project: &Project, stage: &WorkflowStage) -> Value {
    let pathways = stage.pathways.iter().map(|pathway| {
        json!({
            "title": pathway.title,
            "uuid": pathway.uuid,
            "destinationUuid": pathway.destination_uuid,
            "destination": destination(project, pathway.destination_uuid),
        })
    });
    json!({"title": stage.title, "uuid": stage.uuid, "pathways": pathways.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_project_in_url() {
        let hash = "8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3";
        let data = "33333333-aaaa-4bbb-8ccc-000000000003";
        for text in [
            hash.to_owned(),
            format!("https://app.encord.com/projects/view/{hash}/summary"),
            format!("https://app.encord.com/label_editor/{hash}/{data}/0"),
            format!("http://127.0.0.1:8899/#project={hash}&data={data}"),
        ] {
            assert_eq!(parse_project(&text).unwrap().to_string(), hash, "{text}");
        }
        assert!(parse_project("https://app.encord.com/").is_err());
    }
}
