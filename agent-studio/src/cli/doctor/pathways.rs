//! Decisions of agents, compared with the pathways of a project's agent stages.
//!
//! The platform matches a decision verbatim with the names of the pathways. One that matches none fails the task (contract:
//! `platform-api.md`, section 10).

use agent_platform::client::{Domain, Platform, Project, StageType, WorkflowStage};
use uuid::Uuid;

use super::finding::Finding;
use crate::cli::failure::Failure;
use crate::cli::http::{self, Http};
use crate::cli::listing::{ListedAgent, Listing};
use crate::cli::platform;

/// Compares the decisions of the agents of a server, or of the one at this address, with the project's pathways.
///
/// # Errors
/// The address is invalid.
pub(super) async fn examine(http: &Http, address: &str, project: Uuid) -> Result<Vec<Finding>, Failure> {
    let url = http::address(address)?;
    let mut root = url.clone();
    root.set_path("/");
    // What keeps the listing from being read has a finding already.
    let Ok(listing) = Listing::of(http, &root).await else { return Ok(Vec::new()) };
    let project = match fetch(project).await {
        Ok(project) => project,
        Err(failure) => return Ok(vec![Finding::wrong("project", &failure.to_string())]),
    };
    let is_meant = |agent: &&ListedAgent| url.path() == "/" || agent.path == url.path();
    let agents: Vec<_> = listing.agents.iter().filter(is_meant).collect();
    Ok(findings(&agents, &project))
}

async fn fetch(project: Uuid) -> Result<Project, Failure> {
    let platform: Platform = platform::client(platform::domain(Domain::EUROPE)?)?;
    let fetched = platform.project(project).await;
    fetched.map_err(|error| platform::refused(&platform, &format!("Project {project}"), &error))
}

fn findings(agents: &[&ListedAgent], project: &Project) -> Vec<Finding> {
    let stages: Vec<_> = project.stages().iter().filter(|stage| stage.stage_type == StageType::Agent).collect();
    let deciding: Vec<_> = agents.iter().filter(|agent| !agent.decisions.is_empty()).collect();
    if deciding.is_empty() {
        let found = "no agent lists decisions, so there is nothing to compare; decisions in free text are not listed";
        return vec![Finding::note("decisions", found)];
    }
    if stages.is_empty() {
        let found = format!("the workflow of {} has no agent stage: no decision is used there", project.title);
        return vec![Finding::note("decisions", &found)];
    }
    deciding.iter().flat_map(|agent| compare(agent, &stages)).collect()
}

/// Compares one agent with every agent stage. It need fit one of them only, because nothing says at which stage it runs.
fn compare(agent: &ListedAgent, stages: &[&WorkflowStage]) -> Vec<Finding> {
    let what = format!("{} decisions", agent.path);
    let unknown = |stage: &WorkflowStage| -> Vec<&String> {
        agent
            .decisions
            .iter()
            .filter(|decision| !stage.pathways.iter().any(|pathway| pathway.title == **decision))
            .collect()
    };
    let fitting: Vec<_> =
        stages.iter().filter(|stage| unknown(stage).is_empty()).map(|stage| quoted(&stage.title)).collect();
    if !fitting.is_empty() {
        let (noun, titles) = (if fitting.len() == 1 { "stage" } else { "stages" }, fitting.join(", "));
        return vec![Finding::ok(what, &format!("every decision is a pathway of {noun} {titles}"))];
    }
    // The stages that it is most likely meant for.
    let fewest = stages.iter().map(|stage| unknown(stage).len()).min().unwrap_or_default();
    let candidates = stages.iter().filter(|stage| unknown(stage).len() == fewest);
    candidates
        .flat_map(|stage| unknown(stage).into_iter().map(|decision| mismatch(&what, agent, decision, stage)))
        .collect()
}

fn mismatch(what: &str, agent: &ListedAgent, decision: &str, stage: &WorkflowStage) -> Finding {
    let titles: Vec<&str> = stage.pathways.iter().map(|pathway| pathway.title.as_str()).collect();
    let there = match titles.as_slice() {
        [] => "which has no pathways".to_owned(),
        [one] => format!("which has only {}", quoted(one)),
        several => format!("which has {}", several.iter().map(|title| quoted(title)).collect::<Vec<_>>().join(", ")),
    };
    let meant = closest(decision, &titles).map(|title| format!(" Did you mean {}?", quoted(title))).unwrap_or_default();
    let found = format!(
        "agent `{}` can decide {}, which is not a pathway of stage {}, {there}: the task fails.{meant}",
        agent.name,
        quoted(decision),
        quoted(&stage.title),
    );
    Finding::wrong(what, &found)
}

/// Returns the title that is most like the decision, if any is: case and white space count little.
fn closest<'a>(decision: &str, titles: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], " ").trim().to_owned();
    let decision = plain(decision);
    let distance = |title: &str| strsim::damerau_levenshtein(&decision, &plain(title));
    let nearest = titles.iter().map(|title| (distance(title), *title)).min()?;
    (nearest.0 <= (decision.chars().count() / 3).max(1)).then_some(nearest.1)
}

fn quoted(title: &str) -> String {
    format!("`{title}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_titles_that_are_alike() {
        let titles = ["approve", "To review", "return"];
        for (decision, expected) in [
            ("Approve", Some("approve")),
            ("aprove", Some("approve")),
            ("to_review", Some("To review")),
            ("retrun", Some("return")),
            ("escalate", None),
            ("", None),
        ] {
            assert_eq!(closest(decision, &titles), expected, "{decision}");
        }
    }
}
