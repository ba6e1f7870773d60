#![deny(unused_must_use)]

#[agent_runtime::main]
async fn main() {
    agent_runtime::serve().await; //~ [agent_runtime::serve().await] that must be used
}
