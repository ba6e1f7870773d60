//! The keys about who may call: which signatures an agent demands.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::entry::Entry;
use crate::errors::Errors;
use crate::runtime_paths::Runtime;

/// What the attribute says about signatures.
#[derive(Default)]
pub(crate) struct SignedCalls {
    rule: Option<&'static str>,
    /// The variable with the agent's own secret, and the key it is the value of.
    secret_env: Option<(Ident, LitStr)>,
    /// The key, if replays are refused.
    replay: Option<Ident>,
}

/// The keys that [`SignedCalls::take`] reads.
pub(crate) const KEYS: [&str; 3] = ["signature", "secret_env", "replay"];

impl SignedCalls {
    /// Reads one of the keys.
    pub(crate) fn take(&mut self, entry: &Entry, errors: &Errors) {
        match entry.key.to_string().as_str() {
            "signature" => self.rule = entry.one_of(&["required", "when-present", "off"], errors),
            "secret_env" => {
                let name = entry.text(errors).filter(|name| is_variable(name, errors));
                self.secret_env = name.map(|name| (entry.key.clone(), name));
            }
            _ => {
                let refuses = entry.one_of(&["refuse", "accept"], errors) == Some("refuse");
                self.replay = refuses.then(|| entry.key.clone());
            }
        }
    }

    /// Reports what makes no sense together.
    pub(crate) fn check(&self, errors: &Errors) {
        if self.rule != Some("off") {
            return;
        }
        if let Some((key, _)) = &self.secret_env {
            errors.at(key, "with `signature = \"off\"` nobody looks at a secret: remove one of them");
        }
        if let Some(key) = &self.replay {
            errors.at(key, "with `signature = \"off\"` no call can be told from another: remove one of them");
        }
    }

    /// The `SignedCalls`.
    pub(crate) fn write(&self, runtime: &Runtime) -> TokenStream {
        let (private, signed_calls) = (runtime.private(), runtime.item("SignedCalls"));
        if self.rule.is_none() && self.secret_env.is_none() && self.replay.is_none() {
            return quote!(#signed_calls::DEFAULT);
        }
        let rule = match self.rule {
            Some("required") => Some(quote!(Required)),
            Some("when-present") => Some(quote!(WhenPresent)),
            Some(_) => Some(quote!(Off)),
            None => None,
        };
        let some = |value: TokenStream| quote!(#private::Option::Some(#value));
        let none = || quote!(#private::Option::None);
        let rules = runtime.item("SignatureRule");
        let rule = rule.map_or_else(none, |rule| some(quote!(#rules::#rule)));
        let secret_env = self.secret_env.as_ref().map_or_else(none, |(_, name)| some(quote!(#name)));
        let refuses_replays = self.replay.is_some();
        quote!(#signed_calls { rule: #rule, secret_env: #secret_env, refuses_replays: #refuses_replays })
    }
}

fn is_variable(name: &LitStr, errors: &Errors) -> bool {
    let text = name.value();
    let fits = !text.is_empty() && !text.starts_with(|first: char| first.is_ascii_digit());
    let fits = fits && text.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
    if !fits {
        errors.at(name, "`secret_env` takes the name of an environment variable, such as `\"AGENT_SECRET\"`, never the secret itself");
    }
    fits
}
