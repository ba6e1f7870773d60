//! Reading of environment variables that hold settings and secrets.

use std::ffi::OsString;

use zeroize::Zeroizing;

/// An environment variable that is set to a value that cannot be used. Shows the name, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidVariable {
    /// The value is not valid UTF-8.
    #[error("the environment variable {name} is not valid UTF-8: set it to text, or unset it")]
    NotUtf8 {
        /// The variable's name.
        name: String,
    },
    /// The value is empty or consists of white space.
    #[error("the environment variable {name} is set, but blank: give it a value, or unset it")]
    Blank {
        /// The variable's name.
        name: String,
    },
}

/// Returns the value of an environment variable, or `None` if the variable is not set. The value is wiped from memory when it
/// is dropped.
///
/// A variable that is set to nothing is an error and not the same as an unset one: a secret that got lost on its way into
/// the environment must not switch a check off.
///
/// ```
/// use agent_platform::environment::variable;
///
/// assert_eq!(variable("A_VARIABLE_THAT_NOBODY_SETS"), Ok(None));
/// ```
///
/// # Errors
/// The value is blank or not valid UTF-8.
pub fn variable(name: &str) -> Result<Option<Zeroizing<String>>, InvalidVariable> {
    checked(name, std::env::var_os(name))
}

/// Checks a value that was read elsewhere, as [`variable`] does.
///
/// # Errors
/// The value is blank or not valid UTF-8.
pub fn checked(name: &str, value: Option<OsString>) -> Result<Option<Zeroizing<String>>, InvalidVariable> {
    let Some(value) = value else { return Ok(None) };
    let name = || name.to_owned();
    match value.into_string().map(Zeroizing::new) {
        Ok(text) if text.trim().is_empty() => Err(InvalidVariable::Blank { name: name() }),
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(InvalidVariable::NotUtf8 { name: name() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinguishes_unset_and_blank() {
        assert_eq!(checked("KEY", None), Ok(None));
        assert_eq!(checked("KEY", Some(" a ".into())), Ok(Some(Zeroizing::new(" a ".to_owned()))));
        for blank in ["", " ", "\n\t"] {
            assert_eq!(checked("KEY", Some(blank.into())), Err(InvalidVariable::Blank { name: "KEY".to_owned() }));
        }
    }

    #[cfg(unix)]
    #[test]
    fn rejects_invalid_utf8_without_showing_it() {
        use std::os::unix::ffi::OsStringExt;

        let error = checked("KEY", Some(OsString::from_vec(b"secret\xff".to_vec()))).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("KEY") && shown.contains("UTF-8") && !shown.contains("secret"), "{shown}");
    }
}
