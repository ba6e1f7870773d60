use agent_runtime::prelude::*;

#[editor_agent(path = "/greet")]
async fn greet() {}

mod other {
    use agent_runtime::prelude::*;

    #[editor_agent]
    pub async fn greet() {}
}

fn main() {
    let _ = agents![greet, other::greet]; //~ [other::greet] this agent is served at the same path as entry 1 of the list
}
