use agent_runtime::prelude::*;

#[derive(Decisions)]
enum Verdict {
    #[decision(name = "To review")] //~ [#[decision(name = "To review")]] a decision's name is text in quotes
    ToReview,
}

fn main() {}
