//! Ontologies, as they come.

use serde_json::value::RawValue;

use super::PlatformClient;
use super::error::Result;
use super::query::Query;

impl PlatformClient {
    /// An ontology by its hash, as [`Project::ontology_hash`](super::Project::ontology_hash) names it: the platform's
    /// whole answer as JSON text (contract: `platform-api.md`, section 8.2). Its member `editor` holds objects,
    /// classifications and skeleton templates.
    ///
    /// # Errors
    /// [`Error::Authorisation`](super::Error::Authorisation) if it is not there, or not for the caller.
    pub async fn ontology(&self, ontology_hash: &str) -> Result<Box<RawValue>> {
        let call = self.v2_get(&["ontologies", ontology_hash], &Query::default());
        self.v2_raw(&call).await
    }
}
