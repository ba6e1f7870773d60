//! The generated `LabelRowRequest`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::runtime_paths::Runtime;
use crate::attribute::keys::Part;
use crate::attribute::{Arguments, Value};

/// Generates the `LabelRowRequest`: each key about the label row sets the field of its name.
pub(crate) fn request(arguments: &Arguments, runtime: &Runtime) -> TokenStream {
    let (private, request) = (runtime.private(), runtime.item("LabelRowRequest"));
    let fields = arguments.of_part(&Part::LabelRowRequest).filter_map(|(key, value)| {
        let value = match value {
            Value::Flag(on) => on.then(|| quote!(true))?,
            Value::Text(text) => {
                let text = text.value();
                quote!(#private::Option::Some(#text))
            }
            Value::FeatureHashes(hashes) => {
                let hashes = hashes.iter().map(syn::LitStr::value);
                quote!(#private::Option::Some(&[#(#hashes),*]))
            }
            Value::Duration(_) | Value::Number(_) | Value::Choice(_) | Value::CratePath(_) => return None,
        };
        // With the span of the macro: a lint about the field must not point at the author's key.
        let field = Ident::new(&key.to_string(), Span::call_site());
        Some(quote!(#field: #value,))
    });
    let fields: TokenStream = fields.collect();
    if fields.is_empty() { quote!(#request::WHOLE) } else { quote!(#request { #fields ..#request::WHOLE }) }
}
