//! Serves every example agent: `cargo run`, then open the label editor that it prints.
#![allow(clippy::print_stdout, reason = "this program is started at a terminal")]

mod add_bitmask;
mod add_bounding_box;
mod classify_frame;
mod classify_object;
mod convert_shapes;
mod counterpart;
mod describe_objects;
mod find_similar;
mod language_model;
mod notify;
mod object_hashes;
mod outline;
mod quickstart;
mod recaption_video;
#[cfg(test)]
mod sample_project;
mod segment;
mod simplify_polygons;
mod studio;
mod traced;
mod track_boxes;
mod triage;
mod validate_labels;

use std::env;

use agent_runtime::prelude::*;

const HELP: &str = "\
Serves the example agents, and a label editor to try them in, with a sample project of its own.

  --open       opens the label editor in the browser
  --stage      works on the tasks of the stage `Check labels`, too: submit a task in the label editor, and look where it goes
  STUDIO_PORT  its port [8899]

With a key for the real platform in ENCORD_SSH_KEY_FILE or ENCORD_SSH_KEY, the agents are served for that platform, without
the label editor.
";

#[agent_runtime::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let has = |option: &str| arguments.iter().any(|argument| argument == option);
    let known = ["--open", "--stage", "--help", "-h"];
    if let Some(unknown) = arguments.iter().find(|argument| !known.contains(&argument.as_str())) {
        bail!("There is no option `{unknown}`: see --help.");
    }
    if has("--help") || has("-h") {
        println!("{HELP}");
        return Ok(agent_runtime::serve().await?);
    }
    // AWS Lambda has no label editor: without a key, `serve` reports what is missing. It also rejects a blank key.
    let deployed = ["ENCORD_SSH_KEY_FILE", "ENCORD_SSH_KEY", "AWS_LAMBDA_RUNTIME_API"];
    if deployed.iter().any(|name| env::var_os(name).is_some()) {
        // `serve` also reports invalid settings to AWS Lambda.
        if env::var_os("SAM_MODEL").is_none() {
            return Ok(agent_runtime::serve().await?);
        }
        return Ok(segment::with_model(Server::from_args()?)?.serve().await?);
    }
    studio::serve(studio::Options { open: has("--open"), stage: has("--stage") }).await
}
