//! Which label rows to list, and what to say about them.

use serde::Serialize;

use super::label_row_metadata::LabelStatus;

/// Which label rows [`PlatformClient::list_label_rows`](super::PlatformClient::list_label_rows) lists, and what it says about them.
///
/// By default: all rows of the project on the branch `main`, also those of data without labels, with their workflow
/// stage, and without what costs more (contract: `platform-api.md`, section 8.3). Times are ISO 8601.
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
    /// Only last edited before this time.
    pub edited_before: Option<String>,
    /// Only last edited after this time.
    pub edited_after: Option<String>,
    /// Only with one of these statuses.
    pub label_statuses: Option<Vec<LabelStatus>>,
    /// Only in this state of shadow data, as the platform spells it.
    pub shadow_data_state: Option<String>,
    /// Also data that has no label row yet. True unless set.
    pub include_uninitialised_labels: bool,
    /// Only these data. An unknown hash yields nothing.
    pub data_hashes: Option<Vec<String>>,
    /// Only these label rows.
    pub label_hashes: Option<Vec<String>>,
    /// Only data with this title.
    pub data_title_eq: Option<String>,
    /// Only data with a title like this; `%` stands for anything.
    pub data_title_like: Option<String>,
    /// Only in the workflow stage with this title.
    pub workflow_graph_node_title_eq: Option<String>,
    /// Only in a workflow stage with a title like this; `%` stands for anything.
    pub workflow_graph_node_title_like: Option<String>,
    /// With the client metadata of the data.
    pub include_client_metadata: bool,
    /// With the images of image groups.
    pub include_images_data: bool,
    /// Also rows of the children of groups.
    pub include_children: bool,
    /// With the workflow stage. True unless set.
    pub include_workflow_graph_node: bool,
    /// All branches instead of one.
    pub include_all_label_branches: bool,
    /// This branch instead of `main`. Where it has no labels yet, the row has no label hash.
    pub branch_name: Option<String>,
    /// The client metadata as a signed URL.
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
    /// Only these data, by their hashes: texts or UUIDs.
    #[must_use]
    pub fn data_hashes<H: ToString>(mut self, hashes: impl IntoIterator<Item = H>) -> Self {
        self.data_hashes = Some(hashes.into_iter().map(|hash| hash.to_string()).collect());
        self
    }

    /// Only these label rows, by their hashes: texts or UUIDs.
    #[must_use]
    pub fn label_hashes<H: ToString>(mut self, hashes: impl IntoIterator<Item = H>) -> Self {
        self.label_hashes = Some(hashes.into_iter().map(|hash| hash.to_string()).collect());
        self
    }

    /// This branch instead of `main`.
    #[must_use]
    pub fn branch(mut self, name: impl Into<String>) -> Self {
        self.branch_name = Some(name.into());
        self
    }
}
