//! The ontology as a parameter.

use std::sync::Arc;

use agent_platform::ontology::Ontology;

use crate::agent::call::EditorCall;
use crate::agent::call::FromCall;
use crate::error::AgentError;
use crate::platform::PlatformService;
use crate::platform::fetch;
use crate::requirements::Needs;
use crate::transaction::Lend;

/// The ontology of the project, shared with other calls for as long as `Server::ontology_age`
/// says (contract: `platform-api.md`, section 8.2). By value it is a copy; `&Ontology` is none.
impl FromCall for Ontology {
    async fn from_call(call: &EditorCall) -> Result<Self, AgentError> {
        fetch::ontology(call).await.map(|ontology| Ontology::clone(&ontology))
    }

    fn declare(needs: &mut Needs) {
        needs.service("ontology", &PlatformService);
    }
}

impl Lend for Ontology {
    async fn lend(call: &EditorCall) -> Result<Arc<Self>, AgentError> {
        fetch::ontology(call).await
    }

    fn declare(needs: &mut Needs) {
        <Self as FromCall>::declare(needs);
    }
}
