use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict {
    #[decision(" ")] //~ [" "] a decision has a name that is not blank
    Approve,
}

fn main() {}
