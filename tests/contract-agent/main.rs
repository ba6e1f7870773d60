//! The recorded agents of the Python package (`tests/recordings/tools/agent_app.py`) in Rust: one for each outcome, and one for each
//! extractor and write. `tests/replay` sends the recorded requests to them.

mod outcomes;
mod pixels;
mod reading;
mod writing;

use agent_runtime::prelude::*;

#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve().await?)
}
