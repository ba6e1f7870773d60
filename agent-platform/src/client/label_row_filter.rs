//! Filter and options for listing label rows.

use serde::Serialize;

use crate::hash::{AsHash, DataHash, LabelHash};

use super::label_row_metadata::LabelStatus;

/// Filter and options for [`PlatformClient::list_label_rows`](super::PlatformClient::list_label_rows).
///
/// Default: all rows of the project on the branch `main`, including data without labels, with their workflow stage, and
/// without fields that are expensive to compute (contract: `docs/contract/endpoints.md#list-label-rows`). Times are ISO
/// 8601.
///
/// ```
/// use agent_platform::client::LabelRowFilter;
///
/// let filter = LabelRowFilter { include_client_metadata: true, ..LabelRowFilter::default() }
///     .data_hashes(["33333333-aaaa-4bbb-8ccc-000000000003"]);
/// assert_eq!(filter.data_hashes.unwrap().len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabelRowFilter {
    /// Only rows last edited before this time.
    pub edited_before: Option<String>,
    /// Only rows last edited after this time.
    pub edited_after: Option<String>,
    /// Only rows with one of these statuses.
    pub label_statuses: Option<Vec<LabelStatus>>,
    /// Only rows in this shadow data state, as spelled by the platform.
    pub shadow_data_state: Option<String>,
    /// Include data without a label row. Default: `true`.
    pub include_uninitialised_labels: bool,
    /// Only these data hashes, as text. Unknown hashes match nothing.
    pub data_hashes: Option<Vec<String>>,
    /// Only these label hashes.
    pub label_hashes: Option<Vec<LabelHash>>,
    /// Only data with this title.
    pub data_title_eq: Option<String>,
    /// Only data whose title matches this pattern; `%` matches any text.
    pub data_title_like: Option<String>,
    /// Only rows in the workflow stage with this title.
    pub workflow_graph_node_title_eq: Option<String>,
    /// Only rows in a workflow stage whose title matches this pattern; `%` matches any text.
    pub workflow_graph_node_title_like: Option<String>,
    /// Include the client metadata of the data.
    pub include_client_metadata: bool,
    /// Include the images of image groups.
    pub include_images_data: bool,
    /// Include rows of the children of groups.
    pub include_children: bool,
    /// Include the workflow stage. Default: `true`.
    pub include_workflow_graph_node: bool,
    /// Include all branches.
    pub include_all_label_branches: bool,
    /// Use this branch instead of `main`. If it has no labels yet, the row has no label hash.
    pub branch_name: Option<String>,
    /// Return the client metadata as a signed URL.
    pub client_metadata_as_signed_url: bool,
}

impl Default for LabelRowFilter {
    fn default() -> Self {
        Self {
            edited_before: None,
            edited_after: None,
            label_statuses: None,
            shadow_data_state: None,
            include_uninitialised_labels: true,
            data_hashes: None,
            label_hashes: None,
            data_title_eq: None,
            data_title_like: None,
            workflow_graph_node_title_eq: None,
            workflow_graph_node_title_like: None,
            include_client_metadata: false,
            include_images_data: false,
            include_children: false,
            include_workflow_graph_node: true,
            include_all_label_branches: false,
            branch_name: None,
            client_metadata_as_signed_url: false,
        }
    }
}

impl LabelRowFilter {
    /// Selects data by hash.
    #[must_use]
    pub fn data_hashes<H: AsHash<DataHash>>(mut self, hashes: impl IntoIterator<Item = H>) -> Self {
        self.data_hashes = Some(hashes.into_iter().map(|hash| hash.as_hash().into_owned()).collect());
        self
    }

    /// Selects label rows by hash.
    #[must_use]
    pub fn label_hashes<H: AsHash<LabelHash>>(mut self, hashes: impl IntoIterator<Item = H>) -> Self {
        self.label_hashes = Some(hashes.into_iter().map(|hash| hash.as_hash().into()).collect());
        self
    }

    /// Selects a branch other than `main`.
    #[must_use]
    pub fn branch(mut self, name: impl Into<String>) -> Self {
        self.branch_name = Some(name.into());
        self
    }
}
