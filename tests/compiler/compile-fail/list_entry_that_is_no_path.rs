use agent_runtime::prelude::*;

fn main() {
    let _ = agents!["/greet"]; //~ ["/greet"] expected the path of an agent's function
}
