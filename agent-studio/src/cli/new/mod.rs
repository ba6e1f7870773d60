//! `agent-studio new`: a fresh crate of agents.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::table::Table;
use super::terminal::say;
use crate::raw_json::quoted;

/// The files of the crate, by their path in it. `{{name}}`, `{{runtime}}`, `{{build}}` and `{{runtime_source}}` are filled in.
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

Exit codes: 0, 1 and 2 as always. Nothing that is there is overwritten.";

/// Make a crate with two agents and a test, ready for `cargo run` against the studio.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct New {
    /// The crate's folder; its last part is the crate's name, such as street-agents.
    folder: PathBuf,
    #[command(flatten)]
    runtime: Runtime,
}

/// Where the crate finds agent-runtime.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Runtime {
    /// The folder of agent-runtime on this machine.
    #[arg(long, value_name = "PATH")]
    runtime_path: Option<PathBuf>,
    /// The git repository that holds agent-runtime.
    #[arg(long, value_name = "URL")]
    runtime_git: Option<String>,
}

impl New {
    pub(super) fn run(&self) -> Result<u8, Failure> {
        let name = self.name()?;
        let runtime = self.runtime.dependency()?;
        let image = self.runtime.image()?;
        if self.folder.exists() {
            return Err(Failure::new(format!("{} is there already: choose another name.", self.folder.display())));
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
        say(table);
        Ok(0)
    }

    /// The crate's name: what cargo takes as one.
    fn name(&self) -> Result<String, Failure> {
        let name = self.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let begins = name.starts_with(|first: char| first.is_ascii_lowercase());
        let fits = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
        // Names that cargo or the language has taken.
        let is_taken = ["test", "core", "std", "alloc", "build", "deps", "examples", "agent-runtime", "agent_runtime"]
            .contains(&name)
            || KEYWORDS.contains(&name);
        if begins && fits && !is_taken && name.len() <= 64 {
            return Ok(name.to_owned());
        }
        Err(Failure::new(format!(
            "`{name}` cannot be the name of a crate: use lower-case letters, digits and `-`, such as street-agents."
        )))
    }
}

const KEYWORDS: [&str; 16] = [
    "as", "async", "crate", "dyn", "enum", "fn", "impl", "loop", "match", "mod", "move", "self", "struct", "super",
    "type", "use",
];

/// What the recipe of the image says of where agent-runtime is.
struct Image {
    /// The command that builds it.
    build: String,
    /// Instructions that bring agent-runtime into it.
    source: String,
}

impl Runtime {
    /// The folder of agent-runtime without links, since the crate may be somewhere else than this program.
    fn folder(&self) -> Result<PathBuf, Failure> {
        let path = self.runtime_path.as_deref().unwrap_or(Path::new("."));
        fs::canonicalize(path).map_err(|error| Failure::file("read", path, &error))
    }

    /// A repository is fetched while the image is built; a folder of this machine is given to the build.
    fn image(&self) -> Result<Image, Failure> {
        if self.runtime_git.is_some() {
            return Ok(Image { build: "docker build --tag {{name}} .".to_owned(), source: String::new() });
        }
        // agent-runtime is a member of a workspace, without which cargo does not read its manifest.
        let folder = self.folder()?;
        let workspace = folder.parent().unwrap_or(&folder).to_string_lossy();
        let build = format!("docker build --tag {{{{name}}}} --build-context 'agent-source={workspace}' .");
        let source = format!(
            "\n# agent-runtime, from the folder that the command above gives, to where Cargo.toml says that it is.\n\
             COPY --from=agent-source [\".\", {}]",
            quoted(&workspace)
        );
        Ok(Image { build, source })
    }

    /// The value of the dependency in `Cargo.toml`.
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
                "{shown} is not the folder of agent-runtime: its Cargo.toml is not there."
            )));
        }
        Ok(format!("{{ path = {} }}", quoted(&self.folder()?.to_string_lossy())))
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    written.map_err(|error| Failure::file("written", path, &error))
}
