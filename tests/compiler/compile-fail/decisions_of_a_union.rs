use agent_runtime::prelude::*;

#[derive(Decisions)]
union Verdict { //~ [union] this is a union
    approve: u8,
}

fn main() {}
