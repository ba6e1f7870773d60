//! Findings as issues of the platform.
//!
//! An issue is recognized by a marker at the end of its first comment, `[agent PATH KEY]`. The key is a digest of text and place.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use agent_platform::client::{Issue, IssueAnchor, IssueFrames, IssueType, NewIssue, PlatformClient};
use agent_platform::hash::ProjectHash;
use agent_platform::labels::Ranges;
use uuid::Uuid;

use super::Report;
use super::finding::{Finding, Severity};
use crate::call::EditorCall;
use crate::definition::FindingsTarget;
use crate::error::AgentError;
use crate::platform::Connection;
use crate::response::Reply;

/// Maximum time for reading, creating and deleting issues.
const ISSUES_TIMEOUT: Duration = Duration::from_secs(10);

/// Time for the issues of a call whose deadline is near.
const MIN_ISSUES_TIMEOUT: Duration = Duration::from_millis(200);

impl Report {
    /// Creates and deletes issues, if the agent or the server has `issues` as the target of findings. Returns another response if
    /// that fails.
    pub(super) async fn publish(self, call: &EditorCall) -> Option<Reply> {
        let target = call.definition().findings.or_else(|| call.states().get()).unwrap_or_default();
        if target != FindingsTarget::Issues || call.is_dry_run() {
            return None;
        }
        // The changes of the agent are saved: the call does not fail any more. A deadline waits for the guard.
        let _committing = call.commit();
        let left = call.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let time = left.map_or(ISSUES_TIMEOUT, |left| left.clamp(MIN_ISSUES_TIMEOUT, ISSUES_TIMEOUT));
        let late = || AgentError::complaint("The platform did not answer in time.");
        let outcome = tokio::time::timeout(time, self.synchronize(call)).await.unwrap_or_else(|_| Err(late()));
        let (agent, trace) = (call.agent(), call.trace().id().as_str());
        match outcome {
            Ok(Changes { created, deleted }) => {
                tracing::info!(agent, trace, created, deleted, "findings are issues");
                None
            }
            Err(error) => {
                let (said, cause) = (error.message(), error.chain());
                tracing::warn!(agent, trace, said, cause, "the findings could not be turned into issues");
                let problem = format!("Not all findings are issues: {}", error.message());
                self.reply(Some(&problem)).ok()
            }
        }
    }

    /// Creates missing issues, then deletes those of findings that are gone.
    async fn synchronize(&self, call: &EditorCall) -> Result<Changes, AgentError> {
        let payload = call.payload()?;
        let (project, data) = (payload.project_hash, payload.data_hash);
        let connection = Connection::for_call(call)?;
        let client = connection.client(call);
        // Two calls at once would create the same issues twice.
        let _lock = connection.issues.lock((project, data, Some(call.definition().path))).await;
        let listed = client.issues(project, data).await?;
        let plan = Plan::new(self, call.definition().path, &listed);
        if !plan.create.is_empty() {
            client.create_issues(project, data, &plan.create).await?;
        }
        // Issues of annotations need other rights, so they have a request of their own.
        delete(&client, project, &plan.delete_general).await?;
        delete(&client, project, &plan.delete_annotations).await?;
        Ok(Changes { created: plan.create.len(), deleted: plan.delete_general.len() + plan.delete_annotations.len() })
    }
}

async fn delete(client: &PlatformClient, project: ProjectHash, issues: &[Uuid]) -> Result<(), AgentError> {
    if !issues.is_empty() {
        client.delete_issues(project, issues).await?;
    }
    Ok(())
}

struct Changes {
    created: usize,
    deleted: usize,
}

/// The changes that make the issues of a data unit those of the findings.
#[derive(Debug, Default)]
struct Plan {
    create: Vec<NewIssue>,
    delete_general: Vec<Uuid>,
    delete_annotations: Vec<Uuid>,
}

impl Plan {
    fn new(report: &Report, path: &str, listed: &[Issue]) -> Self {
        let known: Vec<_> = listed.iter().filter_map(|issue| Some((issue, key_of(issue, path)?))).collect();
        // Also issues that somebody resolved: the same finding is not reported again.
        let mut seen: HashSet<u64> = known.iter().map(|(_, key)| *key).collect();
        let mut plan = Self::default();
        let mut found = HashSet::new();
        for finding in &report.list {
            let key = key(finding);
            found.insert(key);
            if seen.insert(key) {
                plan.create.push(new_issue(finding, path, key));
            }
        }
        for (issue, key) in known {
            // A reply or a resolution is somebody's work.
            let is_ours_alone = issue.comments.len() == 1 && issue.resolutions.is_empty();
            if found.contains(&key) || !is_ours_alone || !was_checked(issue, report.checked.as_ref()) {
                continue;
            }
            match issue.issue_type {
                Some(IssueType::Annotation) => plan.delete_annotations.push(issue.uuid),
                _ => plan.delete_general.push(issue.uuid),
            }
        }
        plan
    }
}

/// Returns `true` if the agent has checked all frames that an issue is about.
fn was_checked(issue: &Issue, checked: Option<&Ranges>) -> bool {
    let Some(checked) = checked else { return true };
    let ranges = issue.frames.iter().map(|range| range.start..=range.end);
    let frames: Ranges = issue.frame.map(|frame| frame..=frame).into_iter().chain(ranges).collect();
    !frames.is_empty() && frames.difference(checked).is_empty()
}

fn new_issue(finding: &Finding, path: &str, key: u64) -> NewIssue {
    let severity = match finding.severity() {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Note",
    };
    let ranges = finding.frames();
    let first = ranges.first().unwrap_or(0);
    let anchor = match (finding.object(), finding.point()) {
        (_, Some((x, y))) => IssueAnchor::Coordinate { frame: first, x, y },
        (Some(object), None) => IssueAnchor::Annotation {
            annotation: object.to_string(),
            frames: ranges.iter().map(|range| IssueFrames { start: range.start, end: range.end }).collect(),
        },
        (None, None) if ranges.is_empty() => IssueAnchor::DataUnit,
        (None, None) => IssueAnchor::Frame { frame: first },
    };
    // The platform does not accept an issue of several frames without an annotation.
    let is_cut = matches!(anchor, IssueAnchor::Frame { .. } | IssueAnchor::Coordinate { .. }) && ranges.count() > 1;
    let frames = if is_cut { format!(" (frames {ranges})") } else { String::new() };
    let text = finding.text().trim();
    NewIssue::new(anchor, format!("{severity}: {text}{frames}\n\n{}", marker(path, key)))
}

/// Returns the text by which an agent recognizes its issues.
fn marker(path: &str, key: u64) -> String {
    format!("[agent {path} {key:016x}]")
}

/// Returns the key of an issue, if this agent created it.
fn key_of(issue: &Issue, path: &str) -> Option<u64> {
    let (_, marker) = issue.comments.first()?.content.trim_end().strip_suffix(']')?.rsplit_once("[agent ")?;
    let (agent, key) = marker.rsplit_once(' ')?;
    let key = u64::from_str_radix(key, 16).ok()?;
    (agent == path).then_some(key)
}

/// Returns a digest of text and place, equal in every process: 64-bit FNV-1a.
fn key(finding: &Finding) -> u64 {
    let object = finding.object().map(ToString::to_string).unwrap_or_default();
    let point = finding.point().map(|(x, y)| format!("{x:.4} {y:.4}")).unwrap_or_default();
    let identity = format!("{}\n{object}\n{}\n{point}", finding.text().trim(), finding.frames());
    identity.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
