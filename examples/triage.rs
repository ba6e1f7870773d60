//! Chooses the pathway of a task in the project's workflow by the annotator's selection.

use agent_runtime::prelude::*;

/// Pathways of the workflow's agent stage.
#[derive(Debug, PartialEq, Decisions)]
enum Pathway {
    Approve,
    #[decision("To review")]
    ToReview,
}

/// Sends the task to review if an object is selected for it, and approves it otherwise.
///
/// At most ten objects can be sent to review at once.
#[editor_agent(timeout = "5s")]
async fn triage(objects: ObjectHashes) -> Result<AgentResponse<Pathway>> {
    ensure!(
        objects.len() <= 10,
        "At most 10 objects can go to review at once, not {}. Select fewer objects.",
        objects.len()
    );
    Ok(match objects.len() {
        0 => AgentResponse::message("No objects selected for review.").decide(Pathway::Approve),
        n => AgentResponse::message(format!("{n} selected for review.")).decide(Pathway::ToReview),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent_runtime::testing::{TestClient, payload};

    #[tokio::test]
    async fn selection_determines_decision() {
        let client = TestClient::new(agents![triage]).unwrap();
        for (selected, status, decision) in [(0, 200, Some("Approve")), (2, 200, Some("To review")), (11, 400, None)] {
            let hashes = (0..selected).map(|n| format!("object{n}"));
            let answer = client.call("/triage", &payload().with_objects(hashes)).await;
            assert_eq!((answer.status().as_u16(), answer.decision()), (status, decision), "{selected} selected");
        }
    }
}
