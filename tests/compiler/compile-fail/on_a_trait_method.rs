use agent_runtime::prelude::*;

trait Greeter {
    #[editor_agent]
    async fn greet(&self); //~ [&self] an editor agent is a free function
}

fn main() {}
