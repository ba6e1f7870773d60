use agent_runtime::prelude::*;

#[editor_agent]
fn greet( //~ [fn] an editor agent is async
    _name: String, //~ [String] `String` is not something an editor agent can ask for
    _text: &str, //~ [&str] `str` cannot be lent
    _frame: &Frame, //~ [Frame] `agent_runtime::Frame` cannot be lent to an editor agent with `&`
) -> u32 { //~ [u32] `u32` is not an answer
    1
}

fn main() {}
