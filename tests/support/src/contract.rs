//! The recorded contract: a folder outside this project, named by `AGENT_CONTRACT`.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Returns the path of a file or folder of the contract.
pub fn path(name: &str) -> PathBuf {
    let folder = std::env::var_os("AGENT_CONTRACT").expect(
        "Missing environment variable AGENT_CONTRACT. Set it to the folder of the recorded contract, which contains `agent-http.json`",
    );
    PathBuf::from(folder).join(name)
}

/// Reads a file of the contract.
pub fn text(name: &str) -> String {
    let path = path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// Reads a recording.
pub fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_str(&text(name)).unwrap_or_else(|error| panic!("invalid recording `{name}`: {error}"))
}

/// Reads a JSON file of the contract.
pub fn json(name: &str) -> Value {
    read(name)
}

/// Returns the file names of the recorded exchanges, sorted.
pub fn exchanges() -> Vec<String> {
    let folder = path("exchanges");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Reads a recorded exchange by its number, from 1.
pub fn exchange(number: usize) -> Value {
    let start = format!("{number:02}-");
    let names = exchanges();
    let name = names.iter().find(|name| name.starts_with(&start)).unwrap_or_else(|| panic!("no exchange {number}"));
    json(&format!("exchanges/{name}"))
}

/// Returns the body of a recorded response.
pub fn response(number: usize) -> Value {
    exchange(number)["response"]["body"]["json"].clone()
}
