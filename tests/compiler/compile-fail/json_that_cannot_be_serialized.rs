use agent_runtime::prelude::*;

struct Count(#[allow(dead_code)] u32);

#[editor_agent]
async fn count() -> Json<Count> { //~ [Json<Count>] `Count` cannot be written as JSON
    Json(Count(1))
}

fn main() {}
