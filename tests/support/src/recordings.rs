//! The recordings of the Python packages, in `tests/recordings`.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Returns the path of a recording.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../recordings").join(name)
}

/// Reads the text of a recording.
pub fn text(name: &str) -> String {
    let path = path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// Reads and parses a recording.
pub fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&text(name)).unwrap_or_else(|error| panic!("invalid recording `{name}`: {error}"))
}

/// Reads a recording as JSON.
pub fn json(name: &str) -> Value {
    read(name)
}

/// Returns the file names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Returns the file names of the recorded exchanges, sorted.
pub fn exchanges() -> Vec<String> {
    names(&path("exchanges"))
}

/// Reads a recorded exchange by its number, from 1.
pub fn exchange(number: usize) -> Value {
    let prefix = format!("{number:02}-");
    let names = exchanges();
    let name = names.iter().find(|name| name.starts_with(&prefix)).unwrap_or_else(|| panic!("no exchange {number}"));
    json(&format!("exchanges/{name}"))
}

/// Returns the body of a recorded response.
pub fn response(number: usize) -> Value {
    exchange(number)["response"]["body"]["json"].clone()
}
