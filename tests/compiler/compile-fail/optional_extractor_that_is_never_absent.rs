use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_project: Option<ProjectHash>) {} //~ [Option<ProjectHash>] `Option<agent_runtime::ProjectHash>` is not something an editor agent can ask for

fn main() {}
