//! The git repository that `cargo install` built this program from.
//!
//! Cargo's checkout is a cache, whose origin is another cache. `.crates.toml` beside the folder `bin` has the repository.

use std::fs;
use std::path::Path;

/// A repository and a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) url: String,
    pub(super) revision: String,
}

/// Returns the repository of this program, if `cargo install --git` installed it.
pub(super) fn installed_from() -> Option<Origin> {
    let program = std::env::current_exe().ok()?;
    read(program.parent()?.parent()?)
}

/// Reads the record of an installation folder.
fn read(root: &Path) -> Option<Origin> {
    let record: toml::Table = toml::from_str(&fs::read_to_string(root.join(".crates.toml")).ok()?).ok()?;
    let packages = record.get("v1")?.as_table()?;
    packages.keys().find_map(|package| parse(package))
}

/// Parses a package ID such as `agent-studio 0.1.0 (git+https://example.com/a.git?branch=main#0123)`.
fn parse(package: &str) -> Option<Origin> {
    let source = package.strip_prefix("agent-studio ")?.split_once("(git+")?.1.strip_suffix(')')?;
    let (url, revision) = source.rsplit_once('#')?;
    let url = url.split_once('?').map_or(url, |(url, _)| url);
    Some(Origin { url: url.to_owned(), revision: revision.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_repository_and_commit() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(read(root.path()), None);
        let record = "[v1]\n\"other 1.0.0 (registry+https://example.com/index)\" = [\"other\"]\n\
            \"agent-studio 0.1.0 (git+file:///srv/agents.git?branch=main#0a1b)\" = [\"agent-studio\"]\n";
        fs::write(root.path().join(".crates.toml"), record).unwrap();
        let origin = Origin { url: "file:///srv/agents.git".to_owned(), revision: "0a1b".to_owned() };
        assert_eq!(read(root.path()), Some(origin));
    }

    #[test]
    fn ignores_installation_from_path() {
        assert_eq!(parse("agent-studio 0.1.0 (path+file:///srv/agents/agent-studio)"), None);
        assert_eq!(parse("agent-studio-extra 0.1.0 (git+file:///srv/agents.git#0a1b)"), None);
    }
}
