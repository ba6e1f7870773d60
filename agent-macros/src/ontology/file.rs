//! The file of `ontology!`.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use agent_platform::ontology::{Location, Ontology, OntologyError};

/// Folders that the path of a file is relative to: that of the package, or else that of the source file.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    pub(crate) package: Option<PathBuf>,
    pub(crate) source: Option<PathBuf>,
}

/// A file and its contents.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) ontology: Ontology,
}

/// Error of reading the file, as a sentence for the author.
#[derive(Debug)]
pub(super) struct FileError(String);

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Folders {
    fn find(&self, name: &str) -> Option<PathBuf> {
        let folders = [self.package.as_deref(), self.source.as_deref()].into_iter().flatten();
        folders.map(|folder| folder.join(name)).find(|path| path.exists())
    }
}

impl File {
    /// Reads and parses the file.
    pub(super) fn read(name: &str, folders: &Folders) -> Result<Self, FileError> {
        let path = folders.find(name).ok_or_else(|| FileError(missing(name)))?;
        let text = read(&path).map_err(|error| FileError(format!("`{name}` cannot be read: {error}")))?;
        let ontology = Ontology::parse(text.as_str()).map_err(|error| FileError(malformed(name, &text, &error)))?;
        Ok(Self { path, text, ontology })
    }

    /// Returns a prefix for errors about the value at a path.
    pub(super) fn at(&self, name: &str, path: &str) -> String {
        at(name, Location::find(&self.text, path))
    }
}

fn read(path: &Path) -> Result<String, String> {
    let bytes =
        fs::read(path).map_err(|error| if path.is_dir() { "it is a folder".to_owned() } else { error.to_string() })?;
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

fn missing(name: &str) -> String {
    format!(
        "there is no file `{name}` beside `Cargo.toml`: write its path from there, or create it with \
         `agent-studio ontology pull EDITOR_URL > {name}`"
    )
}

fn malformed(name: &str, text: &str, error: &OntologyError) -> String {
    match error {
        OntologyError::Json(error) => {
            let words = error.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            format!("`{name}` is not JSON: line {}, column {}: {words}", error.line(), error.column())
        }
        OntologyError::Missing { what: "objects", .. } => format!(
            "`{name}` is not an ontology: it has no list `objects` or `classifications`. \
             `agent-studio ontology pull EDITOR_URL` writes one"
        ),
        OntologyError::Missing { path, what } => {
            let place = at(name, Location::find(text, path));
            format!("{place}: the member `{what}` is missing in `{path}`")
        }
        other => format!("`{name}` is not an ontology: {other}"),
    }
}

fn at(name: &str, location: Option<Location>) -> String {
    match location {
        Some(Location { line, column }) => format!("`{name}`, line {line}, column {column}"),
        None => format!("`{name}`"),
    }
}
