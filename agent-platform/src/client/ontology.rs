//! Reading ontologies.

use serde_json::value::RawValue;

use super::PlatformClient;
use super::error::Result;
use super::query::Query;

impl PlatformClient {
    /// Reads an ontology by its hash from [`Project::ontology_hash`](super::Project::ontology_hash), as the platform's
    /// whole response in JSON (contract: `docs/contract/endpoints.md#get-ontology`). The member `editor` contains
    /// objects, classifications and skeleton templates.
    ///
    /// # Errors
    /// [`Error::Authorisation`](super::Error::Authorisation) if it does not exist or access is denied.
    pub async fn ontology(&self, ontology_hash: &str) -> Result<Box<RawValue>> {
        let call = self.v2_get(&["ontologies", ontology_hash], &Query::default());
        self.v2_raw(&call).await
    }
}
