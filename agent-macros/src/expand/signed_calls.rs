//! The generated signature policy.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::runtime_paths::Runtime;
use crate::attribute::Arguments;

/// Generates the `SignedCalls`.
pub(crate) fn signed_calls(arguments: &Arguments, runtime: &Runtime) -> TokenStream {
    let (private, signed_calls, rules) =
        (runtime.private(), runtime.item("SignedCalls"), runtime.item("SignatureRule"));
    let rule = arguments.choice("signature").map(|choice| format_ident!("{}", choice.variant));
    let secret_env = arguments.text("secret_env");
    let refuses_replays = arguments.choice("replay").is_some_and(|choice| choice.word == "refuse");
    if rule.is_none() && secret_env.is_none() && !refuses_replays {
        return quote!(#signed_calls::DEFAULT);
    }
    let none = || quote!(#private::Option::None);
    let rule = rule.map_or_else(none, |rule| quote!(#private::Option::Some(#rules::#rule)));
    let secret_env = secret_env.map_or_else(none, |name| quote!(#private::Option::Some(#name)));
    quote!(#signed_calls { rule: #rule, secret_env: #secret_env, refuses_replays: #refuses_replays })
}
