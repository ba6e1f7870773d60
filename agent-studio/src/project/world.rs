//! The mutable state of a project: data units, storage items, tasks and label rows.

use std::collections::{BTreeSet, HashMap, HashSet};

use agent_platform::json::JsonDocument;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::clock::{Moment, TimestampResolution};
use crate::media::{MediaFacts, MediaKind};
use crate::raw_json::{Members, quoted, string_of};

use super::data::{DEFAULT_PRIORITY, Data, Image, StoredRow, TaskStatus};
use super::identity::{Identity, derived, image_hash};
use super::item::Item;
use super::open_error::OpenError;
use super::refusal::check_branch;
use super::source::{DataSource, ImageSource, Media};

/// The mutable state of a project. Cloning is cheap, because documents are shared.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    /// Data units in the order of the listing.
    pub(crate) data: Vec<Data>,
    by_hash: HashMap<String, usize>,
    /// Index of the data unit and branch, by label hash.
    by_label: HashMap<String, (usize, String)>,
    pub(crate) items: HashMap<Uuid, Item>,
    by_task: HashMap<Uuid, usize>,
    /// Positions of the data units whose tasks are in a stage.
    by_stage: HashMap<Uuid, BTreeSet<usize>>,
    /// Names of the issue tags that are linked to the project.
    pub(crate) issue_tags: BTreeSet<String>,
    /// The state before a transaction that is under way; `None` without one.
    undo: Option<Vec<Before>>,
}

/// A part of the state before a transaction has changed it.
#[derive(Debug, Clone)]
enum Before {
    Data(usize, Box<Data>),
    Item(Box<Item>),
    IssueTags(BTreeSet<String>),
}

impl World {
    /// Adds a data unit with its items, task and label rows.
    ///
    /// # Errors
    /// A label row is invalid, the stage is unknown, or a hash is a duplicate.
    pub(crate) fn add(&mut self, identity: &Identity, source: &DataSource) -> Result<(), OpenError> {
        let problem = |problem: String| OpenError::Data { title: source.title.clone(), problem };
        let data = build_data(identity, source).map_err(problem)?;
        if self.by_hash.contains_key(&data.hash) {
            return Err(problem(format!("its data hash {} is already used", data.hash)));
        }
        for item in items(identity, source, &data) {
            self.items.insert(item.uuid, item);
        }
        let index = self.data.len();
        self.by_hash.insert(data.hash.clone(), index);
        self.by_task.insert(data.task, index);
        self.by_stage.entry(data.stage).or_default().insert(index);
        for (branch, row) in &data.rows {
            if self.by_label.insert(row.label_hash.clone(), (index, branch.clone())).is_some() {
                return Err(problem(format!("its label hash {} is already used", row.label_hash)));
            }
        }
        self.data.push(data);
        Ok(())
    }

    pub(crate) fn data(&self, hash: &str) -> Option<&Data> {
        self.by_hash.get(hash).and_then(|index| self.data.get(*index))
    }

    pub(crate) fn data_mut(&mut self, hash: &str) -> Option<&mut Data> {
        self.change_data(*self.by_hash.get(hash)?)
    }

    /// Returns the positions of data units, in the order of the listing.
    pub(super) fn positions(&self, hashes: &[String]) -> Vec<usize> {
        let mut positions: Vec<_> = hashes.iter().filter_map(|hash| self.by_hash.get(hash).copied()).collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// Begins a transaction: changes can be rolled back. A copy of the whole state would make a change as slow as the project is large.
    pub(super) fn begin(&mut self) {
        self.undo = Some(Vec::new());
    }

    /// Ends the transaction, and keeps its changes.
    pub(super) fn commit(&mut self) {
        for before in self.undo.take().unwrap_or_default() {
            let Before::Data(index, before) = before else { continue };
            self.index_stage(index, before.stage);
        }
    }

    /// Returns the data units that the current transaction may have changed.
    pub(super) fn changed_data(&self) -> impl Iterator<Item = &Data> {
        let indexes = self.undo.iter().flatten().filter_map(|before| match before {
            Before::Data(index, _) => Some(*index),
            _ => None,
        });
        let indexes: HashSet<_> = indexes.collect();
        indexes.into_iter().map(|index| &self.data[index])
    }

    /// Returns the storage items that the current transaction may have changed.
    pub(super) fn changed_items(&self) -> impl Iterator<Item = &Item> {
        self.undo.iter().flatten().filter_map(|before| match before {
            Before::Item(item) => self.items.get(&item.uuid),
            _ => None,
        })
    }

    /// Returns whether the current transaction may have changed the issue tags.
    pub(super) fn has_changed_issue_tags(&self) -> bool {
        self.undo.iter().flatten().any(|before| matches!(before, Before::IssueTags(_)))
    }

    /// Ends the transaction, and undoes its changes.
    pub(super) fn roll_back(&mut self) {
        for before in self.undo.take().unwrap_or_default().into_iter().rev() {
            match before {
                Before::Data(index, data) => self.data[index] = *data,
                Before::Item(item) => drop(self.items.insert(item.uuid, *item)),
                Before::IssueTags(tags) => self.issue_tags = tags,
            }
        }
    }

    fn change_data(&mut self, index: usize) -> Option<&mut Data> {
        let data = self.data.get_mut(index)?;
        if let Some(undo) = &mut self.undo {
            undo.push(Before::Data(index, Box::new(data.clone())));
        }
        Some(data)
    }

    pub(super) fn item_mut(&mut self, item: Uuid) -> Option<&mut Item> {
        let item = self.items.get_mut(&item)?;
        if let Some(undo) = &mut self.undo {
            undo.push(Before::Item(Box::new(item.clone())));
        }
        Some(item)
    }

    pub(super) fn issue_tags_mut(&mut self) -> &mut BTreeSet<String> {
        if let Some(undo) = &mut self.undo {
            undo.push(Before::IssueTags(self.issue_tags.clone()));
        }
        &mut self.issue_tags
    }

    pub(super) fn data_of_issue(&mut self, issue: Uuid) -> Option<&mut Data> {
        let has_issue = |data: &Data| data.issues.iter().any(|one| one.uuid == issue);
        self.change_data(self.data.iter().position(has_issue)?)
    }

    /// Sets the stage of a data unit's task, outside of transactions.
    pub(super) fn set_stage(&mut self, index: usize, stage: Uuid) {
        let before = std::mem::replace(&mut self.data[index].stage, stage);
        self.index_stage(index, before);
    }

    /// Updates the index after a change of a task's stage.
    fn index_stage(&mut self, index: usize, before: Uuid) {
        if let Some(positions) = self.by_stage.get_mut(&before) {
            positions.remove(&index);
        }
        self.by_stage.entry(self.data[index].stage).or_default().insert(index);
    }

    /// Returns the data units whose tasks are in a stage, from a position on.
    pub(super) fn data_in_stage(&self, stage: Uuid, from: usize) -> impl Iterator<Item = &Data> {
        let positions = self.by_stage.get(&stage).into_iter().flat_map(move |positions| positions.range(from..));
        positions.map(|position| &self.data[*position])
    }

    pub(super) fn position_of_task(&self, task: Uuid) -> Option<usize> {
        self.by_task.get(&task).copied()
    }

    pub(crate) fn data_of_task(&mut self, task: Uuid) -> Option<&mut Data> {
        self.change_data(*self.by_task.get(&task)?)
    }

    /// Returns the data unit of a label row, and the row.
    pub(crate) fn row(&self, label_hash: &str) -> Option<(&Data, &StoredRow)> {
        let (index, branch) = self.by_label.get(label_hash)?;
        let data = self.data.get(*index)?;
        Some((data, data.rows.get(branch)?))
    }

    /// Returns the data unit of a label row, and its branch.
    pub(crate) fn locate(&self, label_hash: &str) -> Option<(&Data, &str)> {
        let (index, branch) = self.by_label.get(label_hash)?;
        Some((self.data.get(*index)?, branch))
    }

    pub(crate) fn data_of_row(&mut self, label_hash: &str) -> Option<&mut Data> {
        let (index, _) = self.by_label.get(label_hash)?;
        self.change_data(*index)
    }

    /// Inserts or replaces the label row of a data unit on a branch.
    pub(crate) fn set_row(&mut self, data_hash: &str, branch: &str, row: StoredRow) {
        let Some(index) = self.by_hash.get(data_hash).copied() else { return };
        let Some(data) = self.data.get_mut(index) else { return };
        if let Some(old) = data.rows.get(branch)
            && old.label_hash != row.label_hash
        {
            self.by_label.remove(&old.label_hash);
        }
        self.by_label.insert(row.label_hash.clone(), (index, branch.to_owned()));
        data.rows.insert(branch.to_owned(), row);
    }

    /// Updates the edit times of rows that were changed without a new time, as by a text editor, so that clients can
    /// detect the change.
    pub(crate) fn update_edit_times(&mut self, earlier: &Self) {
        for data in &mut self.data {
            for (branch, row) in &mut data.rows {
                let before = earlier.data(&data.hash).and_then(|data| data.rows.get(branch));
                let Some(before) = before else { continue };
                if before.document != row.document && before.edited_text == row.edited_text {
                    let earlier = before.edited.unwrap_or_else(Moment::now);
                    row.set_edited(Moment::after(earlier, TimestampResolution::default()));
                }
            }
        }
    }

    /// Returns the names of all branches, sorted.
    pub(crate) fn branches(&self) -> Vec<String> {
        let mut names: Vec<String> = self.data.iter().flat_map(|data| data.rows.keys().cloned()).collect();
        names.push(super::data::MAIN.to_owned());
        names.sort();
        names.dedup();
        names
    }
}

impl StoredRow {
    /// Sets the time of the last edit.
    fn set_edited(&mut self, edited: Moment) {
        let Ok(mut document) = JsonDocument::parse(&self.document) else { return };
        let root = document.root();
        let Ok(Some(old)) = document.member(root, "last_edited_at") else { return };
        if document.replace(old, &quoted(&edited.legacy())).is_err() {
            return;
        }
        self.document = document.to_json().into();
        self.edited = Some(edited);
        self.edited_text = Some(edited.legacy());
    }

    /// Parses the document of a label row.
    ///
    /// # Errors
    /// A description of the problem.
    pub(crate) fn parse(document: String) -> Result<Self, String> {
        let members = Members::parse(&document).map_err(|error| format!("it is not a JSON object: {error}"))?;
        let text = |key: &str| members.value(key).and_then(string_of).map(String::from);
        let row = Self {
            label_hash: text("label_hash").ok_or("it has no label_hash")?,
            edited: text("last_edited_at").as_deref().and_then(Moment::parse),
            created_text: text("created_at"),
            edited_text: text("last_edited_at"),
            status: text("label_status").unwrap_or_else(|| "LABEL_IN_PROGRESS".to_owned()),
            is_valid: members.get("is_valid").is_none_or(|valid| valid.get() != "false"),
            document: "".into(),
        };
        for key in ["data_units", "object_answers", "classification_answers", "object_actions"] {
            let object = members.value(key).map(RawValue::get).ok_or_else(|| format!("it has no {key}"))?;
            Members::parse(object).map_err(|_| format!("its {key} is not an object"))?;
        }
        Ok(Self { document: document.into(), ..row })
    }
}

/// Creates the data unit of a description.
fn build_data(identity: &Identity, source: &DataSource) -> Result<Data, String> {
    let hash = source.data_hash.clone().unwrap_or_else(|| identity.data_hash(&source.title));
    let stage = match &source.stage {
        Some(title) => {
            let stage = identity.workflow.stage_by_title(title);
            stage.ok_or_else(|| format!("unknown stage {title}"))?.uuid
        }
        None => identity.workflow.first().ok_or("the workflow has no stages")?,
    };
    let mut rows = std::collections::BTreeMap::new();
    for (branch, document) in &source.label_rows {
        check_branch(branch).map_err(|refusal| refusal.to_string())?;
        let row =
            StoredRow::parse(document.clone()).map_err(|problem| format!("its label row on {branch}: {problem}"))?;
        rows.insert(branch.clone(), row);
    }
    let images: Vec<_> = source.images.iter().map(|image| build_image(identity, source, &hash, image)).collect();
    let is_duplicate = |(at, image): &(usize, &Image)| images[..*at].iter().any(|other| other.hash == image.hash);
    if let Some((_, duplicate)) = images.iter().enumerate().find(is_duplicate) {
        return Err(format!("there are two images {}", duplicate.title));
    }
    Ok(Data {
        images,
        task: derived(&hash, "task"),
        item: source.item.unwrap_or_else(|| identity.item(&source.title)),
        title: source.title.clone(),
        kind: source.kind.unwrap_or(MediaKind::Image),
        facts: facts(source),
        listing: source.listing.clone(),
        stage,
        task_changed: identity.created,
        status: TaskStatus::New,
        assignee: None,
        priority: source.priority.unwrap_or(DEFAULT_PRIORITY),
        last_actioned_by: None,
        issues: Vec::new(),
        rows,
        hash,
    })
}

/// Returns the properties of the media, completed from the listing entry.
fn facts(source: &DataSource) -> MediaFacts {
    let listing = source.listing.as_deref().and_then(|listing| Members::parse(listing).ok()).unwrap_or_default();
    let number = |key: &str| listing.value(key).and_then(|value| value.get().parse::<u64>().ok());
    let facts = source.facts.clone();
    MediaFacts {
        frames: facts.frames.or_else(|| number("number_of_frames")),
        width: facts.width.or_else(|| number("width")),
        height: facts.height.or_else(|| number("height")),
        ..facts
    }
}

fn build_image(identity: &Identity, source: &DataSource, group: &str, image: &ImageSource) -> Image {
    let key = format!("{}/{}", source.title, image.title);
    Image {
        hash: image.image_hash.clone().unwrap_or_else(|| image_hash(group, &image.title)),
        title: image.title.clone(),
        item: image.item.unwrap_or_else(|| identity.item(&key)),
        facts: image.facts.clone(),
    }
}

/// Returns the storage items of a data unit and of its images.
fn items(identity: &Identity, source: &DataSource, data: &Data) -> Vec<Item> {
    let item =
        |uuid, kind, name: &str, key: String, facts: &MediaFacts, media: &Media, metadata: &Option<String>| Item {
            uuid,
            kind,
            name: name.to_owned(),
            key,
            description: String::new(),
            facts: facts.clone(),
            size: media.size(),
            media: media.clone(),
            metadata: metadata.clone().unwrap_or_else(|| "{}".to_owned()),
            children: Vec::new(),
            edited: identity.created,
        };
    let own = item(
        data.item,
        data.kind,
        &data.title,
        data.title.clone(),
        &data.facts,
        &source.media,
        &source.client_metadata,
    );
    let children = data.images.iter().map(|image| image.item).collect();
    let mut items = vec![Item { children, ..own }];
    for (image, described) in data.images.iter().zip(&source.images) {
        let key = format!("{}/{}", data.title, image.title);
        let metadata = &described.client_metadata;
        items.push(item(image.item, MediaKind::Image, &image.title, key, &image.facts, &described.media, metadata));
    }
    items
}

impl Media {
    /// Returns the size in bytes, if there is content.
    fn size(&self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::File(path) | Self::Within { path, .. } => std::fs::metadata(path).ok().map(|metadata| metadata.len()),
        }
    }
}
