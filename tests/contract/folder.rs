//! The folder of the recorded contract, outside this project.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A file in the folder that the environment names.
pub(crate) fn path(name: &str) -> PathBuf {
    let folder = std::env::var_os("AGENT_CONTRACT").expect(
        "the environment variable AGENT_CONTRACT must name the folder of the recorded contract: the one with `agent-http.json` in it",
    );
    let path = Path::new(&folder).join(name);
    assert!(
        path.is_file(),
        "there is no {}: AGENT_CONTRACT must name the folder of the recorded contract",
        path.display()
    );
    path
}

/// A recording.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = path(name);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{} is no recording: {error}", path.display()))
}
