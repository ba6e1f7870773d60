use agent_runtime::prelude::*;

#[editor_agent]
fn greet( //~ [fn] an editor agent is async
    _name: String, //~ [String] `String` is not something an editor agent can ask for
    _text: &str, //~ [&str] `str` cannot be lent
    _count: &u8, //~ [u8] `u8` is not something an editor agent can ask for
) -> u32 { //~ [u32] `u32` is not an answer
    1
}

fn main() {}
