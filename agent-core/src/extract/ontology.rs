//! The ontology as a parameter.

use agent_platform::ontology::Ontology;

use crate::call::{EditorCall, FromCall};
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch;
use crate::requirements::Requirements;

/// The ontology of the project, shared with other calls for as long as `Server::ontology_age`
/// says (contract: `docs/contract/endpoints.md#get-ontology`). Cheap: a handle.
impl FromCall for Ontology {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetch::ontology(call).await.map(|ontology| Ontology::clone(&ontology))
    }

    fn declare(requirements: &mut Requirements) {
        requirements.service("ontology", &PlatformService);
        requirements.data_unit();
    }
}
