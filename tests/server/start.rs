//! What keeps a server from starting, and what it says then.

use agent_runtime::prelude::*;
use agent_runtime::{AgentSet, EditorAgent, StartError};

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

fn refusal(server: Server) -> String {
    server.into_router().unwrap_err().to_string()
}

#[test]
fn two_agents_at_one_path_name_both_places() {
    let both = AgentSet::new(&[first::AGENT, elsewhere::second::AGENT]);
    let said = refusal(Server::new().agents(both));
    assert!(said.starts_with("two agents want the path `/first`: `first` at "), "{said}");
    assert!(said.matches("start.rs:").count() == 2 && said.contains("`second` at "), "{said}");
}

#[test]
fn no_agents_says_what_to_do() {
    let said = refusal(Server::new().agents(AgentSet::new(&[])));
    assert!(said.contains("#[editor_agent]") && said.contains("use my_agents as _;"), "{said}");
}

#[test]
fn missing_state_names_agent_place_and_type() {
    let said = refusal(Server::new().agents(agents![wants_state]));
    for wanted in ["`wants_state`", "start.rs:", "State<", "Pool>", ".state(...)"] {
        assert!(said.contains(wanted), "{said}");
    }
    assert!(Server::new().agents(agents![wants_state]).state(Pool).into_router().is_ok());
}

#[test]
fn what_is_taken_twice_under_an_alias_is_found() {
    let said = refusal(Server::new().agents(agents![takes_twice]));
    assert!(said.contains("`takes_twice`") && said.contains("Row` with `&mut` and once more"), "{said}");
}

#[test]
fn annotated_agents_are_found_without_a_list() {
    let found: Vec<_> = AgentSet::collected().iter().map(|agent| agent.definition.path).collect();
    assert!(found.contains(&"/wants-state") && found.contains(&"/takes-twice"), "{found:?}");
    assert!(found.is_sorted(), "{found:?}");
}

#[test]
fn plain_main_prints_the_sentence_of_a_start_error() {
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
