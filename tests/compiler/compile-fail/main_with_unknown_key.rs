#[agent_runtime::main(flavor = "current_thread")] //~ [flavor] `#[agent_runtime::main]` has no key `flavor`
async fn main() {}
