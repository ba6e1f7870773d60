//! The runtime under another name.

mod vendored {
    pub(crate) mod runtime {
        pub(crate) use agent_runtime::*;
    }
}

use std::process::ExitCode;

use vendored::runtime::{Decisions, Frame, Result, editor_agent};

#[derive(Decisions)]
#[decision(crate = vendored::runtime)]
enum Verdict {
    Approve,
    #[decision("To review")]
    ToReview,
}

#[editor_agent(crate = vendored::runtime)]
async fn as_path(frame: Frame) -> String {
    format!("frame {frame}")
}

#[editor_agent(crate = "vendored::runtime", path = "/in-quotes")]
async fn as_text() -> Verdict {
    Verdict::ToReview
}

mod program {
    use super::{Result, vendored};

    #[vendored::runtime::main(crate = vendored::runtime)]
    pub(super) async fn main() -> Result<()> {
        Ok(())
    }
}

#[test]
fn a_main_of_a_renamed_runtime_runs() {
    let main: fn() -> ExitCode = program::main;
    assert_eq!(main(), ExitCode::SUCCESS);
}

#[tokio::test]
async fn agents_of_a_renamed_runtime_answer() {
    assert_eq!(crate::said(vendored::runtime::agents![as_path, as_text], "/as-path").await, "frame 7");
    assert_eq!(Verdict::NAMES, ["Approve", "To review"]);
    assert_eq!(Verdict::Approve.name(), "Approve");
}
