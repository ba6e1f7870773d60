//! Which projects a list is about.

use serde::Deserialize;

use crate::clock::Moment;
use crate::like::like;
use crate::project::Project;

/// The filter of a list of projects, in the legacy family's spelling (contract:
/// `docs/contract/endpoints.md#list-projects-of-the-user`). A time that is none lets everything through.
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
    pub(super) fn lets_through(&self, project: &Project) -> bool {
        let identity = &project.identity;
        let same = |wanted: &Option<String>, text: &str| wanted.as_ref().is_none_or(|wanted| wanted == text);
        let alike = |pattern: &Option<String>, text: &str| pattern.as_ref().is_none_or(|pattern| like(pattern, text));
        let time = |text: &Option<String>| text.as_deref().and_then(Moment::parse);
        // A project here is never edited after it was made.
        let after = |text: &Option<String>| time(text).is_none_or(|time| identity.created > time);
        let before = |text: &Option<String>| time(text).is_none_or(|time| identity.created < time);
        same(&self.title_eq, &identity.title)
            && alike(&self.title_like, &identity.title)
            && same(&self.desc_eq, &identity.description)
            && alike(&self.desc_like, &identity.description)
            && after(&self.created_after)
            && after(&self.edited_after)
            && before(&self.created_before)
            && before(&self.edited_before)
    }
}
