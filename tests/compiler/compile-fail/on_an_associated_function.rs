use agent_runtime::prelude::*;

struct Greeter;

impl Greeter {
    #[editor_agent]
    async fn greet() {} //~ [greet] struct is not supported in `trait`s or `impl`s
}

fn main() {
    let _ = Greeter::greet();
}
