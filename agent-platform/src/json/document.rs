//! The public editor of JSON documents.

use std::borrow::Cow;
use std::fmt;

use super::error::{JsonError, JsonProblem};
use super::read::is_object;
use super::scan::Scanner;
use super::tree::{NodeId, Tree};

/// A JSON document that is edited in place.
///
/// Every value that is not edited keeps its bytes: key order, number spelling and white space.
///
/// ```
/// use agent_platform::json::JsonDocument;
///
/// let mut document = JsonDocument::parse(r#"{ "frame": 1.50, "labels": {"a": [1, null]} }"#)?;
/// let root = document.root();
/// document.set(root, "frame", "2")?;
/// if let Some(labels) = document.member(root, "labels")? {
///     document.set(labels, "b", r#""new""#)?;
///     for label in document.members(labels)? {
///         println!("{}: {}", document.key(label), document.text(label));
///     }
/// }
/// assert_eq!(document.to_json(), r#"{ "frame": 2, "labels": {"a": [1, null],"b": "new"} }"#);
/// # Ok::<(), agent_platform::json::JsonError>(())
/// ```
#[derive(Clone)]
pub struct JsonDocument {
    tree: Tree,
}

/// A value in a [`JsonDocument`]: the document itself, a member of an object, or an element of an array.
///
/// It is valid only for the document that returned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JsonNode(NodeId);

impl JsonDocument {
    /// Parses a document, whose value is an object or an array.
    ///
    /// # Errors
    /// The text is not JSON, or another kind of value.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        Ok(Self { tree: Tree::parse(text)? })
    }

    /// Returns the value of the document.
    #[must_use]
    pub fn root(&self) -> JsonNode {
        JsonNode(Tree::ROOT)
    }

    /// Returns the members of an object in their order. A key that is written twice has two members.
    ///
    /// # Errors
    /// [`JsonProblem::NotAnObject`].
    pub fn members(&mut self, object: JsonNode) -> Result<Vec<JsonNode>, JsonError> {
        if !is_object(self.tree.text(object.0)) {
            return Err(JsonError { offset: 0, problem: JsonProblem::NotAnObject });
        }
        self.children(object)
    }

    /// Returns the elements of an array in their order.
    ///
    /// # Errors
    /// [`JsonProblem::NotAnArray`].
    pub fn elements(&mut self, array: JsonNode) -> Result<Vec<JsonNode>, JsonError> {
        if !self.tree.text(array.0).starts_with('[') {
            return Err(JsonError { offset: 0, problem: JsonProblem::NotAnArray });
        }
        self.children(array)
    }

    /// Returns the member of an object with this key: the last one, if the key is written twice.
    ///
    /// # Errors
    /// [`JsonProblem::NotAnObject`].
    pub fn member(&mut self, object: JsonNode, key: &str) -> Result<Option<JsonNode>, JsonError> {
        let members = self.members(object)?;
        Ok(members.into_iter().rev().find(|member| self.tree.key(member.0) == key))
    }

    /// Returns the key of a member. Empty for an element.
    #[must_use]
    pub fn key(&self, member: JsonNode) -> Cow<'_, str> {
        self.tree.key(member.0)
    }

    /// Returns a value as JSON, with all edits.
    #[must_use]
    pub fn text(&self, node: JsonNode) -> Cow<'_, str> {
        self.tree.written(node.0)
    }

    /// Replaces a value.
    ///
    /// # Errors
    /// `json` is not JSON.
    pub fn replace(&mut self, node: JsonNode, json: &str) -> Result<(), JsonError> {
        check(json)?;
        self.tree.replace(node.0, json)
    }

    /// Replaces the member of an object with this key, or appends one.
    ///
    /// # Errors
    /// `json` is not JSON, or [`JsonProblem::NotAnObject`].
    pub fn set(&mut self, object: JsonNode, key: &str, json: &str) -> Result<JsonNode, JsonError> {
        check(json)?;
        self.members(object)?;
        self.tree.set(object.0, key, json).map(JsonNode)
    }

    /// Returns the document as JSON, with all edits.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.tree.pieces().concat()
    }

    fn children(&mut self, container: JsonNode) -> Result<Vec<JsonNode>, JsonError> {
        self.tree.expand(container.0)?;
        Ok(self.tree.children(container.0).map(JsonNode).collect())
    }
}

impl fmt::Debug for JsonDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonDocument").field("nodes", &self.tree.count()).finish_non_exhaustive()
    }
}

/// Returns an error if a text is not one JSON value.
fn check(json: &str) -> Result<(), JsonError> {
    let mut scanner = Scanner::new(json);
    scanner.space();
    scanner.value()?;
    scanner.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_keep_all_other_bytes() {
        let mut document = JsonDocument::parse(r#" {"a": 1.50, "b": { }, "c": {"x": null} } "#).unwrap();
        let root = document.root();
        let b = document.member(root, "b").unwrap().unwrap();
        document.set(b, "y", "1").unwrap();
        document.set(b, "z", "2").unwrap();
        let c = document.member(root, "c").unwrap().unwrap();
        let x = document.member(c, "x").unwrap().unwrap();
        document.replace(x, "\"me\"").unwrap();
        document.set(c, "w", "3").unwrap();
        assert_eq!(document.to_json(), r#" {"a": 1.50, "b": {"y":1,"z":2 }, "c": {"x": "me","w": 3} } "#);
        assert_eq!(document.text(c), r#"{"x": "me","w": 3}"#);
    }

    #[test]
    fn rejects_other_containers_and_malformed_values() {
        let mut document = JsonDocument::parse(r#"{"list": [1], "number": 2}"#).unwrap();
        let root = document.root();
        let list = document.member(root, "list").unwrap().unwrap();
        assert_eq!(document.members(list).unwrap_err().problem, JsonProblem::NotAnObject);
        assert_eq!(document.elements(root).unwrap_err().problem, JsonProblem::NotAnArray);
        assert_eq!(document.elements(list).unwrap().len(), 1);
        for malformed in ["", "{", "1 2", "x"] {
            assert!(document.set(root, "new", malformed).is_err(), "{malformed}");
            assert!(document.replace(list, malformed).is_err(), "{malformed}");
        }
        assert_eq!(document.to_json(), r#"{"list": [1], "number": 2}"#);
        assert!(JsonDocument::parse("3").is_err());
    }

    #[test]
    fn last_of_duplicate_keys_counts() {
        let mut document = JsonDocument::parse(r#"{"a": 1, "a": 2}"#).unwrap();
        let root = document.root();
        document.set(root, "a", "3").unwrap();
        assert_eq!(document.to_json(), r#"{"a": 1, "a": 3}"#);
        assert_eq!(document.members(root).unwrap().len(), 2);
    }
}
