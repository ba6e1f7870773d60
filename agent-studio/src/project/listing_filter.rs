//! Filter of label row listings.

use serde::Deserialize;

use crate::clock::Moment;
use crate::sql_like::sql_like;

use super::data::{Data, MAIN, StoredRow};
use super::identity::Identity;

/// Payload of a listing request, with only optional keys (contract: `docs/contract/endpoints.md#list-label-rows`).
///
/// `include_children` is ignored, because there is no child data.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct ListingFilter {
    edited_before: Option<String>,
    edited_after: Option<String>,
    label_statuses: Option<Vec<String>>,
    shadow_data_state: Option<String>,
    include_uninitialised_labels: Option<bool>,
    pub(crate) data_hashes: Option<Vec<String>>,
    label_hashes: Option<Vec<String>>,
    data_title_eq: Option<String>,
    data_title_like: Option<String>,
    workflow_graph_node_title_eq: Option<String>,
    workflow_graph_node_title_like: Option<String>,
    pub(crate) include_client_metadata: bool,
    pub(crate) include_images_data: bool,
    pub(crate) include_workflow_graph_node: bool,
    include_all_label_branches: bool,
    pub(super) branch_name: Option<String>,
    pub(crate) client_metadata_as_signed_url: bool,
}

impl Default for ListingFilter {
    fn default() -> Self {
        Self {
            edited_before: None,
            edited_after: None,
            label_statuses: None,
            shadow_data_state: None,
            include_uninitialised_labels: None,
            data_hashes: None,
            label_hashes: None,
            data_title_eq: None,
            data_title_like: None,
            workflow_graph_node_title_eq: None,
            workflow_graph_node_title_like: None,
            include_client_metadata: false,
            include_images_data: false,
            include_workflow_graph_node: true,
            include_all_label_branches: false,
            branch_name: None,
            client_metadata_as_signed_url: false,
        }
    }
}

/// An invalid time in a filter (contract: `docs/contract/endpoints.md#legacy-error-codes`,
/// `INVALID_DATE_FORMAT_ERROR`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidDate;

impl ListingFilter {
    /// Creates a filter for one data unit on `main`, labelled or not.
    pub(crate) fn for_data(data_hash: &str) -> Self {
        Self {
            data_hashes: Some(vec![data_hash.to_owned()]),
            include_uninitialised_labels: Some(true),
            ..Self::default()
        }
    }

    /// Creates a filter for all data on `main`, labelled or not.
    pub(crate) fn with_unlabelled() -> Self {
        Self { include_uninitialised_labels: Some(true), ..Self::default() }
    }

    /// Returns the branches of a data unit to list.
    pub(crate) fn branches<'a>(&'a self, data: &'a Data) -> Vec<&'a str> {
        if self.include_all_label_branches {
            let others = data.rows.keys().map(String::as_str).filter(|branch| *branch != MAIN);
            let all: Vec<_> = data.rows.contains_key(MAIN).then_some(MAIN).into_iter().chain(others).collect();
            return if all.is_empty() { vec![MAIN] } else { all };
        }
        vec![self.branch_name.as_deref().unwrap_or(MAIN)]
    }

    /// Returns whether a data unit on this branch matches the filter.
    pub(crate) fn matches(&self, identity: &Identity, data: &Data, branch: &str) -> Result<bool, InvalidDate> {
        let row = data.rows.get(branch);
        let stage = identity.workflow.stage(data.stage).map_or("", |stage| &stage.title);
        let contains = |wanted: &Option<Vec<String>>, value: Option<&str>| {
            wanted.as_ref().is_none_or(|wanted| value.is_some_and(|value| wanted.iter().any(|one| one == value)))
        };
        let equals = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        let like_matches =
            |pattern: &Option<String>, value: &str| pattern.as_ref().is_none_or(|one| sql_like(one, value));
        let status = row.map_or("NOT_LABELLED", |row| &row.status);
        Ok(self.is_edited_between(row)?
            && (row.is_some() || self.include_uninitialised_labels.unwrap_or(false))
            && self.shadow_data_state.as_deref() != Some("SHADOW_DATA")
            && contains(&self.label_statuses, Some(status))
            && contains(&self.label_hashes, row.map(|row| row.label_hash.as_str()))
            && equals(&self.data_title_eq, &data.title)
            && like_matches(&self.data_title_like, &data.title)
            && equals(&self.workflow_graph_node_title_eq, stage)
            && like_matches(&self.workflow_graph_node_title_like, stage))
    }

    /// Returns whether the row was last edited in the filter's time range. Data without a row never matches a time
    /// range.
    fn is_edited_between(&self, row: Option<&StoredRow>) -> Result<bool, InvalidDate> {
        let time =
            |text: &Option<String>| text.as_deref().map(|text| Moment::parse(text).ok_or(InvalidDate)).transpose();
        let (before, after) = (time(&self.edited_before)?, time(&self.edited_after)?);
        if before.is_none() && after.is_none() {
            return Ok(true);
        }
        let Some(edited) = row.and_then(|row| row.edited) else { return Ok(false) };
        Ok(before.is_none_or(|before| edited < before) && after.is_none_or(|after| edited > after))
    }
}
