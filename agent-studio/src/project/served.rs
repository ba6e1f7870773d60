//! A project as it is served: reads see the last complete change, changes come one after the other.

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
use super::read::{ReadOptions, is_as_stored, served};
use super::refusal::{Refusal, check_branch};
use super::save::saved;
use super::source::ProjectSource;
use super::store::{InMemory, Store};
use super::world::World;

/// A project that is served.
pub(crate) struct Project {
    pub(crate) identity: Identity,
    pub(crate) ontology: Arc<Ontology>,
    /// The structure alone, as JSON.
    pub(crate) structure: String,
    /// What the ontology says of itself.
    pub(crate) ontology_description: String,
    timestamps: TimestampResolution,
    world: RwLock<World>,
    /// Held while something is checked, kept and put in place.
    changing: Mutex<()>,
    pub(super) store: Box<dyn Store>,
}

impl Project {
    /// A project that lives in memory.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub(crate) fn in_memory(source: &ProjectSource) -> Result<Self, OpenError> {
        Self::new(Identity::of(source), source, Box::new(InMemory))
    }

    pub(crate) fn new(identity: Identity, source: &ProjectSource, store: Box<dyn Store>) -> Result<Self, OpenError> {
        let parsed = Ontology::parse(source.ontology.as_str());
        if !matches!(parsed, Err(OntologyError::Json(_))) && Members::of(&source.ontology).is_err() {
            return Err(OpenError::NoOntology);
        }
        let ontology = parsed?;
        let structure = structure(&source.ontology);
        let world = world_of(&identity, source, store.as_ref())?;
        Ok(Self {
            identity,
            ontology: Arc::new(ontology),
            structure,
            ontology_description: description(&source.ontology),
            timestamps: TimestampResolution::default(),
            world: RwLock::new(world),
            changing: Mutex::new(()),
            store,
        })
    }

    /// Sets the resolution of the times at which label rows are edited.
    pub(crate) fn with_timestamps(mut self, resolution: TimestampResolution) -> Self {
        self.timestamps = resolution;
        self
    }

    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entries of a listing, as JSON texts. `metadata_url` makes the address of an item's client metadata.
    ///
    /// # Errors
    /// A malformed time in the filter, or a branch without a name.
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
                let through = filter.lets_through(&self.identity, data, branch).map_err(|_| Refusal::InvalidDate)?;
                if let Some(item) = world.items.get(&data.item).filter(|_| through) {
                    let url = filter.client_metadata_as_signed_url.then(|| metadata_url(data.item)).flatten();
                    entries.push(entry(&self.identity, data, item, branch, filter, url));
                }
            }
        }
        Ok(entries)
    }

    /// Label rows as JSON texts. `signed` makes the signed URL of an item's file.
    ///
    /// # Errors
    /// A label row that is not there.
    pub(crate) fn read(
        &self,
        label_hashes: &[String],
        options: &ReadOptions,
        signed: impl Fn(&Item) -> Option<String>,
    ) -> Result<Vec<Arc<str>>, Refusal> {
        let world = self.world();
        let rows = label_hashes.iter().map(|hash| {
            let (data, row) = world.row(hash).ok_or_else(|| unknown_row(hash))?;
            if is_as_stored(options) {
                return Ok(Arc::clone(&row.document));
            }
            let text = served(data, row, options, |item| world.items.get(&item).and_then(&signed));
            text.map(Arc::from).map_err(|error| Refusal::CorruptedLabel(error.to_string()))
        });
        rows.collect()
    }

    /// Makes the label rows of data on a branch where there are none yet; their label hashes, in order.
    ///
    /// # Errors
    /// Unknown data, or a branch without a name.
    pub(crate) fn create(&self, data_hashes: &[String], branch: &str) -> Result<Vec<String>, Refusal> {
        check_branch(branch)?;
        let _changing = self.changing();
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
                let document = new_row::document(&self.identity, data, branch, Moment::now().cut_to(self.timestamps));
                let row = StoredRow::of(document).map_err(Refusal::CorruptedLabel)?;
                self.store.keep_row(data, branch, &row).map_err(|error| not_kept(&error))?;
                labels.push(row.label_hash.clone());
                new.push((hash, row));
            }
        }
        let mut world = self.world_mut();
        for (hash, row) in new {
            world.put_row(hash, branch, row);
        }
        Ok(labels)
    }

    /// Saves label rows: every one is checked before the first is kept.
    ///
    /// # Errors
    /// What is wrong with the first row that is refused. If the disk fails in between, earlier rows are saved.
    pub(crate) fn save(&self, rows: &[(String, &str)], caller: &str) -> Result<(), Refusal> {
        self.save_while(&self.changing(), rows, caller)
    }

    /// Saves a label row if its document is still `before`; `false` if somebody saved meanwhile.
    ///
    /// # Errors
    /// What is wrong with the row.
    pub(crate) fn save_over(&self, label_hash: &str, before: &str, sent: &str, caller: &str) -> Result<bool, Refusal> {
        let changing = self.changing();
        if self.world().row(label_hash).is_none_or(|(_, row)| *row.document != *before) {
            return Ok(false);
        }
        self.save_while(&changing, &[(label_hash.to_owned(), sent)], caller)?;
        Ok(true)
    }

    fn save_while(&self, _: &MutexGuard<'_, ()>, rows: &[(String, &str)], caller: &str) -> Result<(), Refusal> {
        let mut after = Vec::with_capacity(rows.len());
        {
            let world = self.world();
            for (hash, sent) in rows {
                let (data, stored) = world.row(hash).ok_or_else(|| unknown_row(hash))?;
                let edited = Moment::after(stored.edited.unwrap_or_else(Moment::now), self.timestamps);
                after.push((hash, saved(data, &self.ontology, stored, sent, caller, edited)?));
            }
        }
        for (hash, row) in after {
            let (data_hash, branch) = {
                let world = self.world();
                let (data, branch) = world.place(hash).ok_or_else(|| unknown_row(hash))?;
                self.store.keep_row(data, branch, &row).map_err(|error| not_kept(&error))?;
                (data.hash.clone(), branch.to_owned())
            };
            self.world_mut().put_row(&data_hash, &branch, row);
        }
        Ok(())
    }

    /// Changes tasks or items, and keeps them. A change that is refused or cannot be kept has not happened.
    pub(super) fn change_state<T>(&self, change: impl FnOnce(&mut World) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let _changing = self.changing();
        let mut next = self.world().clone();
        let outcome = change(&mut next)?;
        self.store.keep_state(&next, &self.identity).map_err(|error| not_kept(&error))?;
        *self.world_mut() = next;
        Ok(outcome)
    }
}

impl fmt::Debug for Project {
    /// Not the labels: there may be megabytes of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hash, title) = (self.identity.project, &self.identity.title);
        f.debug_struct("Project").field("hash", &hash).field("title", title).finish_non_exhaustive()
    }
}

pub(super) fn world_of(identity: &Identity, source: &ProjectSource, store: &dyn Store) -> Result<World, OpenError> {
    let mut world = World::default();
    for data in &source.data {
        world.add(identity, data)?;
    }
    store.restore(&mut world, identity)?;
    Ok(world)
}

/// The structure of an ontology: itself, or what it has under `editor`.
fn structure(ontology: &str) -> String {
    let editor = Members::of(ontology).ok().and_then(|members| members.value("editor").map(RawValue::get));
    editor.unwrap_or(ontology).to_owned()
}

/// The description of an ontology, if it came with one.
fn description(ontology: &str) -> String {
    let members = Members::of(ontology).ok();
    members.and_then(|members| members.text("description").map(Into::into)).unwrap_or_default()
}

fn unknown_row(hash: &str) -> Refusal {
    Refusal::NotFound(format!("unknown label row {hash}"))
}

fn not_kept(error: &std::io::Error) -> Refusal {
    tracing::error!(%error, "a change could not be kept");
    Refusal::NotKept(format!("it could not be kept: {error}"))
}
