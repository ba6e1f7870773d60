//! The ontology of a project in a new crate, with an agent that uses its types.

use std::path::Path;

use agent_platform::ontology::Ontology;
use agent_platform::ontology::identifier::pascal;

use super::write;
use crate::cli::failure::Failure;
use crate::cli::ontology;

const TEMPLATE: &str = include_str!("template/labels.rs");

/// The ontology, and the type of the class that the agent uses.
#[derive(Debug)]
pub(super) struct Labels {
    ontology: String,
    class: String,
}

impl Labels {
    /// Fetches the ontology of the project in a label editor's URL.
    ///
    /// # Errors
    /// A request fails, or the ontology has no object class.
    pub(super) async fn fetch(url: &str) -> Result<Self, Failure> {
        let text = ontology::fetch(url).await?;
        let parsed = Ontology::parse(text.as_str()).map_err(|error| Failure::from_error(&error))?;
        let class = parsed.objects().filter(|class| !class.is_archived()).find_map(|class| pascal(class.name()));
        let class = class.ok_or_else(|| {
            Failure::new(
                "The ontology of the project has no object class for an agent to use: create the crate without `--project`, and write \
                 the file with `agent-studio ontology pull`.",
            )
        })?;
        Ok(Self { ontology: text + "\n", class })
    }

    /// Writes the ontology, and the module with the agent.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        write(&folder.join("ontology.json"), &self.ontology)?;
        write(&folder.join("src/labels.rs"), TEMPLATE.replace("{{class}}", &self.class))?;
        let agents = include_str!("template/agents.rs");
        let import = "use agent_runtime::prelude::*;\n";
        write(&folder.join("src/main.rs"), agents.replacen(import, &format!("mod labels;\n\n{import}"), 1))
    }
}
