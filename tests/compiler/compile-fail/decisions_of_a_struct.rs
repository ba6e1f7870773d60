use agent_runtime::prelude::*;

#[derive(Decisions)]
struct Verdict; //~ [struct] `#[derive(Decisions)]` goes on an enum whose variants are the decisions, and this is a struct

fn main() {}
