//! Checks of values that are text.

/// Accepts any text.
pub(crate) fn any(_: &str) -> Option<String> {
    None
}

/// Returns the problem of an invalid name of an agent or handler.
pub(crate) fn name_problem(text: &str) -> Option<String> {
    is_blank(text).then(|| "a name is not blank; leave `name` out to use the function's".to_owned())
}

/// Returns the problem of an invalid name of a branch.
pub(crate) fn branch_problem(text: &str) -> Option<String> {
    is_blank(text).then(|| "a branch's name is not blank; leave `branch` out for the branch `main`".to_owned())
}

/// Returns the problem of an invalid title of a stage.
pub(crate) fn stage_problem(text: &str) -> Option<String> {
    is_blank(text).then(|| "a stage has a title or a UUID: write `stage = \"Pre-label\"`".to_owned())
}

/// Returns the problem of an invalid title of a pathway.
pub(crate) fn pathway_problem(text: &str) -> Option<String> {
    is_blank(text)
        .then(|| "a pathway has a title or a UUID; leave the key out to keep the task in its stage".to_owned())
}

/// Returns the problem of an invalid name of an environment variable.
pub(crate) fn variable_problem(text: &str) -> Option<String> {
    let is_valid =
        text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && text.starts_with(|c: char| !c.is_ascii_digit());
    (!is_valid).then(|| {
        "`secret_env` takes the name of an environment variable, never the secret itself: write `secret_env = \"AGENT_SECRET\"`"
            .to_owned()
    })
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_blank_names() {
        for problem in [name_problem, branch_problem, stage_problem, pathway_problem] {
            assert!(problem("").is_some() && problem(" ").is_some());
            assert_eq!(problem("a b"), None);
        }
    }

    #[test]
    fn accepts_only_variable_names() {
        for valid in ["A", "_a", "AGENT_SECRET_2"] {
            assert_eq!(variable_problem(valid), None);
        }
        for invalid in ["", "2A", "A-B", "A B", "whsec_é", "a="] {
            assert!(variable_problem(invalid).is_some(), "{invalid}");
        }
    }
}
