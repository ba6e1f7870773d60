//! The types, as source text. The compiler parses text faster than it takes over tokens one by one, and an ontology can have
//! thousands of options.

use std::fmt::Write as _;

use agent_platform::ontology::Shape;

use super::docs;
use super::model::{Classification, Field, Kind, Model, Object, UNRECOGNIZED, Variant};

/// The place of the generated items in their module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'s> {
    /// Path of the module for generated code.
    pub(super) private: &'s str,
    /// Absolute path of the file.
    pub(super) file: &'s str,
    pub(super) is_matched_by_title: bool,
}

/// Generates the contents of the module with the types.
pub(super) fn module(model: &Model, source: Source<'_>) -> String {
    let mut code = String::new();
    let Source { private, file, is_matched_by_title } = source;
    let by = if is_matched_by_title { "Title" } else { "FeatureHash" };
    let key = if is_matched_by_title { "with_title_match" } else { "new" };
    put(&mut code, format_args!("use {private} as __runtime;\n"));
    put(
        &mut code,
        format_args!(
            "pub(crate) static __ONTOLOGY: __runtime::BuildOntology = __runtime::BuildOntology::new(|| \
             __runtime::Ontology::parse(__runtime::include_str!({file:?})).ok(), __runtime::MatchBy::{by});\n"
        ),
    );
    let mut writer = Writer { code, key };
    model.objects.iter().for_each(|object| writer.object(object));
    model.classifications.iter().for_each(|classification| writer.classification(classification));
    writer.code
}

/// Returns the names in the module that its parent re-exports.
pub(super) fn names(model: &Model) -> Vec<String> {
    let mut names = Vec::new();
    for object in &model.objects {
        names.extend([object.type_name.clone(), format!("New{}", object.type_name)]);
        if object.fields.iter().any(has_enum) {
            names.push(object.module.clone());
        }
    }
    for classification in &model.classifications {
        names.push(classification.type_name.clone());
        if has_own_enum(classification) {
            names.push(classification.module.clone());
        }
    }
    names
}

fn put(code: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = code.write_fmt(arguments);
}

/// Returns `true` if the attribute, or one nested below it, has an enum.
fn has_enum(field: &Field) -> bool {
    field.kind.has_enum() || nested_enum(field)
}

fn nested_enum(field: &Field) -> bool {
    field.kind.variants().iter().flat_map(|variant| &variant.fields).any(has_enum)
}

/// Returns `true` if the module of the classification has an enum. That of a radio is the type of the class.
fn has_own_enum(classification: &Classification) -> bool {
    match classification.field.kind {
        Kind::Radio(_) => nested_enum(&classification.field),
        _ => has_enum(&classification.field),
    }
}

/// Returns the type of an object's coordinates.
fn shape_type(shape: &Shape) -> &'static str {
    match shape {
        Shape::BoundingBox => "BoundingBox",
        Shape::RotatableBoundingBox => "RotatableBoundingBox",
        Shape::Polygon => "Polygon",
        Shape::Polyline => "Polyline",
        Shape::Point => "Point",
        Shape::Skeleton => "Skeleton",
        Shape::Bitmask => "Bitmask",
        Shape::Cuboid => "Cuboid",
        Shape::Cuboid2d => "Cuboid2d",
        Shape::Circle => "Circle",
        Shape::Ellipse => "Ellipse",
        Shape::Segmentation => "Segmentation",
        _ => "Ranges",
    }
}

struct Writer {
    code: String,
    /// The constructor of keys.
    key: &'static str,
}

impl Writer {
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        put(&mut self.code, arguments);
    }

    fn object(&mut self, object: &Object) {
        let Object { item, type_name, module, shape, fields, .. } = object;
        let (hash, title, shape, key) = (&item.feature_hash, &item.title, shape_type(shape), self.key);
        let (docs, label) = (docs::object(object), format!("__runtime::ObjectLabel<__runtime::{shape}>"));
        self.put(format_args!(
            "{docs} #[derive(Clone, Debug, PartialEq)] pub struct {type_name}({label});\n\
             impl {type_name} {{\n\
             #[doc = \"The class, as a key of the untyped methods.\"] \
             pub const CLASS: __runtime::ItemKey = __runtime::ItemKey::{key}({hash:?}, {title:?});\n\
             #[doc = \"Feature hash of the class.\"] pub const FEATURE_HASH: &'static __runtime::str = {hash:?};\n\
             #[doc = \"Title of the class.\"] pub const TITLE: &'static __runtime::str = {title:?};\n\
             #[doc = \"Returns the label: hash, frame, coordinates and answers.\"] #[must_use] \
             pub fn label(&self) -> &{label} {{ &self.0 }}\n\
             #[doc = \"Returns the schema of the attributes, for the answer of a language model.\"] #[must_use] \
             pub fn schema() -> __runtime::AttributeSchema \
             {{ __runtime::AttributeSchema::from_class(<Self as __runtime::ObjectType>::class()) }}\n"
        ));
        fields.iter().for_each(|field| self.accessors(field, module));
        self.put(format_args!(
            "}}\n\
             impl __runtime::ObjectType for {type_name} {{ type Shape = __runtime::{shape};\n\
             fn class() -> __runtime::TypedClass {{ __runtime::TypedClass::new(&__ONTOLOGY, {hash:?}) }}\n\
             fn from_label(label: {label}) -> Self {{ Self(label) }}\n\
             fn as_label(&self) -> &{label} {{ &self.0 }} }}\n\
             impl __runtime::ShapeOnFrame for {type_name} {{\n\
             fn name() -> __runtime::String {{ __runtime::String::from({title:?}) }}\n\
             fn read(object: &__runtime::FrameObject<'_>) -> __runtime::ReadResult<Self> \
             {{ __runtime::read_object(object) }}\n\
             fn read_elsewhere(object: &__runtime::Object<'_>) -> __runtime::ReadResult<__runtime::Option<Self>> \
             {{ __runtime::read_ranged_object(object) }}\n\
             fn check(row: &__runtime::LabelRow) -> __runtime::ReadResult<()> {{ __runtime::check_class::<Self>(row) }} }}\n\
             impl __runtime::Deref for {type_name} {{ type Target = __runtime::{shape};\n\
             fn deref(&self) -> &__runtime::{shape} {{ self.0.coordinates() }} }}\n"
        ));
        self.builder(object, shape);
        self.enums(module, fields);
    }

    /// Adds the constant, getter and setter of an attribute.
    fn accessors(&mut self, field: &Field, module: &str) {
        let Field { item, name, constant, kind, dynamic, .. } = field;
        let (hash, title, docs, key) = (&item.feature_hash, &item.title, docs::field(field), self.key);
        let (value, owned) = (argument(field, module), owned(field));
        let (read, output) = match kind {
            Kind::Text => ("text", "__runtime::Option<&__runtime::str>".to_owned()),
            Kind::Number | Kind::Radio(_) => ("get", format!("__runtime::Option<{value}>")),
            Kind::Checklist(_) => ("checklist", value_type(field, &format!("{module}::"))),
        };
        self.put(format_args!(
            "{docs} pub const {constant}: __runtime::ItemKey = __runtime::ItemKey::{key}({hash:?}, {title:?});\n"
        ));
        let set = "row: &mut __runtime::LabelRow";
        let result = "__runtime::EditResult";
        if *dynamic {
            self.put(format_args!(
                "{docs} pub fn {name}(&self, frame: impl __runtime::IntoFrameIndex) -> {output} \
                 {{ self.0.answers_at(frame).{read}({hash:?}) }}\n\
                 {docs} pub fn set_{name}(&self, {set}, {name}: {value}, frames: impl __runtime::IntoRanges) -> {result} \
                 {{ self.0.set_on(row, {hash:?}, &{owned}, frames) }}\n"
            ));
        } else {
            self.put(format_args!(
                "{docs} pub fn {name}(&self) -> {output} {{ self.0.answers().{read}({hash:?}) }}\n\
                 {docs} pub fn set_{name}(&self, {set}, {name}: {value}) -> {result} \
                 {{ self.0.set(row, {hash:?}, &{owned}) }}\n"
            ));
        }
    }

    fn builder(&mut self, object: &Object, shape_type: &str) {
        let Object { type_name, module, shape, fields, .. } = object;
        let required: Vec<&Field> = fields.iter().filter(|field| field.required).collect();
        let (shape_name, shape_parameter) =
            if shape.is_range() { ("", String::new()) } else { ("shape", format!("shape: __runtime::{shape_type}, ")) };
        let parameters: String =
            required.iter().map(|field| format!("{}: {}, ", field.name, argument(field, module))).collect();
        let answers: String = required.iter().map(|field| format!(".{0}({0})", field.name)).collect();
        let new = docs::builder_new(object, &required);
        let class = format!("<{type_name} as __runtime::ObjectType>::class()");
        let empty = match shape.is_range() {
            true => format!("__runtime::NewObject::without_coordinates({class})"),
            false => format!("__runtime::NewObject::new({class}, shape)"),
        };
        self.put(format_args!(
            "#[doc = \"Builder of a new [`{type_name}`], for `row.add(...)`.\"] #[derive(Clone, Debug, PartialEq)] #[must_use] \
             pub struct New{type_name}(__runtime::NewObject);\n\
             impl __runtime::IntoNewObject for New{type_name} {{ \
             fn into_new_object(self, row: &mut __runtime::LabelRow) -> __runtime::AddObject<'_> {{ self.0.add_to(row) }} }}\n\
             impl New{type_name} {{\n\
             {new} pub fn new({shape_parameter}{parameters}) -> Self {{ Self::unanswered({shape_name}){answers} }}\n\
             #[doc = \"Creates an object whose attributes the annotator answers.\"] \
             pub fn unanswered({shape_parameter}) -> Self {{ Self({empty}) }}\n\
             #[doc = \"Creates an object from the answer of a language model to the schema of the class.\"] \
             pub fn parse({shape_parameter}answer: &__runtime::str) -> __runtime::Result<Self, __runtime::AnswerError> \
             {{ __runtime::parse_object({class}, {empty}, answer).map(Self) }}\n"
        ));
        for field in fields {
            let (name, hash, docs) = (&field.name, &field.item.feature_hash, docs::field(field));
            let (value, owned) = (argument(field, module), owned(field));
            self.put(format_args!(
                "{docs} pub fn {name}(self, {name}: {value}) -> Self {{ Self(self.0.answer({hash:?}, &{owned})) }}\n"
            ));
        }
        self.put(format_args!("}}\n"));
    }

    fn classification(&mut self, classification: &Classification) {
        let Classification { item, type_name, module, field, .. } = classification;
        let (hash, title) = (&item.feature_hash, &item.title);
        let attribute = &field.item.feature_hash;
        let docs = docs::classification(classification);
        if let Kind::Radio(variants) = &field.kind {
            self.option_enum(&docs, type_name, field, variants, &format!("{module}::"));
            self.classification_impl(
                type_name,
                hash,
                &format!("answers.get({attribute:?})"),
                &format!("{attribute:?}, self"),
            );
            self.enums(module, variants.iter().flat_map(|variant| &variant.fields));
            return;
        }
        let value = value_type(field, &format!("{module}::"));
        self.put(format_args!(
            "{docs} #[derive(Clone, Debug, PartialEq)] pub struct {type_name}(#[doc = \"The answer.\"] pub {value});\n\
             impl {type_name} {{\n\
             #[doc = \"Feature hash of the class.\"] pub const FEATURE_HASH: &'static __runtime::str = {hash:?};\n\
             #[doc = \"Title of the class.\"] pub const TITLE: &'static __runtime::str = {title:?}; }}\n"
        ));
        let read = format!("answers.get({attribute:?}).map(Self)");
        self.classification_impl(type_name, hash, &read, &format!("{attribute:?}, &self.0"));
        self.enums(module, [field]);
    }

    fn classification_impl(&mut self, type_name: &str, hash: &str, read: &str, write: &str) {
        self.put(format_args!(
            "impl {type_name} {{\n\
             #[doc = \"Returns the schema of the classification, for the answer of a language model.\"] #[must_use] \
             pub fn schema() -> __runtime::ClassificationSchema \
             {{ __runtime::ClassificationSchema::from_class(<Self as __runtime::ClassificationType>::class()) }}\n\
             #[doc = \"Parses the answer of a language model to the schema; `None` if it is unanswered.\"] \
             pub fn parse(answer: &__runtime::str) -> __runtime::Result<__runtime::Option<Self>, __runtime::AnswerError> \
             {{ __runtime::parse_classification(answer) }} }}\n\
             impl __runtime::ClassificationType for {type_name} {{\n\
             fn class() -> __runtime::TypedClass {{ __runtime::TypedClass::new(&__ONTOLOGY, {hash:?}) }}\n\
             fn read(answers: __runtime::AnswerReader<'_>) -> __runtime::Option<Self> {{ {read} }}\n\
             fn write(&self, answers: &mut __runtime::NewAnswers) {{ answers.answer({write}); }} }}\n"
        ));
    }

    /// Adds the module with the enums of these attributes and of those nested below them.
    fn enums<'f>(&mut self, module: &str, fields: impl IntoIterator<Item = &'f Field>) {
        let fields: Vec<&Field> = fields.into_iter().filter(|field| has_enum(field)).collect();
        if fields.is_empty() {
            return;
        }
        self.put(format_args!(
            "#[doc = \"Options of the class.\"] pub mod {module} {{ use super::{{__runtime, __ONTOLOGY}};\n"
        ));
        fields.into_iter().for_each(|field| self.enums_below(field));
        self.put(format_args!("}}\n"));
    }

    fn enums_below(&mut self, field: &Field) {
        if let Kind::Radio(variants) | Kind::Checklist(variants) = &field.kind {
            self.option_enum(&docs::field(field), &field.type_name, field, variants, "");
            for nested in variants.iter().flat_map(|variant| &variant.fields) {
                self.enums_below(nested);
            }
        }
    }

    /// Adds the enum of an attribute. `prefix` leads to the enums of nested attributes.
    fn option_enum(&mut self, docs: &str, name: &str, field: &Field, variants: &[Variant], prefix: &str) {
        let (hash, title) = (&field.item.feature_hash, &field.item.title);
        let (mut definition, mut read, mut write) = (String::new(), String::new(), String::new());
        for Variant { item, name, fields } in variants {
            let (option, docs) = (&item.feature_hash, docs::option(item));
            let (mut types, mut reads, mut names, mut writes) = <(String, String, String, String)>::default();
            for nested in fields {
                let (docs, value, hash) = (docs::field(nested), nested_type(nested, prefix), &nested.item.feature_hash);
                let name = &nested.name;
                put(&mut types, format_args!("{docs} {name}: {value}, "));
                put(&mut reads, format_args!("{name}: answers.nested({hash:?}), "));
                put(&mut names, format_args!("{name}, "));
                put(&mut writes, format_args!("answers.nested({hash:?}, {name}); "));
            }
            let braces = |inner: String| if fields.is_empty() { inner } else { format!(" {{ {inner}}}") };
            let (types, reads, names) = (braces(types), braces(reads), braces(names));
            put(&mut definition, format_args!("{docs} {name}{types},\n"));
            put(&mut read, format_args!("{option:?} => Self::{name}{reads},\n"));
            put(&mut write, format_args!("Self::{name}{names} => {{ {writes}{option:?} }}\n"));
        }
        self.put(format_args!(
            "{docs} #[derive(Clone, Debug, PartialEq)] pub enum {name} {{\n{definition}\
             #[doc = \"An option that is archived, or newer than this build.\"] {UNRECOGNIZED}(__runtime::FeatureHash) }}\n\
             impl {name} {{\n\
             #[doc = \"Feature hash of the attribute.\"] pub const FEATURE_HASH: &'static __runtime::str = {hash:?};\n\
             #[doc = \"Title of the attribute.\"] pub const TITLE: &'static __runtime::str = {title:?};\n\
             #[doc = \"Returns the label of the option; `None` if it is newer than this build.\"] #[must_use] \
             pub fn title(&self) -> __runtime::Option<&'static __runtime::str> \
             {{ __runtime::option_title(&__ONTOLOGY, self) }} }}\n\
             impl __runtime::OptionType for {name} {{\n\
             fn read(option: &__runtime::FeatureHash, answers: __runtime::AnswerReader<'_>) -> Self {{ \
             match option.as_str() {{ {read}_ => Self::{UNRECOGNIZED}(option.clone()) }} }}\n\
             fn write<'v>(&'v self, answers: &mut __runtime::NewAnswers) -> &'v __runtime::str {{ \
             match self {{ {write}Self::{UNRECOGNIZED}(option) => option.as_str() }} }} }}\n"
        ));
    }
}

/// Returns the type of an attribute's value as a parameter, in the module of the classes.
fn argument(field: &Field, module: &str) -> String {
    let name = &field.type_name;
    match field.kind {
        Kind::Text => "&__runtime::str".to_owned(),
        Kind::Number => "__runtime::f64".to_owned(),
        Kind::Radio(_) => format!("{module}::{name}"),
        Kind::Checklist(_) => format!("impl __runtime::IntoIterator<Item = {module}::{name}>"),
    }
}

/// Returns the expression of an owned value for a parameter.
fn owned(field: &Field) -> String {
    match field.kind {
        Kind::Text => format!("__runtime::String::from({})", field.name),
        Kind::Checklist(_) => format!("__runtime::checklist({})", field.name),
        _ => field.name.clone(),
    }
}

/// Returns the type of a nested attribute's field.
fn nested_type(field: &Field, prefix: &str) -> String {
    let value = value_type(field, prefix);
    match field.kind {
        Kind::Checklist(_) => value,
        _ => format!("__runtime::Option<{value}>"),
    }
}

/// Returns the type of an attribute's value, owned.
fn value_type(field: &Field, prefix: &str) -> String {
    let name = &field.type_name;
    match field.kind {
        Kind::Text => "__runtime::String".to_owned(),
        Kind::Number => "__runtime::f64".to_owned(),
        Kind::Radio(_) => format!("{prefix}{name}"),
        Kind::Checklist(_) => format!("__runtime::Checklist<{prefix}{name}>"),
    }
}
