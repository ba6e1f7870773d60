//! Settings of agents under test.

/// Environment variables of `agent-runtime` for repeatable calls: no cache that outlives a case, and no delay after a save.
pub(crate) const SETTINGS: [(&str, &str); 4] =
    [("AGENT_ONTOLOGY_AGE", "0"), ("AGENT_FILE_CACHE", "0"), ("AGENT_LOOKUP_CACHE", "0"), ("AGENT_SAVE_VERIFY", "off")];
