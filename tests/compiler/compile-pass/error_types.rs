//! Types of errors in agents and in `main`.

use agent_runtime::prelude::*;

mod anyhow_main {
    use agent_runtime::prelude::*;

    #[agent_runtime::main]
    pub(super) async fn main() -> anyhow::Result<()> {
        ensure!(true, "The compiler infers `anyhow::Error`.");
        drop(Server::new());
        Ok(())
    }
}

mod boxed_main {
    #[agent_runtime::main]
    pub(super) async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Err("A text becomes a boxed error.")?
    }
}

mod text_main {
    #[agent_runtime::main]
    pub(super) async fn main() -> Result<(), String> {
        Err("Text is printed.".to_owned())
    }
}

fn boxed() -> std::result::Result<u8, Box<dyn std::error::Error>> {
    ensure!(u8::MAX > 254, "Plain boxes accept complaints.");
    Ok(Err::<u8, _>(agent_error!("And errors of agents."))?)
}

#[editor_agent]
async fn closures(objects: ObjectHashes) -> Result<String> {
    let check = |count: usize| {
        ensure!(count < 4, "Select at most 3 objects, not {count}.");
        Ok::<_, AgentError>(count)
    };
    let count = match objects.len() {
        9 => bail!("Nine."),
        count => check(count)?,
    };
    Ok(count.to_string())
}

#[test]
fn main_fails_with_each_error_type() {
    let failed = format!("{:?}", std::process::ExitCode::FAILURE);
    assert_ne!(format!("{:?}", anyhow_main::main()), failed);
    assert_eq!(format!("{:?}", boxed_main::main()), failed);
    assert_eq!(format!("{:?}", text_main::main()), failed);
}

#[test]
fn plain_box_accepts_agent_error() {
    assert_eq!(boxed().unwrap_err().to_string(), "And errors of agents.");
}

#[tokio::test]
async fn bail_returns_from_closures_and_arms() {
    assert_eq!(closures(ObjectHashes::new(["a"])).await.unwrap(), "1");
    assert_eq!(closures(ObjectHashes::new(["a"; 5])).await.unwrap_err().message(), "Select at most 3 objects, not 5.");
    assert_eq!(closures(ObjectHashes::new(["a"; 9])).await.unwrap_err().message(), "Nine.");
}
