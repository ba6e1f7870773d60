//! Objects over ranges of a file.

use crate::json::{Tree, is_object, members};
use crate::labels::error::EditError;
use crate::labels::index::{Idx, ObjectRecord, Place, ROOT};
use crate::labels::media::Placing;
use crate::labels::new_entry::{ClassMembers, EmptySpace, RangeKind, RangeMembers, SpaceMention, to_json};
use crate::labels::provenance::Provenance;
use crate::labels::ranges::{HtmlRange, Ranges};
use crate::labels::row::LabelRow;
use crate::ontology::{ObjectClass, Shape};

/// The part of a file that an object covers.
#[derive(Debug, Clone)]
pub(crate) enum Cover {
    Ranges(Ranges),
    Html(Vec<HtmlRange>),
}

impl Cover {
    fn is_empty(&self) -> bool {
        match self {
            Self::Ranges(ranges) => ranges.is_empty(),
            Self::Html(ranges) => ranges.is_empty(),
        }
    }

    /// Returns the ranges as JSON outside spaces, where ranges of HTML are objects (contract:
    /// `docs/contract/label-format.md#objects-on-range-spaces`).
    fn json(&self) -> String {
        match self {
            Self::Ranges(ranges) => ranges.to_json(),
            Self::Html(ranges) => to_json(ranges),
        }
    }

    /// Returns the ranges as JSON in a space, where ranges of HTML are pairs.
    fn json_in_space(&self) -> String {
        match self {
            Self::Ranges(ranges) => ranges.to_json(),
            Self::Html(ranges) => to_json(&ranges.iter().map(|range| (&range.start, &range.end)).collect::<Vec<_>>()),
        }
    }

    fn kind(&self) -> RangeKind {
        match self {
            Self::Ranges(_) => RangeKind::Frame,
            Self::Html(_) => RangeKind::Html,
        }
    }
}

impl LabelRow {
    /// Rejects a cover that the media or the class does not have.
    pub(crate) fn check_cover(&self, place: Place, class: &ObjectClass, cover: &Cover) -> Result<(), EditError> {
        let fits = match (self.placing(place), cover) {
            (Placing::Ranges(shape), Cover::Ranges(_)) => *class.shape() == shape,
            (Placing::Html, Cover::Html(_)) => *class.shape() == Shape::Text,
            (Placing::Unknown, _) => class.shape().is_range(),
            _ => false,
        };
        if !fits {
            let what = format!("{} objects over ranges", class.shape());
            return Err(EditError::NotOnThisMedia { media: self.medium_name(place), what });
        }
        if cover.is_empty() { Err(EditError::NoRange) } else { Ok(()) }
    }

    /// Writes the members of a new object over ranges into its answers entry (contract:
    /// `docs/contract/label-format.md#range-objects`).
    pub(crate) fn write_new_cover(
        &self,
        entry: &mut Tree,
        place: Place,
        class: &ObjectClass,
        cover: &Cover,
        provenance: &Provenance,
    ) -> Result<(), EditError> {
        let (now, provenance) = (self.now().to_string(), self.signed(provenance));
        for (key, value) in members(&to_json(&RangeMembers::new(class, &now, &provenance))) {
            entry.set(Tree::ROOT, &key, value)?;
        }
        write_cover(entry, self.space_id(place).as_deref(), cover)
    }

    pub(crate) fn cover(&mut self, object: Idx<ObjectRecord>, place: Place, cover: &Cover) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.class_of(object)?;
        let class = ontology.object(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.to_string() })?;
        self.check_cover(place, class, cover)?;
        let node = self.answers_entry(object)?;
        let space = self.space_id(place);
        self.edit_entry(node, |entry| write_cover(entry, space.as_deref(), cover))?;
        self.index.object_mut(object).ranged = true;
        Ok(())
    }

    /// Mentions the space in the answers entry of an object on points of a point cloud (contract:
    /// `docs/contract/label-format.md#frame-scenes`).
    pub(crate) fn mention_points(
        &mut self,
        object: Idx<ObjectRecord>,
        class: &ObjectClass,
        place: Place,
    ) -> Result<(), EditError> {
        if place == ROOT || *class.shape() != Shape::Segmentation {
            return Ok(());
        }
        let node = self.answers_entry(object)?;
        let space = self.index.space(place).map(|space| space.id.clone()).unwrap_or_default();
        self.edit_unsigned(node, |entry| {
            for (key, value) in members(&to_json(&ClassMembers::new(class))) {
                if entry.member(Tree::ROOT, &key).is_none() {
                    entry.append(Tree::ROOT, Some(&key), value)?;
                }
            }
            if entry.member(Tree::ROOT, "range").is_none() {
                entry.append(Tree::ROOT, Some("range"), "[]")?;
            }
            let spaces = match entry.member(Tree::ROOT, "spaces") {
                Some(spaces) => spaces,
                None => entry.append(Tree::ROOT, Some("spaces"), "{}")?,
            };
            entry.expand(spaces)?;
            if entry.member(spaces, &space).is_none() {
                entry.append(spaces, Some(&space), &to_json(&SpaceMention::new(RangeKind::Frame)))?;
            }
            Ok(())
        })
    }
}

/// Writes the ranges into an answers entry, in a space or outside.
fn write_cover(entry: &mut Tree, space: Option<&str>, cover: &Cover) -> Result<(), EditError> {
    let Some(space) = space else {
        let key = if matches!(cover, Cover::Html(_)) { "range_html" } else { "range" };
        entry.set(Tree::ROOT, key, &cover.json())?;
        return Ok(());
    };
    let spaces = match entry.member(Tree::ROOT, "spaces") {
        Some(node) if is_object(entry.text(node)) => node,
        _ => entry.set(Tree::ROOT, "spaces", "{}")?,
    };
    entry.expand(spaces)?;
    let own = match entry.member(spaces, space) {
        Some(node) => node,
        None => entry.append(spaces, Some(space), &to_json(&EmptySpace { r#type: cover.kind() }))?,
    };
    entry.expand(own)?;
    entry.set(own, "range", &cover.json_in_space())?;
    Ok(())
}
