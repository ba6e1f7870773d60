//! A program without agents, whose `main` is tokio's instead of `#[agent_runtime::main]`.

use agent_runtime::StartError;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    agent_runtime::serve().await
}
