//! Environment of the agent server: the process's own, `.env`, and the settings of the local platform.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::failure::Failure;

/// Name of the file with settings in the crate's folder.
pub(super) const FILE: &str = ".env";

/// Variables that are `true` unless they are set: responses have the causes of errors, and unsigned calls may be dry runs.
const FOR_DEVELOPMENT: [&str; 2] = ["AGENT_SHOW_INTERNALS", "AGENT_DRY_RUN"];

/// Variables whose values would contradict those of the local platform.
pub(super) const REMOVED: [&str; 2] = ["ENCORD_SSH_KEY", "ENCORD_SSH_KEY_PASSPHRASE"];

/// Reads the variables of an `.env` file. Empty if the file does not exist.
///
/// # Errors
/// The file cannot be read, or a line is malformed.
pub(super) fn read_file(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let lines = match dotenvy::from_path_iter(path) {
        Ok(lines) => lines,
        Err(error) if error.not_found() => return Ok(BTreeMap::new()),
        Err(error) => return Err(Failure::new(format!("Cannot read {}: {error}.", path.display()))),
    };
    let variables = lines.collect::<Result<BTreeMap<_, _>, _>>();
    variables.map_err(|error| {
        // The text of a malformed line may be a secret.
        let reason = match error {
            dotenvy::Error::LineParse(..) => "a line is malformed; write each variable as NAME=value".to_owned(),
            other => other.to_string(),
        };
        Failure::new(format!("Cannot read {}: {reason}.", path.display()))
    })
}

/// Returns the variables to set. Later ones take precedence: `.env`, the process's own environment, the local platform.
/// `is_set` returns whether the process's own environment has a variable.
pub(super) fn merge(
    mut file: BTreeMap<String, String>,
    platform: &BTreeMap<String, String>,
    is_set: impl Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    for name in FOR_DEVELOPMENT {
        file.entry(name.to_owned()).or_insert_with(|| "true".to_owned());
    }
    file.retain(|name, _| !is_set(name) && !REMOVED.contains(&name.as_str()));
    file.extend(platform.iter().map(|(name, value)| (name.clone(), value.clone())));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn merges_in_order_of_precedence() {
        let file = map(&[("MODEL_URL", "http://a"), ("AGENT_LOG", "json"), ("PORT", "1"), ("ENCORD_SSH_KEY", "k")]);
        let merged = merge(file, &map(&[("PORT", "8080")]), |name| name == "AGENT_LOG");
        let expected =
            [("AGENT_DRY_RUN", "true"), ("AGENT_SHOW_INTERNALS", "true"), ("MODEL_URL", "http://a"), ("PORT", "8080")];
        assert_eq!(merged, map(&expected));
        let merged = merge(map(&[("AGENT_SHOW_INTERNALS", "false")]), &map(&[]), |_| false);
        assert_eq!(merged["AGENT_SHOW_INTERNALS"], "false");
    }

    #[test]
    fn malformed_file_is_reported_without_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(read_file(&path).unwrap(), map(&[]));
        std::fs::write(&path, "# comment\nexport A=\"b c\"\nD='e'\n").unwrap();
        assert_eq!(read_file(&path).unwrap(), map(&[("A", "b c"), ("D", "e")]));
        std::fs::write(&path, "SECRET swordfish\n").unwrap();
        let failure = read_file(&path).unwrap_err().to_string();
        assert!(failure.contains("NAME=value") && !failure.contains("swordfish"), "{failure}");
    }
}
