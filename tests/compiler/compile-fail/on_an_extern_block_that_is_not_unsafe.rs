use agent_runtime::prelude::*;

#[editor_agent]
extern "C" {} //~ [extern] move it to the function, or remove it

fn main() {}
