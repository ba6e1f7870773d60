//! `main`, servers and lists of agents.

//# serve_without_question_mark
#[agent_runtime::main]
async fn main() -> Result<()> { agent_runtime::serve().await; } //~ [{ agent_runtime::serve().await; }] rust

//# serve_as_value
#[agent_runtime::main]
async fn main() -> Result<()> {
    agent_runtime::serve().await //~ [agent_runtime::serve().await] rust
}

//# serve_without_await
#[agent_runtime::main]
async fn main() -> Result<()> {
    Ok(agent_runtime::serve()?) //~ [agent_runtime::serve()?] rust
}

//# main_not_async
#[agent_runtime::main]
fn main() {} //~ [fn]

//# main_with_arguments
#[agent_runtime::main]
async fn main(arguments: Vec<String>) {} //~ [arguments: Vec<String>]

//# main_with_number
#[agent_runtime::main]
async fn main() -> u8 { 0 } //~ [u8]

//# main_with_value_in_result
#[agent_runtime::main]
async fn main() -> Result<u8> { Ok(0) } //~ [Result<u8>]

//# main_with_unsendable_box
#[agent_runtime::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> { Ok(()) } //~ [Result<(), Box<dyn std::error::Error>>]

//# main_with_own_error
struct Failed;
#[agent_runtime::main]
async fn main() -> Result<(), Failed> { Err(Failed) } //~ [Result<(), Failed>]

//# main_with_tokio_flavor
#[agent_runtime::main(flavor = "current_thread")] //~ [flavor]
async fn main() {}

//# main_generic
#[agent_runtime::main]
async fn main<T>() {} //~ [T]

//# main_on_struct
#[agent_runtime::main]
struct Main; //~ [struct]
fn main() {}

//# async_main_without_attribute
async fn main() -> Result<()> { Ok(agent_runtime::serve().await?) } //~ [async fn main() -> Result<()>] rust

//# tokio_main_above
#[tokio::main]
#[agent_runtime::main]
async fn main() {} //~ [fn]

//# tokio_main_below
#[agent_runtime::main]
#[tokio::main] //~ [#[tokio::main]]
async fn main() {}

//# other_name
#[agent_runtime::main]
async fn start() {} //~ [start]
fn main() {}

//# agents_of_function
#[editor_agent]
async fn one() {}
fn serve() { Server::new().agents(one); } //~ [one]

//# agents_of_array
#[editor_agent]
async fn one() {}
fn serve() { Server::new().agents([one]); } //~ [[one]]

//# agents_of_vec
#[editor_agent]
async fn one() {}
fn serve() { Server::new().agents(vec![one]); } //~ [vec![one]]

//# agents_of_tuple
#[editor_agent]
async fn one() {}
#[editor_agent]
async fn two() {}
fn serve() { Server::new().agents((one, two)); } //~ [(one, two)]

//# agents_misspelled
#[editor_agent]
async fn simplify() {}
fn serve() { Server::new().agents(agents![simplfy]); } //~ [simplfy]

//# agents_in_missing_module
fn serve() { Server::new().agents(agents![checks::simplify]); } //~ [checks] rust

//# agents_of_plain_function
async fn plain(frame: Frame) {}
fn serve() { Server::new().agents(agents![plain]); } //~ [plain]

//# agents_called
#[editor_agent]
async fn one() {}
fn serve() { Server::new().agents(agents![one()]); } //~ [()]

//# agents_as_text
#[editor_agent]
async fn one() {}
fn serve() { Server::new().agents(agents!["one"]); } //~ ["one"]

//# agents_twice
#[editor_agent]
async fn one() {}
fn serve() { Server::new().agents(agents![one, one]); } //~ [one]

//# agents_at_one_path
#[editor_agent(path = "/same")]
async fn one() {}
#[editor_agent(path = "/same")]
async fn two() {}
fn serve() { Server::new().agents(agents![one, two]); } //~ [two]

//# agents_with_semicolon
#[editor_agent]
async fn one() {}
#[editor_agent]
async fn two() {}
fn serve() { Server::new().agents(agents![one; two]); } //~ [;]

//# agents_private
mod checks { use agent_runtime::prelude::*; #[editor_agent] async fn one() {} }
fn serve() { Server::new().agents(agents![checks::one]); } //~ [one] rust

//# agents_with_path
#[editor_agent]
async fn one() {}
fn serve() { Server::new().agents(agents!["/one" => one]); } //~ ["/one" => one]

//# axum_route
#[editor_agent]
async fn one() {}
fn serve() { Server::new().route("/one", one); } //~ [route] rust

//# state_not_cloneable
struct Model;
fn serve() { Server::new().state(Model); } //~ [Model]

//# state_of_rc
use std::rc::Rc;
fn serve() { Server::new().state(Rc::new(3)); } //~ [Rc::new(3)]

//# state_of_borrowed_value
fn serve(name: &str) { Server::new().state(name); } //~ [Server::new().state(name)] rust

//# with_state_of_axum
fn serve() { Server::new().with_state(3); } //~ [with_state] rust

//# port_as_text
fn serve() { Server::new().port("8080"); } //~ ["8080"] rust

//# port_as_u32
fn serve(port: u32) { Server::new().port(port); } //~ [port] rust

//# host_as_text
fn serve() { Server::new().host("127.0.0.1"); } //~ ["127.0.0.1"]

//# timeout_as_number
fn serve() { Server::new().timeout(30); } //~ [30] rust

//# run_of_flask
fn serve() { Server::new().run(); } //~ [run] rust

//# start_without_await
fn serve() { Server::new().start().url(); } //~ [url] rust

//# mount_of_rocket
#[editor_agent]
async fn one() {}
fn serve() { Server::new().mount("/", agents![one]); } //~ [mount] rust
