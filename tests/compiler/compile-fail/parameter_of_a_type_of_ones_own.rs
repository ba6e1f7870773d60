use agent_runtime::prelude::*;

mod models {
    pub struct Detector;
}

#[editor_agent]
async fn greet(_detector: models::Detector) {} //~ [models::Detector] `Detector` is not something an editor agent can ask for

fn main() {}
