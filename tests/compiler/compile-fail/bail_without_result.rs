use agent_runtime::prelude::*;

#[editor_agent]
async fn greet(objects: ObjectHashes) -> String {
    if objects.len() > 3 {
        bail!("Too many objects: {}.", objects.len()); //~ ["Too many objects: {}."] `bail!` and `ensure!` return an error, and this function returns `String`
    }
    "Hello.".to_owned()
}

fn main() {}
