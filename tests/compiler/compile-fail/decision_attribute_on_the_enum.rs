use agent_runtime::prelude::*;

#[derive(Decisions)]
#[decision("To review")] //~ [#[decision("To review")]] on the enum, `#[decision(...)]` takes only `crate = some::path`
enum Verdict {
    ToReview,
}

fn main() {}
