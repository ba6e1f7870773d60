//! Content of `state.json`: changed stages, priorities, names, client metadata and issues.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::clock::Moment;

use super::super::data::{Data, TaskStatus};
use super::super::identity::Identity;
use super::super::issue::Issue;
use super::super::item::Item;
use super::super::world::World;

/// Content of `state.json`, by path below `data/`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    #[serde(default)]
    tasks: BTreeMap<String, TaskState>,
    #[serde(default)]
    items: BTreeMap<String, ItemState>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    issues: BTreeMap<String, Vec<Issue>>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    issue_tags: BTreeSet<String>,
}

/// The entries that a transaction changed, as a line of `state-changes.jsonl`. Entries are complete, so that applying a change
/// twice has no effect.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateChange {
    /// `None` for an entry that was removed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tasks: BTreeMap<String, Option<TaskState>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    items: BTreeMap<String, Option<ItemState>>,
    /// Empty for an entry that was removed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    issues: BTreeMap<String, Vec<Issue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issue_tags: Option<BTreeSet<String>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaskState {
    /// Title of the stage.
    stage: String,
    priority: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<TaskStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignee: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemState {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_metadata: Option<Box<RawValue>>,
    edited_at: String,
}

impl State {
    /// Collects the changes in a world.
    pub(super) fn from_world(world: &World, identity: &Identity) -> Self {
        let tasks =
            world.data.iter().filter_map(|data| Some((data.title.clone(), TaskState::from_data(data, identity)?)));
        let items =
            world.items.values().filter_map(|item| Some((item.key.clone(), ItemState::from_item(item, identity)?)));
        let issues = world.data.iter().filter(|data| !data.issues.is_empty());
        Self {
            tasks: tasks.collect(),
            items: items.collect(),
            issues: issues.map(|data| (data.title.clone(), data.issues.clone())).collect(),
            issue_tags: world.issue_tags.clone(),
        }
    }

    /// Applies a later change.
    pub(super) fn merge(&mut self, change: StateChange) {
        merge(&mut self.tasks, change.tasks);
        merge(&mut self.items, change.items);
        let issues =
            change.issues.into_iter().map(|(title, issues)| (title, Some(issues).filter(|all| !all.is_empty())));
        merge(&mut self.issues, issues);
        self.issue_tags = change.issue_tags.unwrap_or_else(|| std::mem::take(&mut self.issue_tags));
    }

    /// Applies the changes to a world. Entries of missing files are ignored, because the files may come back.
    pub(super) fn apply(self, world: &mut World, identity: &Identity) -> Result<(), String> {
        world.issue_tags = self.issue_tags;
        for index in 0..world.data.len() {
            let data = &mut world.data[index];
            data.issues = self.issues.get(&data.title).cloned().unwrap_or_default();
            let Some(task) = self.tasks.get(&data.title) else { continue };
            let stage = identity.workflow.stage_by_title(&task.stage);
            let stage = stage.ok_or_else(|| format!("{} is in an unknown stage: {}", data.title, task.stage))?.uuid;
            data.priority = task.priority;
            data.last_actioned_by = task.changed_by.clone();
            data.status = task.status.unwrap_or_default();
            data.assignee = task.assignee.clone();
            data.task_changed = task.changed_at.as_deref().and_then(Moment::parse).unwrap_or(data.task_changed);
            world.set_stage(index, stage);
        }
        for item in world.items.values_mut() {
            let Some(state) = self.items.get(&item.key) else { continue };
            item.name = state.name.clone().unwrap_or_else(|| item.name.clone());
            item.description = state.description.clone();
            if let Some(metadata) = &state.client_metadata {
                item.metadata = crate::raw_json::compact(metadata.get());
            }
            item.edited = Moment::parse(&state.edited_at).unwrap_or(item.edited);
        }
        Ok(())
    }
}

fn merge<T>(state: &mut BTreeMap<String, T>, changes: impl IntoIterator<Item = (String, Option<T>)>) {
    for (key, entry) in changes {
        match entry {
            Some(entry) => drop(state.insert(key, entry)),
            None => drop(state.remove(&key)),
        }
    }
}

impl StateChange {
    /// Collects the entries that the current transaction of a world may have changed.
    pub(super) fn from_transaction(world: &World, identity: &Identity) -> Self {
        let mut change = Self::default();
        for data in world.changed_data() {
            change.tasks.insert(data.title.clone(), TaskState::from_data(data, identity));
            change.issues.insert(data.title.clone(), data.issues.clone());
        }
        for item in world.changed_items() {
            change.items.insert(item.key.clone(), ItemState::from_item(item, identity));
        }
        change.issue_tags = world.has_changed_issue_tags().then(|| world.issue_tags.clone());
        change
    }
}

impl TaskState {
    fn from_data(data: &Data, identity: &Identity) -> Option<Self> {
        let moved = data.last_actioned_by.is_some();
        if !moved && data.priority.to_bits() == super::super::data::DEFAULT_PRIORITY.to_bits() {
            return None;
        }
        Some(Self {
            stage: identity.workflow.stage(data.stage)?.title.clone(),
            priority: data.priority,
            changed_at: moved.then(|| data.task_changed.iso()),
            changed_by: data.last_actioned_by.clone(),
            status: Some(data.status).filter(|status| *status != TaskStatus::New),
            assignee: data.assignee.clone(),
        })
    }
}

impl ItemState {
    fn from_item(item: &Item, identity: &Identity) -> Option<Self> {
        if item.edited == identity.created {
            return None;
        }
        let first_name = item.key.rsplit('/').next().unwrap_or_default();
        Some(Self {
            name: (item.name != first_name).then(|| item.name.clone()),
            description: item.description.clone(),
            client_metadata: RawValue::from_string(item.metadata.clone())
                .ok()
                .filter(|metadata| metadata.get() != "{}"),
            edited_at: item.edited.iso(),
        })
    }
}
