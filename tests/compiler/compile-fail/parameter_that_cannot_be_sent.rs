use std::rc::Rc;

use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(_count: Rc<u8>) {} //~ [Rc<u8>] `Rc<u8>` is not something an editor agent can ask for

fn main() {}
