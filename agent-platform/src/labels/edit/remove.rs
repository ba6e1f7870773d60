//! Taking labels out of every place that holds them.

use crate::json::{Tree, is_object};
use crate::labels::error::EditError;
use crate::labels::index::{Placement, ROOT};
use crate::labels::media::Placing;
use crate::labels::ranges::{Range, Ranges};
use crate::labels::row::LabelRow;

use super::object::ObjectEdit;

impl LabelRow {
    /// Removes an object from frames, spaces, `object_answers` and `object_actions`.
    pub(crate) fn delete_object(&mut self, object: u32) {
        let entries: Vec<Placement> = self.index.placements(&self.tree, object).collect();
        for placement in entries {
            self.tree.remove(placement.entry);
        }
        let record = self.index.object(object);
        for node in [record.answers, record.actions].into_iter().flatten() {
            self.tree.remove(node);
        }
        self.index.forget_object(object);
    }

    /// Takes one entry of an object out.
    pub(super) fn drop_placement(&mut self, object: u32, placement: Placement) {
        self.index.remove_object_placement(&mut self.tree, object, placement);
    }

    pub(super) fn remove_object_from(&mut self, object: u32, place: u32, frames: &Ranges) -> Result<(), EditError> {
        let in_range = |range: Range| self.index.placements_between(&self.tree, object, place, range.start..=range.end);
        let dropped: Vec<Placement> = frames.iter().flat_map(in_range).collect();
        if dropped.is_empty() {
            return Ok(());
        }
        if self.index.object(object).placed as usize == dropped.len() {
            self.delete_object(object);
            return Ok(());
        }
        let placing = self.placing(place);
        if placing == Placing::Events {
            self.check_ends_without(object, place, &dropped)?;
        }
        for placement in dropped {
            self.drop_placement(object, placement);
        }
        if placing == Placing::Points {
            self.forget_space(object, place)?;
        }
        self.prune_after_removal(object, place)
    }

    /// An object with no placement left in a space is no longer mentioned to be there.
    fn forget_space(&mut self, object: u32, place: u32) -> Result<(), EditError> {
        let (Some(node), Some(space)) = (self.index.object(object).answers, self.space_id(place)) else {
            return Ok(());
        };
        self.edit_unsigned(node, |entry| drop_space(entry, &space))
    }

    /// Takes an object out of a space altogether.
    fn remove_object_from_space(&mut self, object: u32, place: u32) -> Result<(), EditError> {
        let dropped: Vec<Placement> = self.index.placements_in(&self.tree, object, place).collect();
        let record = self.index.object(object);
        let covers_other = |node| {
            let mine = self.space_id(place).unwrap_or_default();
            let text = crate::json::member(self.tree.text(node), "spaces").unwrap_or("{}");
            crate::json::members(text).any(|(id, _)| id != *mine)
        };
        let elsewhere = record.placed as usize > dropped.len() || record.answers.is_some_and(covers_other);
        if !elsewhere {
            self.delete_object(object);
            return Ok(());
        }
        for placement in dropped {
            self.drop_placement(object, placement);
        }
        self.forget_space(object, place)
    }

    /// Takes a classification out of frames, spaces and `classification_answers`.
    pub(super) fn delete_classification_record(&mut self, classification: u32) {
        self.vacate(classification);
        let record = self.index.classification(classification).clone();
        for placement in record.placements {
            self.tree.remove(placement.entry);
        }
        if let Some(node) = record.answers {
            self.tree.remove(node);
        }
        self.index.forget_classification(classification);
    }
}

/// Takes a space out of the `spaces` of an answers entry.
pub(super) fn drop_space(entry: &mut Tree, space: &str) -> Result<(), EditError> {
    let Some(spaces) = entry.member(Tree::ROOT, "spaces").filter(|node| is_object(entry.text(*node))) else {
        return Ok(());
    };
    entry.expand(spaces)?;
    entry.unset(spaces, space);
    Ok(())
}

impl ObjectEdit<'_> {
    /// Takes the object out of a space: off every frame of it, and from every range. An object that is nowhere any more is
    /// deleted with its answers.
    ///
    /// # Errors
    /// There is no such space.
    pub fn remove_from_space(self, id: &str) -> Result<(), EditError> {
        let place = self.row.place_or_refuse(Some(id))?;
        debug_assert_ne!(place, ROOT);
        self.row.remove_object_from_space(self.id, place)
    }
}
