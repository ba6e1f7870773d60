use agent_runtime::prelude::*;

#[editor_agent(
    path = "greet", //~ ["greet"] a path starts with `/`: write `/greet`
    nmae = "Greeter", //~ [nmae] did you mean `name`?
    timeout = "soon", //~ ["soon"] `soon` is not a duration
    no_timeout //~ [no_timeout] contradict each other
)]
async fn greet() {}

fn main() {}
