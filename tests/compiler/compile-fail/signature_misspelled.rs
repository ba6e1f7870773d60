use agent_runtime::prelude::*;

#[editor_agent(signature = "when_present")] //~ ["when_present"] `signature` is one of `"required"`, `"when-present"` and `"off"`: did you mean `"when-present"`?
async fn agent() {}

fn main() {}
