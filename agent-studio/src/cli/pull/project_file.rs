//! Generation of `project.toml`.

use std::fmt::Write as _;

use agent_platform::client::{Project, StageType, WorkflowStage};

use super::remote::{Files, Remote};
use crate::clock::Moment;
use crate::raw_json::quoted;

/// Returns the part about the project and its workflow.
pub(super) fn project_section(remote: &Remote) -> String {
    let Remote { project, listing, item, .. } = remote;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let mut line = |key: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(out, "{key} = {}", toml_string(value));
        }
    };
    line("title", Some(if project.title.is_empty() { "Without a title" } else { &project.title }));
    line("description", project.description.as_deref());
    line("owner", project.creator_email.as_deref());
    line("project_hash", Some(&project.project_hash.to_string()));
    line("ontology_hash", is_uuid(Some(&project.ontology_hash)));
    line("dataset_hash", is_uuid(listing.dataset_hash.as_deref()));
    line("dataset_title", listing.dataset_title.as_deref());
    line("folder", Some(&item.parent.to_string()));
    line("created_at", project.created_at.as_deref().filter(|time| Moment::parse(time).is_some()));
    for (stage, title) in stages(project) {
        out.push_str(&stage_section(project, stage, &title));
    }
    out
}

/// Returns the tables of the data unit and its files.
pub(super) fn data_sections(remote: &Remote, files: &Files<'_>) -> String {
    let mut out = String::new();
    let mut section = |path: &str, data_hash: &str, item: uuid::Uuid| {
        let _ =
            write!(out, "\n[data.{}]\ndata_hash = {}\nitem = \"{item}\"\n", toml_string(path), toml_string(data_hash));
    };
    if !matches!(files.media.as_slice(), [only] if only.data_hash == remote.listing.data_hash) {
        section(&files.name, &remote.listing.data_hash, remote.item.uuid);
    }
    for file in &files.media {
        section(file.path.trim_start_matches("data/"), file.data_hash, file.item.uuid);
    }
    out
}

/// Returns the stages that project folders support, each with a unique title.
pub(super) fn stages(project: &Project) -> Vec<(&WorkflowStage, String)> {
    use StageType::{Agent, Annotation, ConsensusAnnotation, ConsensusReview, Done, Review};
    let mut stages: Vec<(&WorkflowStage, String)> = Vec::new();
    for stage in project.stages() {
        if !matches!(stage.stage_type, Agent | Annotation | ConsensusAnnotation | ConsensusReview | Done | Review) {
            continue;
        }
        let mut title = stage.title.clone();
        while stages.iter().any(|(_, taken)| *taken == title) {
            title.push('\'');
        }
        stages.push((stage, title));
    }
    stages
}

fn stage_section(project: &Project, stage: &WorkflowStage, title: &str) -> String {
    let (kind, uuid) = (stage.stage_type.as_str(), stage.uuid);
    let mut out = format!("\n[[stage]]\ntitle = {}\nkind = \"{kind}\"\nuuid = \"{uuid}\"\n", toml_string(title));
    let all = stages(project);
    let pathways = stage.pathways.iter().filter_map(|pathway| {
        let (_, to) = all.iter().find(|(other, _)| Some(other.uuid) == pathway.destination_uuid)?;
        let (title, to) = (toml_string(&pathway.title), toml_string(to));
        Some(format!("    {{ title = {title}, to = {to}, uuid = \"{}\" }},\n", pathway.uuid))
    });
    let pathways: String = pathways.collect();
    if !pathways.is_empty() {
        let _ = write!(out, "pathways = [\n{pathways}]\n");
    }
    out
}

/// Encodes a TOML string. TOML escapes the same characters as JSON, and U+007F in addition.
fn toml_string(value: &str) -> String {
    quoted(value).replace('\u{7f}', "\\u007F")
}

fn is_uuid(hash: Option<&str>) -> Option<&str> {
    hash.filter(|hash| hash.parse::<uuid::Uuid>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::toml_string;

    #[test]
    fn strings_round_trip_through_toml() {
        for value in ["plain", "with \"quotes\" and \\", "a\nb\tc\r\u{8}\u{c}\u{1}", "ü 😀 \u{7f}", "#=[]{}'"] {
            let table: toml::Table =
                toml::from_str(&format!("key = {}\n[data.{}]", toml_string(value), toml_string(value))).unwrap();
            assert_eq!(table["key"].as_str(), Some(value));
            assert!(table["data"].get(value).is_some(), "{value}");
        }
    }
}
