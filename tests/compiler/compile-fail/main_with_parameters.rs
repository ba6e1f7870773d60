#[agent_runtime::main]
async fn main(frame: u32) { //~ [frame: u32] `main` has no parameters
    println!("{frame}");
}
