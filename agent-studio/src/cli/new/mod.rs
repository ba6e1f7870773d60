//! `agent-studio new`: creates a crate with agents.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::table::Table;
use super::terminal::print_stdout;
use crate::raw_json::quoted;

/// Templates of the crate's files, by path. The placeholders are `{{name}}`, `{{runtime}}`, `{{build}}` and
/// `{{runtime_source}}`.
const FILES: [(&str, &str); 6] = [
    ("Cargo.toml", include_str!("template/manifest.toml")),
    ("README.md", include_str!("template/readme.md")),
    (".gitignore", include_str!("template/ignored")),
    ("Dockerfile", include_str!("template/dockerfile")),
    (".dockerignore", include_str!("template/docker_ignored")),
    ("src/main.rs", include_str!("template/agents.rs")),
];

const EXAMPLES: &str = "\
Examples:
  agent-studio new street-agents --runtime-path ../editor-agents/agent-runtime
  agent-studio new agents/streets --runtime-git https://example.com/editor-agents.git

Existing files are not overwritten. Exit codes: 0 success, 1 failure, 2 invalid command line.";

/// Create a crate with two agents and a test, ready for `cargo run` against the studio.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct New {
    /// The crate's folder. Its last component is the crate's name, such as street-agents.
    folder: PathBuf,
    #[command(flatten)]
    runtime: Runtime,
}

/// The source of agent-runtime.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Runtime {
    /// Path of the agent-runtime crate on this machine.
    #[arg(long, value_name = "PATH")]
    runtime_path: Option<PathBuf>,
    /// URL of the git repository that contains agent-runtime.
    #[arg(long, value_name = "URL")]
    runtime_git: Option<String>,
}

impl New {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let name = self.name()?;
        let runtime = self.runtime.dependency()?;
        let image = self.runtime.image()?;
        if self.folder.exists() {
            return Err(Failure::new(format!("{} already exists: choose another name.", self.folder.display())));
        }

        for (file, template) in FILES {
            let text = template.replace("{{runtime}}", &runtime).replace("{{runtime_source}}", &image.source);
            let text = text.replace("{{build}}", &image.build).replace("{{name}}", &name);
            write(&self.folder.join(file), &text)?;
        }
        let mut table = Table::default();
        table.section(format!("{name} is in {}", self.folder.display()));
        table.row("agents", "src/main.rs");
        table.section("Next");
        table.row("test it", format!("cd '{}' && cargo test", self.folder.display()));
        table.row(
            "try it",
            "agent-studio serve --open\nthen in another terminal, with the variables that it prints: cargo run",
        );
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

/// Parts of the Dockerfile that depend on the source of agent-runtime.
struct Image {
    /// Command that builds the image.
    build: String,
    /// Instructions that copy agent-runtime into the image.
    source: String,
}

impl Runtime {
    /// Returns the absolute path of agent-runtime, because the crate may be in another folder than the working
    /// directory.
    fn folder(&self) -> Result<PathBuf, Failure> {
        let path = self.runtime_path.as_deref().unwrap_or(Path::new("."));
        fs::canonicalize(path).map_err(|error| Failure::read(path, &error))
    }

    /// Returns the Dockerfile parts. Cargo fetches a repository during the build; a local folder is passed as a build
    /// context.
    fn image(&self) -> Result<Image, Failure> {
        if self.runtime_git.is_some() {
            return Ok(Image { build: "docker build --tag {{name}} .".to_owned(), source: String::new() });
        }
        // agent-runtime is a workspace member: cargo cannot read its manifest without the workspace.
        let folder = self.folder()?;
        let workspace = folder.parent().unwrap_or(&folder).to_string_lossy();
        let build = format!("docker build --tag {{{{name}}}} --build-context 'agent-source={workspace}' .");
        let source = format!(
            "\n# Copies agent-runtime from the build context above to the path in Cargo.toml.\n\
             COPY --from=agent-source [\".\", {}]",
            quoted(&workspace)
        );
        Ok(Image { build, source })
    }

    /// Returns the dependency's value in `Cargo.toml`.
    fn dependency(&self) -> Result<String, Failure> {
        if let Some(url) = &self.runtime_git {
            return Ok(format!("{{ git = {} }}", quoted(url)));
        }
        let path = self.runtime_path.as_deref().unwrap_or(Path::new("."));
        let manifest = fs::read_to_string(path.join("Cargo.toml")).unwrap_or_default();
        let table: toml::Table = toml::from_str(&manifest).unwrap_or_default();
        let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
        if name != Some("agent-runtime") {
            let shown = path.display();
            return Err(Failure::new(format!(
                "{shown} is not the folder of agent-runtime: its Cargo.toml is missing."
            )));
        }
        Ok(format!("{{ path = {} }}", quoted(&self.folder()?.to_string_lossy())))
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    written.map_err(|error| Failure::write(path, &error))
}
