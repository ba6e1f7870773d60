//! Projects: data, their label rows, and what may be done with them.

mod check;
mod data;
mod folder;
mod identity;
mod item;
mod item_patch;
mod listing;
mod listing_filter;
mod new_row;
mod news;
mod open_error;
mod read;
mod refusal;
mod save;
mod served;
mod source;
mod store;
mod task_action;
mod tasks;
mod workflow;
mod world;

pub use open_error::OpenError;
pub use refusal::Refusal;
pub use source::{DataSource, ImageSource, Media, ProjectSource};
pub use workflow::{Pathway, Stage, StageKind};

pub(crate) use data::Data;
pub(crate) use item::Item;
pub(crate) use item_patch::ItemPatch;
pub(crate) use listing_filter::ListingFilter;
pub(crate) use read::ReadOptions;
pub(crate) use served::Project;
pub(crate) use task_action::{MoveToStage, TaskAction};
pub(crate) use tasks::{LastTask, TaskAnswer, TaskFilter, TaskMove};
pub(crate) use world::World;
