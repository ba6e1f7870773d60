use agent_runtime::prelude::*;

#[editor_agent]
async fn greet()
where //~ [where] an editor agent has no `where` clause
    String: Clone,
{
}

fn main() {}
