//! The recorded contract: a folder outside this project, named by `AGENT_CONTRACT`.

use std::path::PathBuf;

use serde_json::Value;

/// A file of the contract.
pub(crate) fn path(name: &str) -> PathBuf {
    let folder = std::env::var_os("AGENT_CONTRACT")
        .expect("set AGENT_CONTRACT to the folder of the recorded contract, the one that holds signature-vectors.json");
    PathBuf::from(folder).join(name)
}

/// A JSON file of the contract.
pub(crate) fn json(name: &str) -> Value {
    let path = path(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The names of the recorded exchanges, in their order.
pub(crate) fn exchanges() -> Vec<String> {
    let folder = path("exchanges");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A recorded exchange by its number, from 1.
pub(crate) fn exchange(number: usize) -> Value {
    let start = format!("{number:02}-");
    let names = exchanges();
    let name = names.iter().find(|name| name.starts_with(&start)).unwrap_or_else(|| panic!("no exchange {number}"));
    json(&format!("exchanges/{name}"))
}

/// The body of a recorded response.
pub(crate) fn response(number: usize) -> Value {
    exchange(number)["response"]["body"]["json"].clone()
}
