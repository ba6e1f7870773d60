use agent_runtime::prelude::*;

#[editor_agent]
async fn describe(_: Crops<Point>) {} //~ [Crops<Point>] `agent_runtime::prelude::Point` is not a shape that can be cut out

fn main() {}
