use agent_runtime::prelude::*;

#[editor_agent]
async fn format() -> String { //~ [format] an editor agent cannot have the name of the macro `format!`
    format!("{}", 1)
}

fn main() {
    let _ = agents![format];
}
