//! The definition of an agent or handler.
//!
//! It is the constant of a trait that `()` implements for the key of the function. A list finds it by the key. The second
//! parameter of the trait is a type of the user's crate, without which a crate could not implement it for `()`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::LitStr;

use super::Input;
use super::runtime_paths::Runtime;
use super::signed_calls::signed_calls;
use crate::attribute::Arguments;
use crate::attribute::keys::Part;

/// The parts of a definition in which agents and handlers differ.
pub(super) struct Definition {
    /// The trait with the definition.
    pub(super) trait_name: &'static str,
    /// The constant of the trait.
    pub(super) constant: &'static str,
    /// The type of the definition.
    pub(super) type_name: &'static str,
    /// The type of the field `definition` with the static data. `None` if they are fields of the type itself.
    pub(super) data_type: Option<&'static str>,
    /// The function `__act`, which declares and runs.
    pub(super) function: TokenStream,
    /// The static data that only this type has, as fields.
    pub(super) data: TokenStream,
    /// The fields of the type itself besides the static data.
    pub(super) own: TokenStream,
}

impl Definition {
    /// Generates the implementation of the trait, and the registration.
    pub(super) fn generate(&self, input: &Input, is_registered: bool) -> TokenStream {
        let runtime = &input.runtime;
        let function = &self.function;
        let (private, type_path) = (runtime.private(), runtime.item(self.type_name));
        let (trait_name, constant) = (format_ident!("{}", self.trait_name), format_ident!("{}", self.constant));
        let key = input.identity.key();
        let trait_path = quote!(#private::#trait_name<#key, Definition>);
        let (data, own) = (self.data(input), &self.own);
        let is_deprecated = input.function.has_attribute("deprecated");
        let allow_deprecated = is_deprecated.then(|| quote!(#[allow(deprecated, reason = "the server calls it")]));
        let registration = is_registered
            .then(|| quote!(#private::inventory::submit! { #private::Registered(<() as #trait_path>::#constant) }));
        // A request with every key sets every field.
        let requests = input.arguments.of_part(&Part::LabelRowRequest).next().is_some();
        let allow_needless_update = requests.then(
            || quote!(#[allow(clippy::needless_update, reason = "the attribute may set every field of the request")]),
        );
        quote! {
            const _: () = {
                #allow_deprecated
                #function

                pub enum Definition {}

                impl #trait_path for () {
                    #allow_needless_update
                    const #constant: &'static #type_path = &#type_path {
                        #data
                        #own
                        act: __act,
                    };
                }

                #registration
            };
        }
    }

    /// Generates the fields with the static data.
    fn data(&self, input: &Input) -> TokenStream {
        let Input { function, arguments, runtime, path, .. } = input;
        let (private, location) = (runtime.private(), runtime.item("SourceLocation"));
        let (timeout, signed_calls) = (timeout(arguments, runtime), signed_calls(arguments, runtime));
        let title = arguments.name(&function.signature.ident);
        let description = arguments.text("description").map_or_else(|| function.documentation(), LitStr::value);
        let data = &self.data;
        let data = quote! {
            name: #title,
            path: #path,
            description: #description,
            timeout: #timeout,
            signed_calls: #signed_calls,
            location: #location { file: #private::file!(), line: #private::line!() },
            package: #private::concat!(#private::env!("CARGO_PKG_NAME"), " ", #private::env!("CARGO_PKG_VERSION")),
            #data
        };
        match self.data_type {
            Some(data_type) => {
                let data_type = runtime.item(data_type);
                quote!(definition: #data_type { #data },)
            }
            None => data,
        }
    }
}

/// Generates the `AgentTimeout`.
fn timeout(arguments: &Arguments, runtime: &Runtime) -> TokenStream {
    let timeout = runtime.item("AgentTimeout");
    match arguments.millis("timeout") {
        _ if arguments.flag("no_timeout") => quote!(#timeout::Never),
        Some(millis) => quote!(#timeout::Millis(#millis)),
        None => quote!(#timeout::ServerDefault),
    }
}
