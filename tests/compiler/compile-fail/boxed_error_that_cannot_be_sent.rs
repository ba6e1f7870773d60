use agent_runtime::prelude::*;

#[editor_agent]
async fn greet() -> Result<String, Box<dyn std::error::Error>> { //~ [Result<String, Box<dyn std::error::Error>>] `Box<dyn std::error::Error>` is not an error
    Ok("Hello.".to_owned())
}

fn main() {}
