//! A project as it is served: reads see the last complete change, changes come one after the other.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use agent_platform::ontology::Ontology;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::clock::Moment;
use crate::raw_json::Members;

use super::data::{Data, StoredRow};
use super::identity::Identity;
use super::item::Item;
use super::listing::entry;
use super::listing_filter::ListingFilter;
use super::new_row;
use super::open_error::OpenError;
use super::read::{ReadOptions, is_as_stored, served};
use super::refusal::Refusal;
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
    world: RwLock<World>,
    /// Held while something is checked, kept and put in place.
    changing: Mutex<()>,
    store: Box<dyn Store>,
}

/// A change of a storage item (contract: `platform-api.md`, section 8.7).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemPatch {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) client_metadata: Option<Box<RawValue>>,
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
        let ontology = Ontology::parse(source.ontology.as_str())?;
        if Members::of(&source.ontology).is_err() {
            return Err(OpenError::NoOntology);
        }
        let structure = structure(&source.ontology);
        let world = world_of(&identity, source, store.as_ref())?;
        Ok(Self {
            identity,
            ontology: Arc::new(ontology),
            structure,
            ontology_description: description(&source.ontology),
            world: RwLock::new(world),
            changing: Mutex::new(()),
            store,
        })
    }

    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody else changed data, or label rows that a listing with this filter is about.
    pub(crate) fn has_news_for(&self, filter: &ListingFilter) -> bool {
        let world = self.world();
        let wanted = |data: &&Data| filter.data_hashes.as_ref().is_none_or(|hashes| hashes.contains(&data.hash));
        let rows = world.data.iter().filter(wanted);
        self.store.has_news(&mut rows.flat_map(|data| data.rows.keys().map(move |branch| (data, branch.as_str()))))
    }

    /// Whether somebody else changed data, or one of these label rows.
    pub(crate) fn has_news_of(&self, label_hashes: &[String]) -> bool {
        let world = self.world();
        self.store.has_news(&mut label_hashes.iter().filter_map(|hash| world.place(hash)))
    }

    /// Takes in what somebody else changed. What cannot be read is logged, and everything stays as it is.
    pub(crate) fn refresh(&self) {
        let _changing = self.changing();
        let source = match self.store.reload() {
            Ok(Some(source)) => source,
            Ok(None) => return,
            Err(error) => return tracing::error!(%error, "what was changed on disk is not taken in"),
        };
        match world_of(&self.identity, &source, self.store.as_ref()) {
            Ok(mut next) => {
                next.date_changes(&self.world());
                *self.world_mut() = next;
            }
            Err(error) => tracing::error!(%error, "what was changed on disk is not taken in"),
        }
    }

    /// The entries of a listing, as JSON texts. `metadata_url` makes the address of an item's client metadata.
    ///
    /// # Errors
    /// A time in the filter that is none.
    pub(crate) fn listing(
        &self,
        filter: &ListingFilter,
        metadata_url: impl Fn(Uuid) -> Option<String>,
    ) -> Result<Vec<String>, Refusal> {
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
    /// Data that are not there.
    pub(crate) fn create(&self, data_hashes: &[String], branch: &str) -> Result<Vec<String>, Refusal> {
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
                let document = new_row::document(&self.identity, data, branch, Moment::now());
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
                after.push((hash, saved(data, &self.ontology, stored, sent, caller)?));
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

    /// Changes a storage item, and gives it back.
    ///
    /// # Errors
    /// Client metadata that is no object, or an item that is not there.
    pub(crate) fn patch_items(&self, patches: Vec<(Uuid, ItemPatch)>) -> Result<Vec<Item>, Refusal> {
        for (_, patch) in &patches {
            if patch.client_metadata.as_ref().is_some_and(|metadata| Members::of(metadata.get()).is_err()) {
                return Err(Refusal::InvalidArguments("clientMetadata must be an object".to_owned()));
            }
        }
        self.change_state(|world| {
            if let Some((unknown, _)) = patches.iter().find(|(item, _)| !world.items.contains_key(item)) {
                return Err(Refusal::NotFound(format!("unknown storage item {unknown}")));
            }
            let changed = patches.into_iter().filter_map(|(uuid, patch)| {
                let item = world.items.get_mut(&uuid)?;
                item.change(patch);
                Some(item.clone())
            });
            Ok(changed.collect())
        })
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

impl Item {
    fn change(&mut self, patch: ItemPatch) {
        if let Some(name) = patch.name {
            self.name = name;
        }
        if let Some(description) = patch.description {
            self.description = description;
        }
        if let Some(metadata) = patch.client_metadata {
            // Replaced as a whole: what the platform does is not known.
            self.metadata = metadata.get().to_owned();
        }
        self.edited = Moment::after(self.edited);
    }
}

fn world_of(identity: &Identity, source: &ProjectSource, store: &dyn Store) -> Result<World, OpenError> {
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
