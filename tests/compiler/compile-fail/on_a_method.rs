use agent_runtime::prelude::*;

struct Greeter;

impl Greeter {
    #[editor_agent]
    async fn greet(&self, frame: Frame) -> String { //~ [&self] an editor agent is a free function
        format!("Hello from frame {frame}")
    }
}

fn main() {
    let _ = Greeter.greet(Frame(0));
}
