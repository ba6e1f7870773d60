use agent_runtime::axum::extract::State;
use agent_runtime::editor_agent;

#[derive(Clone)]
struct App;

#[editor_agent]
async fn count(_app: State<App>) {} //~ [State<App>] is not something an editor agent can ask for

fn main() {}
