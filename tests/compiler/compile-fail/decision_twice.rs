use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict {
    Approve,
    #[decision("Approve")] //~ ["Approve"] the decision `Approve` is already made by `Approve`
    Fine,
}

fn main() {}
