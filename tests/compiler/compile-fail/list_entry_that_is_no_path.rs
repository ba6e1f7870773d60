use agent_runtime::prelude::*;

fn main() {
    let _ = agents![1 + 2]; //~ [1 + 2] expected the path of an agent's function: write `agents![simplify]`
}
