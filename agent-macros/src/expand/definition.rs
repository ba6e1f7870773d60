//! The definition of an agent or handler: a constant of a trait that its type implements.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::LitStr;

use super::Input;
use super::runtime_paths::Runtime;
use super::signed_calls::signed_calls;
use crate::attribute::Arguments;

/// The parts of a definition in which agents and handlers differ.
pub(super) struct Definition {
    /// The trait that the type implements.
    pub(super) trait_name: &'static str,
    /// The constant of the trait.
    pub(super) constant: &'static str,
    /// The type of the definition.
    pub(super) type_name: &'static str,
    /// The type of the field `definition` with the static data. `None` if they are fields of the type itself.
    pub(super) data_type: Option<&'static str>,
    /// The functions that the fields refer to.
    pub(super) functions: TokenStream,
    /// The static data that only this type has, as fields.
    pub(super) data: TokenStream,
    /// The fields with the functions.
    pub(super) entry_points: TokenStream,
}

impl Definition {
    /// Generates the implementation of the trait, and the registration.
    pub(super) fn generate(&self, input: &Input, is_registered: bool) -> TokenStream {
        let Input { function, runtime, .. } = input;
        let Self { functions, entry_points, .. } = self;
        let private = runtime.private();
        let (trait_path, type_path) = (runtime.item(self.trait_name), runtime.item(self.type_name));
        let constant = format_ident!("{}", self.constant);
        let data = self.data(input);
        let name = &function.signature.ident;
        let registration = is_registered
            .then(|| quote!(#private::inventory::submit! { #private::Registered(<#name as #trait_path>::#constant) }));
        quote! {
            const _: () = {
                #[allow(unused_imports, reason = "which are used depends on the signature")]
                use #private::{Underlined, future_without_rc_or_guard_across_await, editor_agent_that_borrows, agent_without_rc_or_guard_across_await};

                #functions

                #[diagnostic::do_not_recommend]
                impl #trait_path for #name {
                    #[allow(clippy::needless_update, reason = "the attribute may set every field of the request")]
                    const #constant: &'static #type_path = &#type_path {
                        #data
                        #entry_points
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
