//! The types, as source text. The compiler parses text faster than it takes over tokens one by one, and an ontology can have
//! thousands of options.

use std::fmt::Write as _;

use agent_platform::ontology::Shape;

use super::docs;
use super::model::{Classification, Field, Item, Kind, Model, Object, UNRECOGNIZED, Variant};

/// The place of the generated items in their module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'s> {
    /// Path of the module for generated code.
    pub(super) private: &'s str,
    /// Absolute path of the file.
    pub(super) file: &'s str,
    pub(super) is_matched_by_title: bool,
}

/// Names of the generated code, each one token instead of a path: the compiler takes over tokens one by one.
const NAMES: &str = "AddObject as __AddObject, AnswerError as __AnswerError, AnswerReader as __AnswerReader, Bitmask as __Bitmask, \
    BoundingBox as __BoundingBox, BuildOntology as __BuildOntology, Checklist as __Checklist, Circle as __Circle, \
    ClassReader as __ClassReader, ClassificationType as __ClassificationType, Cuboid as __Cuboid, Cuboid2d as __Cuboid2d, \
    EditResult as __EditResult, Ellipse as __Ellipse, FeatureHash as __FeatureHash, IntoFrameIndex as __IntoFrameIndex, \
    IntoIterator as __IntoIterator, IntoNewObject as __IntoNewObject, IntoRanges as __IntoRanges, ItemKey as __ItemKey, \
    LabelRow as __LabelRow, NewAnswers as __NewAnswers, NewObject as __NewObject, ObjectLabel as __ObjectLabel, \
    ObjectType as __ObjectType, Option as __Option, OptionType as __OptionType, Point as __Point, Polygon as __Polygon, \
    Polyline as __Polyline, Ranges as __Ranges, Result as __Result, RotatableBoundingBox as __RotatableBoundingBox, \
    Segmentation as __Segmentation, ShapeOnFrame as __ShapeOnFrame, Skeleton as __Skeleton, String as __String, \
    TypedClass as __TypedClass, f64 as __f64, str as __str";

/// Generates the contents of the module with the types.
pub(super) fn module(model: &Model, source: Source<'_>) -> String {
    let mut code = String::new();
    let Source { private, file, is_matched_by_title } = source;
    let by = if is_matched_by_title { "Title" } else { "FeatureHash" };
    put(
        &mut code,
        format_args!(
            "mod __names {{ pub use {private}::{{{NAMES}}};\n\
             pub fn __ontology() -> &'static __BuildOntology {{ static ONTOLOGY: __BuildOntology = __BuildOntology::new(|| \
             {private}::Ontology::parse({private}::include_str!({file:?})).ok(), {private}::MatchBy::{by}); &ONTOLOGY }} }}\n\
             use __names::*;\n"
        ),
    );
    let mut writer = Writer { code };
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
}

impl Writer {
    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        put(&mut self.code, arguments);
    }

    fn object(&mut self, object: &Object) {
        let Object { item, type_name, module, shape, fields, .. } = object;
        let (hash, title, shape) = (&item.feature_hash, &item.title, shape_type(shape));
        let docs = docs::object(object);
        self.put(format_args!(
            "{docs} #[derive(Clone, Debug, PartialEq)] pub struct {type_name}(__ObjectLabel<__{shape}>);\n\
             impl __ObjectType for {type_name} {{ type Shape = __{shape};\n\
             const CLASS: __TypedClass = __TypedClass::new(__ontology, {hash:?}, {title:?});\n\
             fn from_label(label: __ObjectLabel<__{shape}>) -> Self {{ Self(label) }}\n\
             fn label(&self) -> &__ObjectLabel<__{shape}> {{ &self.0 }} }}\n\
             impl __ShapeOnFrame for {type_name} {{ type Reader = __ClassReader; }}\n"
        ));
        if !fields.is_empty() {
            self.put(format_args!("impl {type_name} {{\n"));
            fields.iter().for_each(|field| self.accessors(field, module));
            self.put(format_args!("}}\n"));
        }
        self.builder(object, shape);
        self.enums(module, fields);
    }

    /// Adds the constant, getter and setter of an attribute.
    fn accessors(&mut self, field: &Field, module: &str) {
        let Field { item, name, constant, kind, dynamic, .. } = field;
        let (hash, title, docs) = (&item.feature_hash, &item.title, docs::field(field));
        let (value, owned) = (argument(field, module), owned(field));
        let (read, output) = match kind {
            Kind::Text => ("text", "__Option<&__str>".to_owned()),
            Kind::Number | Kind::Radio(_) => ("get", format!("__Option<{value}>")),
            Kind::Checklist(_) => ("checklist", value_type(field, &format!("{module}::"))),
        };
        self.put(format_args!(
            "{docs} pub const {constant}: __ItemKey = __ItemKey::new(__ontology, {hash:?}, {title:?});\n"
        ));
        if *dynamic {
            self.put(format_args!(
                "{docs} pub fn {name}(&self, frame: impl __IntoFrameIndex) -> {output} \
                 {{ self.0.answers_at(frame).{read}({hash:?}) }}\n\
                 {docs} pub fn set_{name}(&self, row: &mut __LabelRow, {name}: {value}, frames: impl __IntoRanges) -> __EditResult \
                 {{ self.0.set_on(row, {hash:?}, &{owned}, frames) }}\n"
            ));
        } else {
            self.put(format_args!(
                "{docs} pub fn {name}(&self) -> {output} {{ self.0.answers().{read}({hash:?}) }}\n\
                 {docs} pub fn set_{name}(&self, row: &mut __LabelRow, {name}: {value}) -> __EditResult \
                 {{ self.0.set(row, {hash:?}, &{owned}) }}\n"
            ));
        }
    }

    fn builder(&mut self, object: &Object, shape_type: &str) {
        let Object { type_name, module, shape, fields, .. } = object;
        let required: Vec<&Field> = fields.iter().filter(|field| field.required).collect();
        let (shape_name, shape_parameter) =
            if shape.is_range() { ("", String::new()) } else { ("shape", format!("shape: __{shape_type}, ")) };
        let parameters: String =
            required.iter().map(|field| format!("{}: {}, ", field.name, argument(field, module))).collect();
        let answers: String = required.iter().map(|field| format!(".{0}({0})", field.name)).collect();
        let new = docs::builder_new(object, &required);
        let class = format!("{type_name}::CLASS");
        let empty = match shape.is_range() {
            true => format!("__NewObject::without_coordinates({class})"),
            false => format!("__NewObject::new({class}, shape)"),
        };
        self.put(format_args!(
            "#[doc = \"Builder of a new [`{type_name}`], for `row.add(...)`.\"] #[derive(Clone, Debug, PartialEq)] #[must_use] \
             pub struct New{type_name}(__NewObject);\n\
             impl __IntoNewObject for New{type_name} {{ \
             fn into_new_object(self, row: &mut __LabelRow) -> __AddObject<'_> {{ self.0.add_to(row) }} }}\n\
             impl New{type_name} {{\n\
             {new} pub fn new({shape_parameter}{parameters}) -> Self {{ Self::unanswered({shape_name}){answers} }}\n\
             #[doc = \"Creates an object whose attributes the annotator answers.\"] \
             pub fn unanswered({shape_parameter}) -> Self {{ Self({empty}) }}\n\
             #[doc = \"Creates an object from the answer of a language model to the schema of the class.\"] \
             pub fn parse({shape_parameter}answer: &__str) -> __Result<Self, __AnswerError> \
             {{ {empty}.with_answer_of_model(answer).map(Self) }}\n"
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
        let attribute = &field.item.feature_hash;
        let docs = docs::classification(classification);
        if let Kind::Radio(variants) = &field.kind {
            self.option_enum(&docs, type_name, field, variants, &format!("{module}::"));
            self.classification_impl(
                type_name,
                item,
                &format!("answers.get({attribute:?})"),
                &format!("{attribute:?}, self"),
            );
            self.enums(module, variants.iter().flat_map(|variant| &variant.fields));
            return;
        }
        let value = value_type(field, &format!("{module}::"));
        self.put(format_args!(
            "{docs} #[derive(Clone, Debug, PartialEq)] pub struct {type_name}(#[doc = \"The answer.\"] pub {value});\n"
        ));
        let read = format!("answers.get({attribute:?}).map(Self)");
        self.classification_impl(type_name, item, &read, &format!("{attribute:?}, &self.0"));
        self.enums(module, [field]);
    }

    fn classification_impl(&mut self, type_name: &str, item: &Item, read: &str, write: &str) {
        let (hash, title) = (&item.feature_hash, &item.title);
        self.put(format_args!(
            "impl __ClassificationType for {type_name} {{\n\
             const CLASS: __TypedClass = __TypedClass::new(__ontology, {hash:?}, {title:?});\n\
             fn read(answers: __AnswerReader<'_>) -> __Option<Self> {{ {read} }}\n\
             fn write(&self, answers: &mut __NewAnswers) {{ answers.answer({write}); }} }}\n"
        ));
    }

    /// Adds the module with the enums of these attributes and of those nested below them.
    fn enums<'f>(&mut self, module: &str, fields: impl IntoIterator<Item = &'f Field>) {
        let fields: Vec<&Field> = fields.into_iter().filter(|field| has_enum(field)).collect();
        if fields.is_empty() {
            return;
        }
        self.put(format_args!("#[doc = \"Options of the class.\"] pub mod {module} {{ use super::__names::*;\n"));
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
             #[doc = \"An option that is archived, or newer than this build.\"] {UNRECOGNIZED}(__FeatureHash) }}\n\
             impl __OptionType for {name} {{\n\
             const ATTRIBUTE: __ItemKey = __ItemKey::new(__ontology, {hash:?}, {title:?});\n\
             fn read(option: &__FeatureHash, answers: __AnswerReader<'_>) -> Self {{ \
             match option.as_str() {{ {read}_ => Self::{UNRECOGNIZED}(option.clone()) }} }}\n\
             fn write<'v>(&'v self, answers: &mut __NewAnswers) -> &'v __str {{ \
             match self {{ {write}Self::{UNRECOGNIZED}(option) => option.as_str() }} }} }}\n"
        ));
    }
}

/// Returns the type of an attribute's value as a parameter, in the module of the classes.
fn argument(field: &Field, module: &str) -> String {
    let name = &field.type_name;
    match field.kind {
        Kind::Text => "&__str".to_owned(),
        Kind::Number => "__f64".to_owned(),
        Kind::Radio(_) => format!("{module}::{name}"),
        Kind::Checklist(_) => format!("impl __IntoIterator<Item = {module}::{name}>"),
    }
}

/// Returns the expression of an owned value for a parameter.
fn owned(field: &Field) -> String {
    match field.kind {
        Kind::Text => format!("__String::from({})", field.name),
        Kind::Checklist(_) => format!("__IntoIterator::into_iter({}).collect::<__Checklist<_>>()", field.name),
        _ => field.name.clone(),
    }
}

/// Returns the type of a nested attribute's field.
fn nested_type(field: &Field, prefix: &str) -> String {
    let value = value_type(field, prefix);
    match field.kind {
        Kind::Checklist(_) => value,
        _ => format!("__Option<{value}>"),
    }
}

/// Returns the type of an attribute's value, owned.
fn value_type(field: &Field, prefix: &str) -> String {
    let name = &field.type_name;
    match field.kind {
        Kind::Text => "__String".to_owned(),
        Kind::Number => "__f64".to_owned(),
        Kind::Radio(_) => format!("{prefix}{name}"),
        Kind::Checklist(_) => format!("__Checklist<{prefix}{name}>"),
    }
}
