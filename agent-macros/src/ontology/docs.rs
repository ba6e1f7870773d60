//! The documentation of the types, as attributes in source text.

use super::model::{Classification, Field, Item, Kind, Object};

pub(super) fn object(object: &Object) -> String {
    let Object { item, shape, color, required, .. } = object;
    let shape = shape.as_str().replace('_', " ");
    let required = if *required { ", required" } else { "" };
    doc(&format!("{}: {shape}, {}{required}. Feature hash {}.", title(item), code(color), code(&item.feature_hash)))
}

pub(super) fn classification(classification: &Classification) -> String {
    let Classification { item, is_global, field, .. } = classification;
    let scope = if *is_global { "about the whole file" } else { "about frames" };
    let (kind, hash) = (kind(field), code(&item.feature_hash));
    doc(&format!("{}: classification {scope}, {kind}. Feature hash {hash}.", title(item)))
}

pub(super) fn field(field: &Field) -> String {
    doc(&format!("{}: {}.", title(&field.item), kind(field)))
}

pub(super) fn option(item: &Item) -> String {
    doc(&format!("{}.", title(item)))
}

pub(super) fn builder_new(object: &Object, required: &[&Field]) -> String {
    let answers: Vec<String> = required.iter().map(|field| title(&field.item)).collect();
    let answers = if answers.is_empty() { "no required answers".to_owned() } else { answers.join(", ") };
    doc(&format!("Creates an object of the class {}, with {answers}.", title(&object.item)))
}

fn kind(field: &Field) -> String {
    let kind = match field.kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Radio(_) => "radio",
        Kind::Checklist(_) => "checklist",
    };
    let mut text = kind.to_owned();
    if field.required {
        text.push_str(", required");
    }
    if field.dynamic {
        text.push_str(", dynamic: the answer may differ between frames");
    }
    let options: Vec<String> = field.kind.variants().iter().map(|variant| title(&variant.item)).collect();
    if !options.is_empty() {
        text.push_str("; options: ");
        text.push_str(&options.join(", "));
    }
    text
}

fn title(item: &Item) -> String {
    code(&item.title)
}

/// Formats text as code, so that nothing in it is markup.
fn code(text: &str) -> String {
    let text = text.replace(['`', '\n', '\r'], " ");
    if text.trim().is_empty() { "(untitled)".to_owned() } else { format!("`{text}`") }
}

fn doc(text: &str) -> String {
    format!("#[doc = {text:?}]")
}
