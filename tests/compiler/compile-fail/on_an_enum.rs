use agent_runtime::prelude::*;

#[editor_agent]
pub enum Greeting { //~ [enum] this is an enum
    Hello,
}

fn main() {}
