use agent_runtime::prelude::*;

#[editor_agent]
async fn count(objects: ObjectHashes) -> AgentResponse {
    AgentResponse::message(objects.len()) //~ [objects.len()] `usize` is not a sentence for the annotator
}

fn main() {}
