use agent_runtime::prelude::*;

trait Greeter {
    #[editor_agent]
    async fn greet(_frame: Frame) {} //~ [greet] an editor agent is a free function: move it out of the `impl` block or trait
}

fn main() {}
