use agent_runtime::prelude::*;

#[editor_agent]
async fn greet<T: FromCall>(_asked: T) {} //~ [T: FromCall] an editor agent has no generic parameters or lifetimes

fn main() {}
