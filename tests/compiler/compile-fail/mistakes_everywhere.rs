use agent_runtime::prelude::*;

#[editor_agent(path = "greet", tiemout = "30s")] //~ ["greet"] a path starts with `/` //~ [tiemout] did you mean `timeout`?
fn greet( //~ [fn] an editor agent is async
    _frame: Option<Frme>, //~ [Frme] cannot find type `Frme` in this scope
    _name: &str, //~ [&str] `str` cannot be lent
    _count: u8, //~ [u8] `u8` is not something an editor agent can ask for
) -> Result<u32, String> { //~ [String] return `Result<_>` instead
    let _text: &str = 1; //~ [1] mismatched types
    Ok(1)
}

fn main() {
    let _ = agents![greet];
}
