//! Filter of project listings.

use serde::Deserialize;

use crate::clock::Moment;
use crate::project::Project;
use crate::sql_like::sql_like;

/// Filter of a project listing, with the names of the legacy API (contract:
/// `docs/contract/endpoints.md#list-projects-of-the-user`). An invalid time is ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProjectFilter {
    pub(super) title_eq: Option<String>,
    pub(super) title_like: Option<String>,
    pub(super) desc_eq: Option<String>,
    pub(super) desc_like: Option<String>,
    pub(super) created_before: Option<String>,
    pub(super) created_after: Option<String>,
    pub(super) edited_before: Option<String>,
    pub(super) edited_after: Option<String>,
}

impl ProjectFilter {
    pub(super) fn matches(&self, project: &Project) -> bool {
        let identity = &project.identity;
        let equals = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| wanted == text);
        let like_matches =
            |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|pattern| sql_like(pattern, text));
        let time = |text: &Option<String>| text.as_deref().and_then(Moment::parse);
        // Local projects are never edited after their creation.
        let after = |text: &Option<String>| time(text).is_none_or(|time| identity.created > time);
        let before = |text: &Option<String>| time(text).is_none_or(|time| identity.created < time);
        equals(&self.title_eq, &identity.title)
            && like_matches(&self.title_like, &identity.title)
            && equals(&self.desc_eq, &identity.description)
            && like_matches(&self.desc_like, &identity.description)
            && after(&self.created_after)
            && after(&self.edited_after)
            && before(&self.created_before)
            && before(&self.edited_before)
    }
}
