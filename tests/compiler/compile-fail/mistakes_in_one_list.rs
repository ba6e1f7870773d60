use agent_runtime::prelude::*;

#[editor_agent(only_classifications = [
    " ", //~ [" "] a feature hash is not blank
    vehicle, //~ [vehicle] a feature hash is text in quotes
    "6de1c2f0",
    "6de1c2f0", //~ ["6de1c2f0"] `only_classifications` lists `6de1c2f0` twice
])]
async fn check(_row: &LabelRow) {}

fn main() {}
