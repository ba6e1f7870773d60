use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict<T> { //~ [T] decisions have no generic parameters or lifetimes
    Approve,
    Reject(T), //~ [(T)] a decision is a name and nothing else
}

fn main() {}
