#[agent_runtime::main]
struct Main; //~ [struct] `#[agent_runtime::main]` goes on `async fn main`, and this is a struct

fn main() {}
