use agent_runtime::prelude::*;

struct Settings;

#[editor_agent]
async fn count(_settings: Extra<Settings>) {} //~ [Extra<Settings>] `Settings` cannot be read from the payload

fn main() {}
