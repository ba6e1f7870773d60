//! Entries: their text, and who edited them when.

use crate::json::{NodeId, Tree, number_text, quote};
use crate::labels::error::EditError;
use crate::labels::row::LabelRow;
use crate::labels::time::Timestamp;
use crate::ontology::ObjectClass;

use super::making::Making;

/// A confidence as Python writes it.
pub(crate) fn confidence_json(confidence: f64) -> String {
    let text = number_text(confidence);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}

/// The name in lower case with blanks as `_` (contract: `label-format.md`, section 2).
pub(crate) fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

/// `null`, or the text in quotes.
pub(crate) fn text_or_null(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), quote)
}

/// The members by which an entry repeats its class.
pub(crate) fn class_json(class: &ObjectClass) -> String {
    format!(
        r#""featureHash":{},"name":{},"color":{},"shape":{},"value":{}"#,
        quote(class.feature_hash()),
        quote(class.name()),
        quote(class.color()),
        quote(class.shape().as_str()),
        quote(&slug(class.name()))
    )
}

impl LabelRow {
    /// The moment that edits are dated with.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.unwrap_or_else(Timestamp::now)
    }

    /// Changes an entry, and notes who changed it and when, if anything did change.
    pub(crate) fn edit_entry(
        &mut self,
        node: NodeId,
        change: impl FnOnce(&mut Tree) -> Result<(), EditError>,
    ) -> Result<(), EditError> {
        self.edit_and_stamp_if(node, change, |_| true)
    }

    /// Changes an entry that says nothing of who edited it, such as the answers of an object on frames.
    pub(crate) fn edit_unsigned(
        &mut self,
        node: NodeId,
        change: impl FnOnce(&mut Tree) -> Result<(), EditError>,
    ) -> Result<(), EditError> {
        self.edit_and_stamp_if(node, change, |entry| entry.member(Tree::ROOT, "lastEditedAt").is_some())
    }

    fn edit_and_stamp_if(
        &mut self,
        node: NodeId,
        change: impl FnOnce(&mut Tree) -> Result<(), EditError>,
        is_signed: impl FnOnce(&Tree) -> bool,
    ) -> Result<(), EditError> {
        let mut entry = Tree::of(self.tree.text(node))?;
        change(&mut entry)?;
        if entry.is_touched(Tree::ROOT) {
            if is_signed(&entry) {
                self.stamp(&mut entry)?;
            }
            self.tree.replace(node, &entry.render(Tree::ROOT))?;
        }
        Ok(())
    }

    /// Without an author, nobody is named: the platform fills in who saves.
    pub(crate) fn stamp(&self, entry: &mut Tree) -> Result<(), EditError> {
        entry.set(Tree::ROOT, "lastEditedAt", &quote(&self.now().to_string()))?;
        match &self.author {
            Some(author) => entry.set(Tree::ROOT, "lastEditedBy", &quote(author)).map(|_| ())?,
            None => entry.unset(Tree::ROOT, "lastEditedBy"),
        }
        Ok(())
    }

    /// The author of a new label.
    pub(crate) fn maker(&self, making: &Making) -> Option<String> {
        making.author.clone().or_else(|| self.author.clone())
    }

    /// The members by which a new entry on a frame says who made it and when; spaces and scenes leave nobody out.
    pub(crate) fn making_json(&self, making: &Making, name_nobody: bool) -> String {
        let now = quote(&self.now().to_string());
        let author = self.maker(making);
        let mut out = format!(r#""createdAt":{now}"#);
        if author.is_some() || name_nobody {
            out.push_str(&format!(r#","createdBy":{}"#, text_or_null(author.as_deref())));
        }
        out.push_str(&format!(r#","lastEditedAt":{now}"#));
        if let Some(author) = &author {
            out.push_str(&format!(r#","lastEditedBy":{}"#, quote(author)));
        }
        let confidence = confidence_json(making.confidence);
        out.push_str(&format!(r#","confidence":{confidence},"manualAnnotation":{}"#, making.manual));
        out
    }
}
