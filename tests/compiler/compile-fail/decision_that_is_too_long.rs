use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict {
    #[decision("long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long lo")] //~ ["long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long lo"] a decision has at most 256 characters, this one has 257
    Approve,
}

fn main() {}
