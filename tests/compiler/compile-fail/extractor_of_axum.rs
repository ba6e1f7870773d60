use agent_runtime::axum;
use agent_runtime::prelude::*;

#[derive(Clone)]
struct App;

#[editor_agent]
async fn count(_app: axum::extract::State<App>) {} //~ [axum::extract::State<App>] write `State<_>` of `agent_runtime::prelude`

fn main() {}
