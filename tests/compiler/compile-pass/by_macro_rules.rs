//! Agents that a macro of the author's writes.

use agent_runtime::prelude::*;

macro_rules! greeting {
    ($name:ident, $path:literal, $asked:ty, $text:expr) => {
        #[editor_agent(path = $path)]
        async fn $name(_asked: $asked) -> String {
            $text.to_owned()
        }
    };
}

greeting!(hello, "/a-macro-says-hello", Frame, "hello");
greeting!(goodbye, "/a-macro-says-goodbye", Option<Frame>, "goodbye");

macro_rules! listed {
    ($($agent:path),*) => {
        agents![$($agent),*]
    };
}

/// With a path of its own name, and a type whose ends come from the macro.
macro_rules! optional {
    ($name:ident, $inner:ident) => {
        #[editor_agent]
        async fn $name(asked: Option<$inner>) -> Result<String> {
            Ok(format!("{}", asked.is_some()))
        }
    };
}

optional!(perhaps_a_frame, Frame);

/// With types that are references.
macro_rules! borrowing {
    ($name:ident, $lent:ty) => {
        #[editor_agent]
        async fn $name(lent: $lent) -> String {
            format!("{:?}", lent.frame)
        }
    };
}

borrowing!(lent, &AgentPayload);

#[tokio::test]
async fn they_answer_at_the_paths_they_were_given() {
    assert_eq!(crate::said(agents![hello, goodbye], "/a-macro-says-hello").await, "hello");
    assert_eq!(crate::said(agents![hello, goodbye], "/a-macro-says-goodbye").await, "goodbye");
    assert_eq!(crate::said(listed![hello, self::perhaps_a_frame], "/perhaps-a-frame").await, "true");
    assert_eq!(crate::said(agents![lent], "/lent").await, "Some(7)");
}
