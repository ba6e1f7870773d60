use agent_runtime::prelude::*;

mod greetings {
    use agent_runtime::prelude::*;

    #[editor_agent]
    async fn greet() {}
}

fn main() {
    let _ = agents![greetings::greet]; //~ [greet] is private
}
