use agent_runtime::prelude::*;

struct Greeter;

#[editor_agent]
impl Greeter { //~ [impl] this is an impl block
    fn hello(&self) {}
}

fn main() {
    Greeter.hello();
}
