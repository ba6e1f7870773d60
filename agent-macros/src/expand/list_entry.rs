//! The entry of a function for `agents![...]` and `handlers![...]`: a hidden macro with the name of the function.
//!
//! A list knows only the path of a function, and a function cannot implement a trait. A macro of the same name is found wherever the
//! function is: an import brings both, also under another name. Macros have a namespace of their own, so a module, a type or a
//! crate may have the function's name, too.
//!
//! In the list for it, the macro expands to the key of the function, in the other one to a key without a definition. It also names the function, so that a private one is reported.
//!
//! The macro of a function named like a macro that is in scope everywhere, such as `format`, would make calls of that macro in its
//! module ambiguous. So the common ones are rejected.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream};
use quote::quote;
use syn::Visibility;

use crate::attribute::AttributeMacro;
use crate::use_site::Identity;

/// Macros of the standard library that ordinary code calls.
const STANDARD_MACROS: [&str; 21] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "matches",
    "panic",
    "print",
    "println",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
    "thread_local",
];

/// Returns `true` if the macro of this function would hide one of the standard library.
pub(crate) fn hides_standard_macro(function: &Ident) -> bool {
    STANDARD_MACROS.iter().any(|name| function == name)
}

/// Generates the macro and its name.
pub(super) fn generate(
    attribute: AttributeMacro,
    function: &Ident,
    visibility: &Visibility,
    identity: &Identity,
) -> TokenStream {
    let (unique_name, key) = (identity.unique_name(), identity.key());
    // With the span of the attribute: the name of the function is the function, also to an editor.
    let mut name = function.clone();
    name.set_span(Span::call_site());
    let list = attribute.list_word();
    let dollar = Punct::new('$', Spacing::Alone);
    let is_public = matches!(visibility, Visibility::Public(_));
    let visibility = if is_public { quote!(pub) } else { quote!(pub(crate)) };
    let export = is_public.then(|| quote!(#[macro_export]));
    let definition = quote! {
        #[doc(hidden)]
        #export
        #[allow(unused_macros, non_local_definitions, reason = "used by lists only")]
        macro_rules! #unique_name {
            (@#list #dollar import:ident #dollar function:path) => {{ let _ = #dollar function; #key }};
            (@#dollar other:ident #dollar import:ident #dollar function:path) => { 0 };
        }
    };
    // Two functions of one name in one module are an error. A glob import does not repeat it.
    if identity.is_first_of_its_name() {
        return quote! {
            #definition
            #[doc(hidden)]
            #[allow(unused_imports, clippy::pub_use, reason = "used by lists only")]
            #visibility use #unique_name as #name;
        };
    }
    quote! {
        #[doc(hidden)]
        #visibility mod #unique_name {
            #definition
            #[allow(unused_imports, clippy::pub_use, reason = "used by lists only")]
            #visibility use #unique_name as #name;
        }
        #[doc(hidden)]
        #[allow(unused_imports, clippy::pub_use, reason = "used by lists only")]
        #visibility use #unique_name::*;
    }
}
