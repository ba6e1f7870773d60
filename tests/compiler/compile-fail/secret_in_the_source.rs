use agent_runtime::prelude::*;

#[editor_agent(secret_env = "whsec_2f8a+made/up=")] //~ ["whsec_2f8a+made/up="] `secret_env` takes the name of an environment variable
async fn agent() {}

fn main() {}
