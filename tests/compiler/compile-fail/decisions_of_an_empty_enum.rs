use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict {} //~ [Verdict] an agent with decisions has at least one: add a variant

fn main() {}
