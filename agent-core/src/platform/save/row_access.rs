//! The requests that a save makes about its row.

use agent_platform::client::{Error, LabelRowFilter, LabelRowToSave, PlatformClient, Validation};
use agent_platform::hash::{LabelHash, ProjectHash};
use serde_json::value::RawValue;

use crate::definition::LabelRowRequest;

/// Access to the label rows of a project, for one call.
#[derive(Clone)]
pub(crate) struct RowAccess {
    pub(crate) platform: PlatformClient,
    pub(crate) project: ProjectHash,
    pub(crate) request: LabelRowRequest,
}

impl RowAccess {
    /// Reads the row as it was read for the agent, so that the two can be compared.
    pub(crate) async fn read(&self, label_hash: &LabelHash) -> Result<Box<str>, Error> {
        Ok(self.platform.label_row(self.project, label_hash, &self.request.read()).await?.into())
    }

    /// Returns when the listing says that the row was last edited. `None` if it does not say so, or lacks the row.
    pub(crate) async fn last_edited_at(&self, label_hash: &LabelHash) -> Result<Option<String>, Error> {
        let filter = LabelRowFilter {
            include_workflow_graph_node: false,
            include_children: self.request.children,
            branch_name: self.request.branch.map(ToOwned::to_owned),
            ..LabelRowFilter::default()
        };
        let rows = self.platform.list_label_rows(self.project, &filter.label_hashes([label_hash])).await?;
        let row = rows.into_iter().find(|row| row.label_hash.as_ref() == Some(label_hash));
        Ok(row.and_then(|row| row.last_edited_at))
    }

    /// Replaces the row.
    pub(crate) async fn replace(&self, label_hash: &LabelHash, row: &RawValue) -> Result<(), Error> {
        self.platform.save_label_row(self.project, LabelRowToSave::new(label_hash, row), Validation::Skipped).await
    }
}
