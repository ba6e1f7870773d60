use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() {}

fn main() {
    let _ = Server::new().agents(greet); //~ [greet] this is not a set of agents
}
