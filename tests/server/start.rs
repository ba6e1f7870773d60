//! Errors that prevent the server from starting.

use agent_runtime::prelude::*;
use agent_runtime::{AgentSet, StartError};

#[editor_agent]
async fn first() {}

mod elsewhere {
    use agent_runtime::prelude::*;

    #[editor_agent(path = "/first")]
    pub(super) async fn second() {}
}

#[derive(Clone)]
struct Pool;

#[editor_agent]
async fn wants_state(_pool: State<Pool>) {}

struct Row;

impl Transaction for Row {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Self)
    }

    async fn commit(self, _call: &EditorCall) -> Result<()> {
        Ok(())
    }

    fn declare(_needs: &mut Requirements) {}
}

type AliasOfRow = Row;

#[editor_agent]
async fn takes_twice(_row: &mut Row, _alias: &mut AliasOfRow) {}

fn start_error(server: Server) -> String {
    server.into_router().unwrap_err().to_string()
}

#[test]
fn duplicate_path_error_names_both_locations() {
    let both: Vec<_> = agents![first].iter().chain(agents![elsewhere::second].iter()).collect();
    let both = AgentSet::new(&both);
    let message = start_error(Server::new().agents(both));
    assert!(message.starts_with("two agents want the path `/first`: `first` at "), "{message}");
    assert!(message.matches("start.rs:").count() == 2 && message.contains("`second` at "), "{message}");
}

#[test]
fn list_knows_agents_that_it_lacks() {
    let listed = agents![first];
    let location = |agent: &agent_runtime::Agent| agent.definition.location;
    let unlisted: Vec<_> = listed.unlisted().into_iter().map(location).collect();
    let others = agents![elsewhere::second, wants_state];
    assert!(others.iter().all(|agent| unlisted.contains(&location(agent))), "{unlisted:?}");
    assert!(listed.iter().all(|agent| !unlisted.contains(&location(agent))), "{unlisted:?}");
    assert_eq!(AgentSet::collected().unlisted().len(), 0);
    assert_eq!(agents![].unlisted().len(), 0);
}

#[test]
fn error_without_agents_says_how_to_add_them() {
    let message = start_error(Server::new().agents(AgentSet::new(&[])));
    assert!(message.contains("#[editor_agent]") && message.contains("use my_agents as _;"), "{message}");
}

#[test]
fn missing_state_error_names_agent_location_and_type() {
    let message = start_error(Server::new().agents(agents![wants_state]));
    for wanted in ["`wants_state`", "start.rs:", "State<", "Pool>", ".state(...)"] {
        assert!(message.contains(wanted), "{message}");
    }
    assert!(Server::new().agents(agents![wants_state]).state(Pool).into_router().is_ok());
}

#[test]
fn detects_conflicting_borrows_through_aliases() {
    let message = start_error(Server::new().agents(agents![takes_twice]));
    assert!(message.contains("`takes_twice`") && message.contains("Row` with `&mut` and once more"), "{message}");
}

#[test]
fn collects_annotated_agents() {
    let found: Vec<_> = AgentSet::collected().iter().map(|agent| agent.definition.path).collect();
    assert!(found.contains(&"/wants-state") && found.contains(&"/takes-twice"), "{found:?}");
    assert!(found.is_sorted(), "{found:?}");
}

#[test]
fn plain_main_prints_the_start_error() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_plain-main")).output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert_eq!(printed.lines().last(), Some(format!("Error: {}", StartError::NoAgents).as_str()), "{printed}");
}

#[tokio::test]
async fn names_the_port_variable_if_the_address_is_taken() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Server::new().agents(agents![first]).port(port).start().await.err().unwrap();
    assert!(matches!(error, StartError::Bind { .. }));
    assert!(error.to_string().contains("choose another port with PORT="), "{error}");
}
