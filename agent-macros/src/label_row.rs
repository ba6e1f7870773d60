//! The keys about the label row: which one an agent works on, what is read with it, and what happens if somebody else
//! saves it meanwhile.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::entry::Entry;
use crate::errors::Errors;
use crate::runtime_paths::Runtime;

/// What the attribute says about the label row.
#[derive(Default)]
pub(crate) struct LabelRow {
    given: Vec<Given>,
    on_conflict: OnConflict,
}

/// The value of `on_conflict`.
#[derive(Clone, Copy, Default)]
enum OnConflict {
    #[default]
    Refuse,
    Retry,
    Merge,
}

impl OnConflict {
    const WORDS: [&str; 3] = ["refuse", "retry", "merge"];

    fn named(word: Option<&str>) -> Self {
        match word {
            Some("retry") => Self::Retry,
            Some("merge") => Self::Merge,
            _ => Self::Refuse,
        }
    }
}

/// A key that stands in the attribute.
struct Given {
    key: Ident,
    /// The field of `LabelRowRequest` that it fills. `None` for a wrong value, and for `on_conflict`.
    field: Option<Value>,
}

enum Value {
    On,
    Text(String),
    Texts(Vec<String>),
}

impl LabelRow {
    /// Reads one of the keys.
    pub(crate) fn take(&mut self, entry: &Entry, errors: &Errors) {
        let field = match entry.key.to_string().as_str() {
            "branch" => entry.text(errors).filter(|name| !is_blank(name, errors)).map(|name| Value::Text(name.value())),
            "only_objects" | "only_classifications" => {
                entry.feature_hashes(errors).map(|hashes| Value::Texts(hashes.iter().map(syn::LitStr::value).collect()))
            }
            "on_conflict" => {
                self.on_conflict = OnConflict::named(entry.one_of(&OnConflict::WORDS, errors));
                None
            }
            _ if entry.flag(errors) => Some(Value::On),
            _ => return,
        };
        self.given.push(Given { key: entry.key.clone(), field });
    }

    /// The keys that keep what is read from being saved, each with the reason.
    pub(crate) fn unsavable(&self) -> impl Iterator<Item = (&Ident, &'static str)> {
        self.given.iter().filter_map(|given| {
            let reason = match given.key.to_string().as_str() {
                "only_objects" => "the other objects would be gone",
                "only_classifications" => "the other classifications would be gone",
                "signed_urls" => "the signed URLs would be written back",
                _ => return None,
            };
            Some((&given.key, reason))
        })
    }

    /// The key `on_conflict`, if it is given.
    pub(crate) fn on_conflict_key(&self) -> Option<&Ident> {
        self.given.iter().map(|given| &given.key).find(|key| *key == "on_conflict")
    }

    /// The `LabelRowRequest`.
    pub(crate) fn request(&self, runtime: &Runtime) -> TokenStream {
        let (private, request) = (runtime.private(), runtime.item("LabelRowRequest"));
        let fields = self.given.iter().filter_map(|given| {
            let value = match given.field.as_ref()? {
                Value::On => quote!(true),
                Value::Text(text) => quote!(#private::Option::Some(#text)),
                Value::Texts(texts) => quote!(#private::Option::Some(&[#(#texts),*])),
            };
            // In a place of the macro's: a lint about the field is none about the author's key.
            let field = Ident::new(&given.key.to_string(), Span::call_site());
            Some(quote!(#field: #value,))
        });
        let fields: TokenStream = fields.collect();
        if fields.is_empty() { quote!(#request::WHOLE) } else { quote!(#request { #fields ..#request::WHOLE }) }
    }

    /// The `OnConflict`.
    pub(crate) fn on_conflict(&self, runtime: &Runtime) -> TokenStream {
        let on_conflict = runtime.item("OnConflict");
        match self.on_conflict {
            OnConflict::Refuse => quote!(#on_conflict::Refuse),
            OnConflict::Retry => quote!(#on_conflict::Retry),
            OnConflict::Merge => quote!(#on_conflict::Merge),
        }
    }
}

fn is_blank(name: &syn::LitStr, errors: &Errors) -> bool {
    let blank = name.value().trim().is_empty();
    if blank {
        errors.at(name, "a branch's name is not blank; leave `branch` out for the branch `main`");
    }
    blank
}
