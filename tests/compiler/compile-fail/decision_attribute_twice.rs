use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict {
    #[decision("To review")]
    #[decision("Review")] //~ [#[decision("Review")]] stands on this variant twice: remove one
    ToReview,
}

fn main() {}
