//! Objects over ranges of a file.

use crate::json::{Tree, quote};
use crate::labels::entry::{class_json, text_or_null};
use crate::labels::error::EditError;
use crate::labels::index::{Idx, ObjectRecord, Place, ROOT};
use crate::labels::media::Placing;
use crate::labels::provenance::Provenance;
use crate::labels::ranges::{HtmlRange, Ranges};
use crate::labels::row::LabelRow;
use crate::ontology::{ObjectClass, Shape};

/// What an object covers.
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

    /// Objects outside spaces, pairs in them (contract: `label-format.md`, section 9).
    fn json(&self, pairs: bool) -> String {
        let ranges = match self {
            Self::Ranges(ranges) => return ranges.to_json(),
            Self::Html(ranges) => ranges,
        };
        let range = |range: &HtmlRange| {
            let (start, end) = (range.start.to_json(), range.end.to_json());
            if pairs { format!("[{start},{end}]") } else { format!(r#"{{"start":{start},"end":{end}}}"#) }
        };
        format!("[{}]", ranges.iter().map(range).collect::<Vec<_>>().join(","))
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Ranges(_) => "frame",
            Self::Html(_) => "html",
        }
    }
}

impl LabelRow {
    /// Whether objects of a class can cover this much of a medium.
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

    /// What an answers entry says of a new object over ranges (contract: `label-format.md`, section 7.3).
    pub(crate) fn write_new_cover(
        &self,
        entry: &mut Tree,
        place: Place,
        class: &ObjectClass,
        cover: &Cover,
        provenance: &Provenance,
    ) -> Result<(), EditError> {
        let now = quote(&self.now().to_string());
        let author = text_or_null(self.author_of(provenance).as_deref());
        let class = format!("{{{}}}", class_json(class));
        for (key, value) in crate::json::members(&class) {
            entry.set(Tree::ROOT, &key, value)?;
        }
        let manual = provenance.manual.to_string();
        for (key, value) in [
            ("range", "[]"),
            ("createdBy", author.as_str()),
            ("createdAt", now.as_str()),
            ("lastEditedBy", author.as_str()),
            ("lastEditedAt", now.as_str()),
            ("manualAnnotation", manual.as_str()),
        ] {
            entry.set(Tree::ROOT, key, value)?;
        }
        write_cover(entry, self.space_id(place).as_deref(), cover)
    }

    pub(crate) fn cover(&mut self, object: Idx<ObjectRecord>, place: Place, cover: &Cover) -> Result<(), EditError> {
        let ontology = self.ontology.clone();
        let class_hash = self.class_of(object)?;
        let class = ontology.object(&class_hash).ok_or(EditError::UnknownClass { key: class_hash.clone() })?;
        self.check_cover(place, class, cover)?;
        let node = self.answers_entry(object)?;
        let space = self.space_id(place);
        self.edit_entry(node, |entry| write_cover(entry, space.as_deref(), cover))?;
        self.index.object_mut(object).ranged = true;
        Ok(())
    }

    /// Points of a point cloud are also mentioned among the answers (contract: `label-format.md`, section 10).
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
            let class = format!("{{{}}}", class_json(class));
            for (key, value) in crate::json::members(&class) {
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
                entry.append(spaces, Some(&space), r#"{"range":[],"type":"frame"}"#)?;
            }
            Ok(())
        })
    }
}

/// What an answers entry says of the ranges, of a space or outside.
fn write_cover(entry: &mut Tree, space: Option<&str>, cover: &Cover) -> Result<(), EditError> {
    let Some(space) = space else {
        let key = if matches!(cover, Cover::Html(_)) { "range_html" } else { "range" };
        entry.set(Tree::ROOT, key, &cover.json(false))?;
        return Ok(());
    };
    let spaces = match entry.member(Tree::ROOT, "spaces") {
        Some(node) if crate::json::is_object(entry.text(node)) => node,
        _ => entry.set(Tree::ROOT, "spaces", "{}")?,
    };
    entry.expand(spaces)?;
    let own = match entry.member(spaces, space) {
        Some(node) => node,
        None => entry.append(spaces, Some(space), &format!(r#"{{"type":"{}"}}"#, cover.kind()))?,
    };
    entry.expand(own)?;
    entry.set(own, "range", &cover.json(true))?;
    Ok(())
}
