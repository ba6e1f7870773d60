use agent_runtime::prelude::*;

#[editor_agent(path = "/greet")]
mod greeting { //~ [mod] this is a module
    pub fn hello() {}
}

fn main() {
    greeting::hello();
}
