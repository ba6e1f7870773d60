//! `agent-studio new`: creates a crate with agents.

mod installed_from;
mod labels;
mod runtime_source;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::table::Table;
use super::terminal::print_stdout;
use crate::sample;

use labels::Labels;
use runtime_source::RuntimeSource;

/// Templates of the crate's files, by path. The placeholders are `{{name}}`, `{{runtime}}`, `{{studio}}`, `{{build}}`
/// and `{{runtime_source}}`.
const FILES: [(&str, &str); 14] = [
    ("Cargo.toml", include_str!("template/manifest.toml")),
    ("README.md", include_str!("template/readme.md")),
    (".env", include_str!("template/variables")),
    (".gitignore", include_str!("template/ignored")),
    ("Dockerfile", include_str!("template/dockerfile")),
    (".dockerignore", include_str!("template/docker_ignored")),
    (".github/workflows/test.yml", include_str!("template/workflow.yml")),
    ("src/main.rs", include_str!("template/agents.rs")),
    ("tests/cases.rs", include_str!("template/cases.rs")),
    ("cases/simplify-astronaut/case.toml", include_str!("template/case/case.toml")),
    ("cases/simplify-astronaut/changes.json", include_str!("template/case/changes.json")),
    ("cases/simplify-astronaut/payload.json", include_str!("template/case/payload.json")),
    ("cases/simplify-astronaut/project.json", include_str!("template/case/project.json")),
    ("cases/simplify-astronaut/response.json", include_str!("template/case/response.json")),
];

/// Files of the example case that the sample project has, too: by path, and by path in the sample project.
const SAMPLE_FILES: [(&str, &str); 2] = [
    ("cases/simplify-astronaut/ontology.json", "ontology.json"),
    ("cases/simplify-astronaut/row.json", "labels/astronaut.jpg.json"),
];

const EXAMPLES: &str = "\
Examples:
  agent-studio new street-agents
  agent-studio new street-agents --runtime-path ../editor-agents
  agent-studio new agents/streets --runtime-git https://example.com/editor-agents.git
  agent-studio new street-agents --project \"https://app.encord.com/label_editor/PROJECT/DATA/0\"

Existing files are not overwritten. Exit codes: 0 success, 1 failure, 2 invalid command line.";

/// Create a crate with two agents and their tests, ready for `agent-studio dev`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct New {
    /// The crate's folder. Its last component is the crate's name, such as street-agents.
    folder: PathBuf,
    /// The label editor's URL of a project. Adds the project's ontology, types for its classes, and an agent and a test that use them.
    #[arg(long, value_name = "URL")]
    project: Option<String>,
    #[command(flatten)]
    runtime: Runtime,
}

/// The source of agent-runtime. Default: the source that this program was installed from.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Runtime {
    /// Path of the agent-runtime crate, or of its repository, on this machine.
    #[arg(long, value_name = "PATH")]
    runtime_path: Option<PathBuf>,
    /// URL of the git repository that contains agent-runtime.
    #[arg(long, value_name = "URL")]
    runtime_git: Option<String>,
}

impl Runtime {
    fn source(&self) -> Result<RuntimeSource, Failure> {
        match (&self.runtime_path, &self.runtime_git) {
            (Some(path), _) => RuntimeSource::from_path(path),
            (None, Some(url)) => Ok(RuntimeSource::Git { url: url.clone(), revision: None }),
            (None, None) => RuntimeSource::of_this_program(),
        }
    }
}

impl New {
    pub(super) async fn run(&self) -> Result<u8, Failure> {
        let name = self.name()?;
        let source = self.runtime.source()?;
        let image = source.image();
        if self.folder.exists() {
            return Err(Failure::new(format!("{} already exists: choose another name.", self.folder.display())));
        }

        let labels = match &self.project {
            Some(url) => Some(Labels::fetch(url).await?),
            None => None,
        };
        for (file, template) in FILES {
            let text = template.replace("{{runtime}}", &source.runtime()).replace("{{studio}}", &source.studio());
            let text = text.replace("{{runtime_source}}", &image.source);
            let text = text.replace("{{build}}", &image.build).replace("{{name}}", &name);
            write(&self.folder.join(file), text)?;
        }
        for (file, name) in SAMPLE_FILES {
            write(&self.folder.join(file), sample::content_of(name).unwrap_or_default())?;
        }
        if let Some(labels) = &labels {
            labels.write(&self.folder)?;
        }
        let mut table = Table::default();
        table.section(format!("{name} is in {}", self.folder.display()));
        table.row("agents", "src/main.rs");
        table.row("saved calls", "cases/");
        if labels.is_some() {
            table.row("ontology", "ontology.json, with an agent in src/labels.rs");
        }
        table.section("Next");
        table.row("test it", format!("cd '{}' && cargo test", self.folder.display()));
        table.row("try it", format!("cd '{}' && agent-studio dev --open", self.folder.display()));
        print_stdout(table);
        Ok(0)
    }

    /// Returns the crate's name, if cargo accepts it.
    fn name(&self) -> Result<String, Failure> {
        let name = self.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let starts_with_letter = name.starts_with(|first: char| first.is_ascii_lowercase());
        let has_valid_characters =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
        // Names that cargo or the language reserves.
        let is_reserved =
            ["test", "core", "std", "alloc", "build", "deps", "examples", "agent-runtime", "agent_runtime"]
                .contains(&name)
                || KEYWORDS.contains(&name);
        if starts_with_letter && has_valid_characters && !is_reserved && name.len() <= 64 {
            return Ok(name.to_owned());
        }
        Err(Failure::new(format!(
            "`{name}` is not a valid crate name: use lower-case letters, digits and `-`, such as street-agents."
        )))
    }
}

const KEYWORDS: [&str; 16] = [
    "as", "async", "crate", "dyn", "enum", "fn", "impl", "loop", "match", "mod", "move", "self", "struct", "super",
    "type", "use",
];

fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, content));
    written.map_err(|error| Failure::write(path, &error))
}
