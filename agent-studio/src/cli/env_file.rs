//! The file of variables that `agent-studio serve --write-env` writes.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::failure::Failure;

/// First line of the file, which shows that it may be overwritten.
const MARKER: &str = "# Written by `agent-studio serve --write-env`, which overwrites this file.";

/// Checks that the file does not exist, has no variables, or was written by [`write`].
///
/// # Errors
/// The file has other content, or cannot be read.
pub(super) fn check(path: &Path) -> Result<(), Failure> {
    match fs::read(path).map(Zeroizing::new) {
        Ok(content) if content.starts_with(MARKER.as_bytes()) || has_no_variables(&content) => Ok(()),
        Ok(_) => Err(Failure::new(format!(
            "{} has content of your own, which is not overwritten: move the file, or give --write-env another name.",
            path.display()
        ))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::read(path, &error)),
    }
}

/// Returns whether there are only comments and blank lines, as in the file of a new crate.
fn has_no_variables(content: &[u8]) -> bool {
    content.split(|byte| *byte == b'\n').all(|line| line.trim_ascii_start().first().is_none_or(|first| *first == b'#'))
}

/// Writes the variables to a file that only its owner can read, since there may be a secret among them.
///
/// # Errors
/// The file has other content, or cannot be written.
pub(super) fn write(path: &Path, variables: &[(&str, &str)]) -> Result<(), Failure> {
    check(path)?;
    let mut text = Zeroizing::new(format!("{MARKER}\n"));
    for (name, value) in variables {
        for part in [name, "=", &*quoted(value), "\n"] {
            text.push_str(part);
        }
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Readable for the owner only from the start.
    let written = NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.persist(path).map_err(|error| error.error)
    });
    written.map(drop).map_err(|error| Failure::write(path, &error))
}

/// Quotes a value for shells and `.env` files. A plain value has no quotes, because `docker run --env-file` keeps them.
fn quoted(value: &str) -> Zeroizing<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+,-".contains(&byte);
    Zeroizing::new(match value.bytes().all(is_plain) {
        true => value.to_owned(),
        false => format!("'{}'", value.replace('\'', "'\\''")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_read_as_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let variables = [("A", "http://127.0.0.1:8899"), ("B", "it's $HOME \"here\" # \\n"), ("C", "/a/key")];
        fs::write(&path, "# A comment.\n\n").unwrap();
        write(&path, &[("OLD", "1")]).unwrap();
        write(&path, &variables).unwrap();
        let read: Vec<_> = dotenvy::from_path_iter(&path).unwrap().map(Result::unwrap).collect();
        let expected = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read, expected);
        assert!(fs::read_to_string(&path).unwrap().ends_with("\nC=/a/key\n"));
    }

    #[test]
    fn foreign_content_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, "MODEL_KEY=1\n").unwrap();
        assert!(write(&path, &[("A", "1")]).unwrap_err().to_string().contains("is not overwritten"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "MODEL_KEY=1\n");
    }
}
