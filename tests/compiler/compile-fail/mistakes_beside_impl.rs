use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(
    _asked: impl FromCall, //~ [impl] an editor agent's parameter has one type
    _name: String, //~ [String] `String` is not something an editor agent can ask for
) {
}

fn main() {}
