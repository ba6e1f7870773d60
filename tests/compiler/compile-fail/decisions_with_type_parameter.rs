use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict<T> { //~ [T] decisions have no generic parameters or lifetimes
    Approve,
    Reject(T),
}

fn main() {}
