use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict {
    Approve,
    Reject(String), //~ [(String)] a decision is a name and nothing else: write just `Reject`
}

fn main() {}
