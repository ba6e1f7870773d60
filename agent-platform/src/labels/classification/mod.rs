//! Classifications: reading them, adding them, editing them.

mod add;
mod edit;
mod occupancy;
mod view;

pub use add::Classify;
pub use edit::ClassificationEdit;
pub use view::Classification;
