use agent_runtime::prelude::*;

struct Greeter;

impl Greeter {
    #[editor_agent]
    async fn greet() {} //~ [greet] an editor agent is a free function: move it out of the `impl` block or trait
}

fn main() {
    drop(Greeter::greet());
}
