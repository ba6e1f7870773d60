//! Decisions of agents, compared with the pathways of a project's agent stages.
//!
//! The platform matches a decision verbatim with the names of the pathways. One that matches none fails the task
//! (contract: `docs/contract/agent-protocol.md#decision`).

use agent_platform::client::{Domain, Pathway, PlatformClient, Project, StageType, WorkflowStage};
use uuid::Uuid;

use super::finding::Finding;
use crate::cli::failure::Failure;
use crate::cli::http::{self, Http};
use crate::cli::listing::{ListedAgent, ListedStage, Listing};
use crate::cli::platform;

/// Compares the decisions of all agents of a server, or of the agent at this URL, with the project's pathways.
///
/// # Errors
/// The URL is invalid.
pub(super) async fn examine(http: &Http, address: &str, project: Uuid) -> Result<Vec<Finding>, Failure> {
    let url = http::parse_url(address)?;
    let mut root = url.clone();
    root.set_path("/");
    // A listing that cannot be read has a finding already.
    let Ok(listing) = Listing::fetch(http, &root).await else { return Ok(Vec::new()) };
    let project = match fetch(project).await {
        Ok(project) => project,
        Err(failure) => return Ok(vec![Finding::wrong("project", &failure.to_string())]),
    };
    let is_selected = |agent: &&ListedAgent| url.path() == "/" || agent.path == url.path();
    let agents: Vec<_> = listing.agents.iter().filter(is_selected).collect();
    Ok(findings(&agents, &project))
}

async fn fetch(project: Uuid) -> Result<Project, Failure> {
    let platform: PlatformClient = platform::client(platform::domain(Domain::EUROPE)?)?;
    let result = platform.project(project).await;
    result.map_err(|error| platform::request_failure(&platform, &format!("Project {project}"), &error))
}

fn findings(agents: &[&ListedAgent], project: &Project) -> Vec<Finding> {
    let stages: Vec<_> = project.stages().iter().filter(|stage| stage.stage_type == StageType::Agent).collect();
    let of_stages = agents.iter().filter_map(|agent| Some(stage_finding(agent, agent.stage.as_ref()?, &stages)));
    let of_stages: Vec<_> = of_stages.flatten().collect();
    let decides = |agent: &&&ListedAgent| agent.stage.is_none() && !agent.decisions.is_empty();
    let with_decisions: Vec<_> = agents.iter().filter(decides).collect();
    if !of_stages.is_empty() && (with_decisions.is_empty() || stages.is_empty()) {
        return of_stages;
    }
    if with_decisions.is_empty() {
        let found = "no agent lists decisions, so there is nothing to compare; decisions in free text are not listed";
        return vec![Finding::note("decisions", found)];
    }
    if stages.is_empty() {
        let found = format!("the workflow of {} has no agent stage, so decisions are not used", project.title);
        return vec![Finding::note("decisions", &found)];
    }
    of_stages.into_iter().chain(with_decisions.iter().flat_map(|agent| compare(agent, &stages))).collect()
}

/// Compares an agent with the stage that it works on.
fn stage_finding(agent: &ListedAgent, listed: &ListedStage, stages: &[&WorkflowStage]) -> Vec<Finding> {
    let what = format!("{} stage", agent.path);
    let is_named =
        |stage: &&&WorkflowStage| stage.title == listed.stage || Uuid::parse_str(&listed.stage) == Ok(stage.uuid);
    let Some(stage) = stages.iter().find(is_named) else {
        let titles: Vec<_> = stages.iter().map(|stage| quoted(&stage.title)).collect();
        let titles = if titles.is_empty() { "none".to_owned() } else { titles.join(", ") };
        let (name, wanted) = (&agent.name, quoted(&listed.stage));
        let found =
            format!("agent `{name}` works on stage {wanted}, which the workflow lacks; its agent stages: {titles}");
        return vec![Finding::wrong(what, &found)];
    };
    let named = [&listed.pathway, &listed.on_failure].into_iter().flatten();
    let is_unknown = |name: &&String| {
        let is_named = |pathway: &Pathway| pathway.title == **name || Uuid::parse_str(name) == Ok(pathway.uuid);
        !stage.pathways.iter().any(is_named)
    };
    let unknown: Vec<_> = named.chain(&agent.decisions).filter(is_unknown).collect();
    match unknown.as_slice() {
        [] => vec![Finding::ok(
            what,
            &format!("works on stage {}, which has every pathway it uses", quoted(&stage.title)),
        )],
        unknown => unknown.iter().map(|name| mismatch(&what, agent, name, stage)).collect(),
    }
}

/// Compares one agent with every agent stage. One match is enough, because the stage at which the agent runs is
/// unknown.
fn compare(agent: &ListedAgent, stages: &[&WorkflowStage]) -> Vec<Finding> {
    let what = format!("{} decisions", agent.path);
    let unknown = |stage: &WorkflowStage| -> Vec<&String> {
        agent
            .decisions
            .iter()
            .filter(|decision| !stage.pathways.iter().any(|pathway| pathway.title == **decision))
            .collect()
    };
    let matching: Vec<_> =
        stages.iter().filter(|stage| unknown(stage).is_empty()).map(|stage| quoted(&stage.title)).collect();
    if !matching.is_empty() {
        let (noun, titles) = (if matching.len() == 1 { "stage" } else { "stages" }, matching.join(", "));
        return vec![Finding::ok(what, &format!("every decision is a pathway of {noun} {titles}"))];
    }
    // The stages with the fewest mismatches are the most likely ones.
    let fewest = stages.iter().map(|stage| unknown(stage).len()).min().unwrap_or_default();
    let candidates = stages.iter().filter(|stage| unknown(stage).len() == fewest);
    candidates
        .flat_map(|stage| unknown(stage).into_iter().map(|decision| mismatch(&what, agent, decision, stage)))
        .collect()
}

fn mismatch(what: &str, agent: &ListedAgent, decision: &str, stage: &WorkflowStage) -> Finding {
    let titles: Vec<&str> = stage.pathways.iter().map(|pathway| pathway.title.as_str()).collect();
    let actual = match titles.as_slice() {
        [] => "which has no pathways".to_owned(),
        [one] => format!("which has only {}", quoted(one)),
        several => format!("which has {}", several.iter().map(|title| quoted(title)).collect::<Vec<_>>().join(", ")),
    };
    let suggestion =
        closest(decision, &titles).map(|title| format!(" Did you mean {}?", quoted(title))).unwrap_or_default();
    let found = format!(
        "agent `{}` can decide {}, which is not a pathway of stage {}, {actual}: the task fails.{suggestion}",
        agent.name,
        quoted(decision),
        quoted(&stage.title),
    );
    Finding::wrong(what, &found)
}

/// Returns the title that is most similar to the decision, if any. Ignores case, and treats `-` and `_` as spaces.
fn closest<'a>(decision: &str, titles: &[&'a str]) -> Option<&'a str> {
    let normalize = |text: &str| text.to_lowercase().replace(['-', '_'], " ").trim().to_owned();
    let decision = normalize(decision);
    let distance = |title: &str| strsim::damerau_levenshtein(&decision, &normalize(title));
    let closest = titles.iter().map(|title| (distance(title), *title)).min()?;
    (closest.0 <= (decision.chars().count() / 3).max(1)).then_some(closest.1)
}

fn quoted(title: &str) -> String {
    format!("`{title}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_similar_title() {
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

    /// Returns the findings about an agent of a stage, as text.
    fn of_stage(stage: &str, pathway: &str, decisions: &[&str]) -> Vec<String> {
        let agent = serde_json::json!({
            "name": "simplify", "path": "/simplify", "decisions": decisions,
            "stage": { "stage": stage, "pathway": pathway, "onFailure": "needs a human" }
        });
        let project = serde_json::json!({
            "uuid": "00000000-0000-0000-0000-000000000001", "title": "Pre-label", "stageType": "AGENT",
            "pathways": [
                { "uuid": "00000000-0000-0000-0000-000000000002", "title": "done" },
                { "uuid": "00000000-0000-0000-0000-000000000003", "title": "needs a human" }
            ]
        });
        let agent: ListedAgent = serde_json::from_value(agent).unwrap();
        let of_project: WorkflowStage = serde_json::from_value(project).unwrap();
        let findings = stage_finding(&agent, agent.stage.as_ref().unwrap(), &[&of_project]);
        findings.iter().map(|finding| format!("{finding:?}")).collect()
    }

    #[test]
    fn agent_of_a_stage_is_compared_with_it() {
        for stage in ["Pre-label", "00000000-0000-0000-0000-000000000001"] {
            let findings = of_stage(stage, "done", &["done"]);
            assert!(findings.len() == 1 && findings[0].contains("has every pathway"), "{findings:?}");
        }
        let missing = of_stage("Prelabel", "done", &[]);
        assert!(
            missing[0].contains("`Prelabel`") && missing[0].contains("its agent stages: `Pre-label`"),
            "{missing:?}"
        );
        let unknown = of_stage("Pre-label", "finished", &["don"]);
        assert!(
            unknown.len() == 2 && unknown[0].contains("`finished`") && unknown[1].contains("mean `done`"),
            "{unknown:?}"
        );
    }
}
