use agent_runtime::prelude::*;

#[editor_agent]
const GREETING: &str = "Hello."; //~ [const] this is a constant

fn main() {
    println!("{GREETING}");
}
