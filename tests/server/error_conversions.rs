//! Errors of other types that an agent fails with: their status, and what is public of them.

use std::error::Error as StdError;

use agent_platform::labels::ReadError;
use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};
use anyhow::Context as _;

type Boxed = Box<dyn StdError + Send + Sync>;

fn missing_space() -> ReadError {
    ReadError::NoSpace { id: "left".to_owned() }
}

#[editor_agent]
async fn anyhow_agent(Frame(frame): Frame) -> anyhow::Result<String> {
    match frame {
        0 => Err(missing_space()).context("reading the labels")?,
        1 => bail!("Select an object on frame {frame}."),
        2 => Err(anyhow::Error::from(AgentError::new(ErrorStatus::Forbidden, "You may not."))).context("asking")?,
        3 => anyhow::bail!("secret"),
        _ => ensure!(frame < 5, "Frame {frame} is too late."),
    }
    Ok("fine".to_owned())
}

#[editor_agent]
async fn boxed_agent(Frame(frame): Frame) -> std::result::Result<String, Boxed> {
    match frame {
        0 => Err(missing_space())?,
        1 => bail!("Select an object on frame {frame}."),
        2 => Err("secret")?,
        _ => Ok("fine".to_owned()),
    }
}

fn fallible(frame: u64) -> std::result::Result<u32, String> {
    if frame == 0 { Err("secret".to_owned()) } else { Ok(1) }
}

fn with_anyhow(frame: u64) -> anyhow::Result<u32> {
    ensure!(frame != 1, "Not on frame {frame}.");
    fallible(frame).map_err(anyhow::Error::msg)
}

#[editor_agent]
async fn plain_agent(Frame(frame): Frame) -> Result<String> {
    let boxed = || -> std::result::Result<u32, Boxed> { Err("secret")? };
    match frame {
        0 => fallible(0)?,
        1 => with_anyhow(1)?,
        2 => with_anyhow(0).or_complain("No model.")?,
        3 => boxed().or_complain("No box.")?,
        4 => fallible(0).or_complain("No text.")?,
        5 => Err(anyhow::Error::from(missing_space()))?,
        _ => 0,
    };
    Ok("fine".to_owned())
}

async fn check(agents: agent_runtime::AgentSet, path: &str, expected: &[(u16, &str)]) {
    let client = TestClient::new(agents).unwrap();
    for (frame, (status, message)) in (0..).zip(expected) {
        let response = client.call(path, &payload().on_frame(frame)).await;
        let actual = response.message().unwrap_or_default();
        assert_eq!(response.status().as_u16(), *status, "{path} {frame}: {actual}");
        assert!(actual.starts_with(message), "{path} {frame}: {actual}");
    }
}

const INTERNAL: (u16, &str) = (500, "Something went wrong in the agent. Please report trace ");

#[tokio::test]
async fn anyhow_errors_keep_status_and_message() {
    let expected = [
        (404, "The label row has no space left."),
        (400, "Select an object on frame 1."),
        (403, "You may not."),
        INTERNAL,
        (200, "fine"),
        (400, "Frame 5 is too late."),
    ];
    check(agents![anyhow_agent], "/anyhow-agent", &expected).await;
}

#[tokio::test]
async fn boxed_errors_keep_status_and_message() {
    let expected =
        [(404, "The label row has no space left."), (400, "Select an object on frame 1."), INTERNAL, (200, "fine")];
    check(agents![boxed_agent], "/boxed-agent", &expected).await;
}

#[tokio::test]
async fn question_mark_and_or_complain_take_foreign_errors() {
    let expected = [
        INTERNAL,
        (400, "Not on frame 1."),
        (400, "No model."),
        (400, "No box."),
        (400, "No text."),
        (404, "The label row has no space left."),
        (200, "fine"),
    ];
    check(agents![plain_agent], "/plain-agent", &expected).await;
}

#[test]
fn chain_has_contexts_and_causes() {
    let error = AgentError::from(anyhow::Error::from(missing_space()).context("outer"));
    assert_eq!(error.chain(), format!("outer: {}", missing_space()));
    let error = AgentError::from(anyhow::Error::from(agent_error!("Not here.").with_cause("cause")).context("outer"));
    assert_eq!((error.message(), error.chain().as_str()), ("Not here.", "outer: Not here.: cause"));
    let error = AgentError::from(anyhow::Error::from(agent_error!("Not here.").with_cause("cause")));
    assert_eq!((error.message(), error.chain().as_str()), ("Not here.", "cause"));
    let failed: Result<()> = Err(agent_error!("Not here.").with_cause("cause"));
    assert_eq!(failed.or_complain("Sorry.").unwrap_err().chain(), "Not here.: cause");
    assert_eq!(AgentError::from("text").chain(), "text");
}

#[test]
fn agent_error_converts_to_boxed_error() {
    let boxed: Box<dyn StdError> = agent_error!("Not here.").with_cause("cause").into();
    assert_eq!((boxed.to_string(), boxed.source().unwrap().to_string()), ("Not here.".to_owned(), "cause".to_owned()));
}

#[test]
fn anyhow_error_downcasts_to_agent_error() {
    let error = anyhow::Error::from(agent_error!("Not here."));
    assert_eq!(error.downcast_ref::<AgentError>().map(AgentError::status), Some(ErrorStatus::BadRequest));
}
