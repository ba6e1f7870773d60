//! The source of agent-runtime: a folder or a git repository.

use std::fs;
use std::path::{Path, PathBuf};

use super::installed_from::{Origin, installed_from};
use crate::cli::failure::Failure;
use crate::raw_json::quoted;

/// The source of agent-runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RuntimeSource {
    /// The absolute path of the crate.
    Path(PathBuf),
    /// A repository, and the commit to use, if it is not the newest one.
    Git { url: String, revision: Option<String> },
}

/// Parts of the Dockerfile that depend on the source of agent-runtime.
#[derive(Debug)]
pub(super) struct Image {
    /// Command that builds the image.
    pub(super) build: String,
    /// Instructions that copy agent-runtime into the image.
    pub(super) source: String,
}

impl RuntimeSource {
    /// Finds the crate in this folder, which is the crate's or that of its repository.
    ///
    /// # Errors
    /// The folder is neither.
    pub(super) fn from_path(path: &Path) -> Result<Self, Failure> {
        let candidates = [path.to_owned(), path.join("agent-runtime")];
        let Some(folder) = candidates.iter().find(|folder| is_runtime(folder)) else {
            return Err(Failure::new(format!(
                "{} is not the folder of agent-runtime or of its repository: its Cargo.toml is missing.",
                path.display()
            )));
        };
        // The new crate may be in another folder than the working directory.
        let folder = fs::canonicalize(folder).map_err(|error| Failure::read(folder, &error))?;
        Ok(Self::Path(folder))
    }

    /// Returns the source that this program was built from: the repository and commit that `cargo install` recorded, or the
    /// checkout.
    ///
    /// # Errors
    /// Neither is known.
    pub(super) fn of_this_program() -> Result<Self, Failure> {
        if let Some(Origin { url, revision }) = installed_from() {
            return Ok(Self::Git { url, revision: Some(revision) });
        }
        let checkout = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        Self::from_path(checkout).map_err(|_| {
            Failure::new(
                "The sources of this program are no longer on this machine: pass --runtime-path with the folder of \
                 agent-runtime, or --runtime-git with the URL of its repository.",
            )
        })
    }

    /// Returns the Dockerfile parts. Cargo fetches a repository during the build; a local folder is passed as a build
    /// context.
    pub(super) fn image(&self) -> Image {
        let Self::Path(folder) = self else {
            return Image { build: "docker build --tag {{name}} .".to_owned(), source: String::new() };
        };
        // agent-runtime is a workspace member: cargo cannot read its manifest without the workspace.
        let workspace = folder.parent().unwrap_or(folder).to_string_lossy();
        let build = format!("docker build --tag {{{{name}}}} --build-context 'agent-source={workspace}' .");
        let source = format!(
            "\n# Copies agent-runtime from the build context above to the path in Cargo.toml.\n\
             COPY --from=agent-source [\".\", {}]",
            quoted(&workspace)
        );
        Image { build, source }
    }

    /// Returns the source of agent-runtime in `Cargo.toml`, such as `path = "/srv/agent-runtime"`.
    pub(super) fn runtime(&self) -> String {
        self.keys("agent-runtime")
    }

    /// Returns the source of agent-studio, which is in the same repository.
    pub(super) fn studio(&self) -> String {
        self.keys("agent-studio")
    }

    fn keys(&self, package: &str) -> String {
        match self {
            Self::Path(runtime) => format!("path = {}", quoted(&runtime.with_file_name(package).to_string_lossy())),
            Self::Git { url, revision: None } => format!("git = {}", quoted(url)),
            Self::Git { url, revision: Some(revision) } => format!("git = {}, rev = {}", quoted(url), quoted(revision)),
        }
    }
}

/// Returns whether a folder is that of the crate agent-runtime.
fn is_runtime(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let table: toml::Table = toml::from_str(&manifest).unwrap_or_default();
    let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
    name == Some("agent-runtime")
}
