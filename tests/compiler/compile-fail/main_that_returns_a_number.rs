#[agent_runtime::main]
async fn main() -> u32 { //~ [u32] `u32` is not something `main` can return
    1
}
