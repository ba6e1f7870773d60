//! A loaded project: reads see the last committed change, and changes are serialized.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use agent_platform::ontology::{Ontology, OntologyError};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::clock::{Moment, TimestampResolution};
use crate::raw_json::Members;

use super::data::StoredRow;
use super::identity::Identity;
use super::item::Item;
use super::listing::entry;
use super::listing_filter::ListingFilter;
use super::new_row;
use super::open_error::OpenError;
use super::read::{ReadOptions, is_unmodified, render};
use super::refusal::{Refusal, check_branch};
use super::save::apply_save;
use super::source::ProjectSource;
use super::store::{InMemory, Store};
use super::world::World;

/// A loaded project.
pub(crate) struct Project {
    pub(crate) identity: Identity,
    pub(crate) ontology: Arc<Ontology>,
    /// The ontology's structure, as JSON.
    pub(crate) structure: String,
    /// Description of the ontology.
    pub(crate) ontology_description: String,
    timestamps: TimestampResolution,
    world: RwLock<World>,
    /// State at the start of a project in memory.
    initial: Option<World>,
    /// Held while a change is validated, written and committed.
    change_lock: Mutex<()>,
    pub(super) store: Box<dyn Store>,
}

impl Project {
    /// Creates a project in memory.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub(crate) fn in_memory(source: &ProjectSource) -> Result<Self, OpenError> {
        let mut project = Self::new(Identity::from_source(source), source, Box::new(InMemory))?;
        let initial = project.world().clone();
        project.initial = Some(initial);
        Ok(project)
    }

    pub(crate) fn new(identity: Identity, source: &ProjectSource, store: Box<dyn Store>) -> Result<Self, OpenError> {
        let parsed = Ontology::parse(source.ontology.as_str());
        if !matches!(parsed, Err(OntologyError::Json(_))) && Members::parse(&source.ontology).is_err() {
            return Err(OpenError::NoOntology);
        }
        let ontology = parsed?;
        let structure = structure(&source.ontology);
        let world = load_world(&identity, source, store.as_ref())?;
        Ok(Self {
            identity,
            ontology: Arc::new(ontology),
            structure,
            ontology_description: description(&source.ontology),
            timestamps: TimestampResolution::default(),
            world: RwLock::new(world),
            initial: None,
            change_lock: Mutex::new(()),
            store,
        })
    }

    /// Sets the resolution of `last_edited_at` of label rows.
    pub(crate) fn with_timestamps(mut self, resolution: TimestampResolution) -> Self {
        self.timestamps = resolution;
        self
    }

    /// Returns the ontology as a JSON document: its structure, with its description if it has one.
    pub(crate) fn ontology_document(&self) -> String {
        if self.ontology_description.is_empty() {
            return self.structure.clone();
        }
        // Text always serializes.
        let description = serde_json::to_string(&self.ontology_description).unwrap_or_default();
        format!("{{\"description\": {description}, \"editor\": {}}}", self.structure)
    }

    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Restores the state at the start of a project in memory. A project in a folder keeps its state.
    pub(crate) fn reset(&self) {
        if let Some(initial) = &self.initial {
            let _guard = self.lock_changes();
            *self.world_mut() = initial.clone();
        }
    }

    pub(super) fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn lock_changes(&self) -> MutexGuard<'_, ()> {
        self.change_lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the entries of a listing, as JSON. `metadata_url` creates the URL of an item's client metadata.
    ///
    /// # Errors
    /// A time in the filter is invalid, or the branch name is empty.
    pub(crate) fn listing(
        &self,
        filter: &ListingFilter,
        metadata_url: impl Fn(Uuid) -> Option<String>,
    ) -> Result<Vec<String>, Refusal> {
        filter.branch_name.as_deref().map_or(Ok(()), check_branch)?;
        let world = self.world();
        let wanted: Vec<_> = match &filter.data_hashes {
            Some(hashes) => hashes.iter().filter_map(|hash| world.data(hash)).collect(),
            None => world.data.iter().collect(),
        };
        let mut entries = Vec::with_capacity(wanted.len());
        for data in wanted {
            for branch in filter.branches(data) {
                let matches = filter.matches(&self.identity, data, branch).map_err(|_| Refusal::InvalidDate)?;
                if let Some(item) = world.items.get(&data.item).filter(|_| matches) {
                    let url = filter.client_metadata_as_signed_url.then(|| metadata_url(data.item)).flatten();
                    entries.push(entry(&self.identity, data, item, branch, filter, url));
                }
            }
        }
        Ok(entries)
    }

    /// Returns label rows, as JSON. `signed` creates the signed URL of an item's file.
    ///
    /// # Errors
    /// A label row is unknown.
    pub(crate) fn read(
        &self,
        label_hashes: &[String],
        options: &ReadOptions,
        signed: impl Fn(&Item) -> Option<String>,
    ) -> Result<Vec<Arc<str>>, Refusal> {
        let world = self.world();
        let rows = label_hashes.iter().map(|hash| {
            let (data, row) = world.row(hash).ok_or_else(|| unknown_row(hash))?;
            if is_unmodified(options) {
                return Ok(Arc::clone(&row.document));
            }
            let text = render(data, row, options, |item| world.items.get(&item).and_then(&signed));
            text.map(Arc::from).map_err(|error| Refusal::CorruptedLabel(error.to_string()))
        });
        rows.collect()
    }

    /// Creates missing label rows of data units on a branch, and returns the label hashes of all, in order.
    ///
    /// # Errors
    /// A data unit is unknown, or the branch name is empty.
    pub(crate) fn create(&self, data_hashes: &[String], branch: &str) -> Result<Vec<String>, Refusal> {
        check_branch(branch)?;
        let _guard = self.lock_changes();
        let mut labels = Vec::with_capacity(data_hashes.len());
        let mut new = Vec::new();
        {
            let world = self.world();
            for hash in data_hashes {
                let data = world.data(hash).ok_or_else(|| Refusal::NotFound(format!("unknown data {hash}")))?;
                if let Some(row) = data.rows.get(branch) {
                    labels.push(row.label_hash.clone());
                    continue;
                }
                let document =
                    new_row::document(&self.identity, data, branch, Moment::now().truncated_to(self.timestamps));
                let row = StoredRow::parse(document).map_err(Refusal::CorruptedLabel)?;
                self.store.write_row(data, branch, &row).map_err(|error| write_failed(&error))?;
                labels.push(row.label_hash.clone());
                new.push((hash, row));
            }
        }
        let mut world = self.world_mut();
        for (hash, row) in new {
            world.set_row(hash, branch, row);
        }
        Ok(labels)
    }

    /// Saves label rows. All rows are validated before the first is written.
    ///
    /// # Errors
    /// A row is invalid, in which case no row is saved. If a write fails, earlier rows are saved.
    pub(crate) fn save(&self, rows: &[(String, &str)], caller: &str) -> Result<(), Refusal> {
        self.save_locked(&self.lock_changes(), rows, caller)
    }

    /// Saves a label row if its document is still `before`. Returns `false` if somebody saved in between.
    ///
    /// # Errors
    /// The row is invalid or cannot be written.
    pub(crate) fn save_if_unchanged(
        &self,
        label_hash: &str,
        before: &str,
        sent: &str,
        caller: &str,
    ) -> Result<bool, Refusal> {
        let guard = self.lock_changes();
        if self.world().row(label_hash).is_none_or(|(_, row)| *row.document != *before) {
            return Ok(false);
        }
        self.save_locked(&guard, &[(label_hash.to_owned(), sent)], caller)?;
        Ok(true)
    }

    fn save_locked(&self, _: &MutexGuard<'_, ()>, rows: &[(String, &str)], caller: &str) -> Result<(), Refusal> {
        let mut after = Vec::with_capacity(rows.len());
        {
            let world = self.world();
            for (hash, sent) in rows {
                let (data, stored) = world.row(hash).ok_or_else(|| unknown_row(hash))?;
                let edited = Moment::after(stored.edited.unwrap_or_else(Moment::now), self.timestamps);
                after.push((hash, apply_save(data, &self.ontology, stored, sent, caller, edited)?));
            }
        }
        for (hash, row) in after {
            let (data_hash, branch) = {
                let world = self.world();
                let (data, branch) = world.locate(hash).ok_or_else(|| unknown_row(hash))?;
                self.store.write_row(data, branch, &row).map_err(|error| write_failed(&error))?;
                (data.hash.clone(), branch.to_owned())
            };
            self.world_mut().set_row(&data_hash, &branch, row);
        }
        Ok(())
    }

    /// Changes tasks or items in a transaction. A change that fails or cannot be written is rolled back.
    pub(super) fn change_state<T>(&self, change: impl FnOnce(&mut World) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let _guard = self.lock_changes();
        let mut world = self.world_mut();
        world.begin();
        let written = |world: &World| self.store.write_state(world, &self.identity);
        let outcome = change(&mut world);
        let outcome = outcome.and_then(|outcome| match written(&world) {
            Ok(()) => Ok(outcome),
            Err(error) => Err(write_failed(&error)),
        });
        match outcome {
            Ok(_) => world.commit(),
            Err(_) => world.roll_back(),
        }
        outcome
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if let Err(error) = self.store.close(&self.world(), &self.identity) {
            tracing::warn!(%error, "cannot merge the changes of tasks into state.json");
        }
    }
}

impl fmt::Debug for Project {
    /// Omits the labels, which may have megabytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hash, title) = (self.identity.project, &self.identity.title);
        f.debug_struct("Project").field("hash", &hash).field("title", title).finish_non_exhaustive()
    }
}

pub(super) fn load_world(identity: &Identity, source: &ProjectSource, store: &dyn Store) -> Result<World, OpenError> {
    let mut world = World::default();
    for data in &source.data {
        world.add(identity, data)?;
    }
    store.restore(&mut world, identity)?;
    Ok(world)
}

/// Returns the structure of an ontology: the member `editor`, or the ontology itself.
fn structure(ontology: &str) -> String {
    let editor = Members::parse(ontology).ok().and_then(|members| members.value("editor").map(RawValue::get));
    editor.unwrap_or(ontology).to_owned()
}

/// Returns the description of an ontology, or an empty string.
fn description(ontology: &str) -> String {
    let members = Members::parse(ontology).ok();
    members.and_then(|members| members.text("description").map(Into::into)).unwrap_or_default()
}

fn unknown_row(hash: &str) -> Refusal {
    Refusal::NotFound(format!("unknown label row {hash}"))
}

fn write_failed(error: &std::io::Error) -> Refusal {
    tracing::error!(%error, "cannot write a change");
    Refusal::WriteFailed(format!("the change cannot be written: {error}"))
}
