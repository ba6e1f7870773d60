//! The class of a project's ontology that corresponds to a class of another ontology, such as the one an agent was built with.

use std::collections::HashMap;
use std::fmt;

use crate::hash::FeatureHash;

use super::attribute::{Attribute, Choice};
use super::change::{ChangedItem, OntologyChange};
use super::class::{ClassificationClass, ObjectClass};
use super::{AttributeType, Ontology, OntologyItem};

/// Key by which classes, attributes and options of two ontologies are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatchBy {
    /// By feature hash: the ontologies are versions of one.
    FeatureHash,
    /// By title, level by level: the ontologies are copies with other feature hashes.
    Title,
}

/// A class, attribute or option whose title differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// The title in the ontology of the build.
    pub from: String,
    /// The title in the ontology of the project.
    pub to: String,
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is now `{}`", self.from, self.to)
    }
}

/// A class of a build that the project has as well, with all its attributes and options.
#[derive(Debug)]
pub(crate) struct ClassMatch {
    /// The feature hash of the class in the project.
    pub(crate) class: FeatureHash,
    pub(crate) renames: Vec<Rename>,
    /// Feature hashes of the build with those of the project, where they differ.
    to_project: HashMap<FeatureHash, FeatureHash>,
    to_build: HashMap<FeatureHash, FeatureHash>,
}

impl ClassMatch {
    /// Finds the class of `project` that corresponds to a class of `build`. Archived items of the build are skipped.
    pub(crate) fn find(build: &Ontology, class: &str, project: &Ontology, by: MatchBy) -> Result<Self, OntologyChange> {
        let mut search = Search { by, changes: Vec::new(), matched: Self::new() };
        let title = match build.find(class) {
            Some(OntologyItem::Object(own)) => {
                search.object(own, project);
                own.name()
            }
            Some(OntologyItem::Classification(own)) => {
                search.classification(own, project);
                own.name()
            }
            _ => {
                search.changes.push(ChangedItem::Class);
                class
            }
        };
        if search.changes.is_empty() { Ok(search.matched) } else { Err(OntologyChange::new(title, search.changes)) }
    }

    fn new() -> Self {
        let (to_project, to_build) = (HashMap::new(), HashMap::new());
        Self { class: FeatureHash::default(), renames: Vec::new(), to_project, to_build }
    }

    /// Returns the feature hash in the project of an item of the build.
    pub(crate) fn to_project<'h>(&'h self, build: &'h str) -> &'h str {
        self.to_project.get(build).map_or(build, FeatureHash::as_str)
    }

    /// Returns the feature hash in the build of an item of the project.
    pub(crate) fn to_build(&self, project: FeatureHash) -> FeatureHash {
        self.to_build.get(project.as_str()).cloned().unwrap_or(project)
    }
}

impl Ontology {
    /// Compares the classes of this ontology, as an agent was built with it, with those of a project: the classes that changed,
    /// and the titles that differ. Classes and attributes that only the project has don't matter.
    #[must_use]
    pub fn compare_with_project(&self, project: &Ontology, by: MatchBy) -> (Vec<OntologyChange>, Vec<Rename>) {
        let objects = self.objects().filter(|class| !class.is_archived()).map(ObjectClass::feature_hash);
        let classes =
            self.classifications().filter(|class| !class.is_archived()).map(ClassificationClass::feature_hash);
        let (mut changes, mut renames) = (Vec::new(), Vec::new());
        for class in objects.chain(classes) {
            match ClassMatch::find(self, class.as_str(), project, by) {
                Ok(matched) => renames.extend(matched.renames),
                Err(change) => changes.push(change),
            }
        }
        (changes, renames)
    }
}

/// The walk over a class of the build.
struct Search {
    by: MatchBy,
    changes: Vec<ChangedItem>,
    matched: ClassMatch,
}

impl Search {
    fn object(&mut self, own: &ObjectClass, project: &Ontology) {
        let key = self.key(own.feature_hash(), own.name());
        let Some(found) = project.objects().find(|class| self.is(class.feature_hash(), class.name(), key)) else {
            return self.changes.push(ChangedItem::Class);
        };
        if found.shape() != own.shape() {
            let (from, to) = (own.shape().clone(), found.shape().clone());
            return self.changes.push(ChangedItem::Shape { from, to });
        }
        self.pair(own.feature_hash(), own.name(), found.feature_hash(), found.name());
        self.matched.class = found.feature_hash().clone();
        self.attributes(own.attributes(), &|| Box::new(found.attributes()));
    }

    fn classification(&mut self, own: &ClassificationClass, project: &Ontology) {
        let key = self.key(own.feature_hash(), own.name());
        let Some(found) = project.classifications().find(|class| self.is(class.feature_hash(), class.name(), key))
        else {
            return self.changes.push(ChangedItem::Class);
        };
        self.pair(own.feature_hash(), own.name(), found.feature_hash(), found.name());
        self.matched.class = found.feature_hash().clone();
        // The title of the class is that of its attribute, whose change is reported once.
        self.matched.renames.clear();
        self.attributes(own.attributes(), &|| Box::new(found.attributes()));
    }

    fn attributes<'o>(
        &mut self,
        own: impl Iterator<Item = &'o Attribute>,
        found: &dyn Fn() -> Box<dyn Iterator<Item = &'o Attribute> + 'o>,
    ) {
        for attribute in own.filter(|attribute| !attribute.is_archived()) {
            let key = self.key(attribute.feature_hash(), attribute.name());
            match found().find(|other| self.is(other.feature_hash(), other.name(), key)) {
                Some(other) => self.attribute(attribute, other),
                None => self.changes.push(ChangedItem::Attribute { attribute: attribute.name().to_owned() }),
            }
        }
    }

    fn attribute(&mut self, own: &Attribute, found: &Attribute) {
        let attribute = own.name().to_owned();
        if own.attribute_type() != found.attribute_type() {
            let (from, to) = (own.attribute_type().clone(), found.attribute_type().clone());
            return self.changes.push(ChangedItem::AttributeType { attribute, from, to });
        }
        if own.is_dynamic() != found.is_dynamic() {
            return self.changes.push(ChangedItem::Dynamic { attribute, now: found.is_dynamic() });
        }
        self.pair(own.feature_hash(), own.name(), found.feature_hash(), found.name());
        if matches!(own.attribute_type(), AttributeType::Text | AttributeType::Numeric) {
            return;
        }
        for option in own.options().filter(|option| !option.is_archived()) {
            let key = self.key(option.feature_hash(), option.label());
            match found.options().find(|other| self.is(other.feature_hash(), other.label(), key)) {
                Some(other) => self.option(option, other),
                None => {
                    let option = option.label().to_owned();
                    self.changes.push(ChangedItem::Choice { attribute: attribute.clone(), option });
                }
            }
        }
    }

    fn option(&mut self, own: &Choice, found: &Choice) {
        self.pair(own.feature_hash(), own.label(), found.feature_hash(), found.label());
        self.attributes(own.attributes(), &|| Box::new(found.attributes()));
    }

    fn key<'k>(&self, hash: &'k FeatureHash, title: &'k str) -> &'k str {
        match self.by {
            MatchBy::FeatureHash => hash.as_str(),
            MatchBy::Title => title,
        }
    }

    fn is(&self, hash: &FeatureHash, title: &str, key: &str) -> bool {
        match self.by {
            MatchBy::FeatureHash => hash.as_str() == key,
            MatchBy::Title => title == key,
        }
    }

    fn pair(&mut self, own: &FeatureHash, own_title: &str, found: &FeatureHash, found_title: &str) {
        if own != found {
            self.matched.to_project.insert(own.clone(), found.clone());
            self.matched.to_build.insert(found.clone(), own.clone());
        }
        if own_title != found_title {
            self.matched.renames.push(Rename { from: own_title.to_owned(), to: found_title.to_owned() });
        }
    }
}
