//! An agent server with the routes and answers that were recorded of the Python package: one route for every kind of
//! outcome, and one for everything that an agent can take or change. The contract test replays the recording against it.

mod outcomes;
mod pixels;
mod reading;
mod writing;

use agent_runtime::prelude::*;

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
