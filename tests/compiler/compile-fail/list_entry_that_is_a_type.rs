use agent_runtime::prelude::*;

fn main() {
    let _ = agents![Frame]; //~ [Frame] this is not an editor agent
}
