//! `#[derive(Decisions)]`: an enum whose variants are names of workflow pathways.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Data, DeriveInput, Fields, Ident, LitStr, Meta, Variant};

use crate::errors::Errors;
use crate::expand::runtime_paths::Runtime;

/// Maximum length of a decision, in code points. `agent-core/src/decision.rs` has the same number.
const MAX_LENGTH: usize = 256;

struct Decision {
    variant: Ident,
    name: String,
    span: Span,
}

pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let errors = Errors::new();
    let runtime = runtime(&input.attrs, &errors);
    let decisions = check(&input, &errors);
    let generated = generate(&input, &decisions, &runtime);
    let errors = errors.finish_as_item();
    quote!(#generated #errors)
}

/// The arguments of `#[decision(crate = some::path)]` on the enum.
struct CrateArgument(syn::Path);

impl Parse for CrateArgument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<syn::Token![crate]>()?;
        input.parse::<syn::Token![=]>()?;
        input.call(syn::Path::parse_mod_style).map(Self)
    }
}

fn runtime(attributes: &[Attribute], errors: &Errors) -> Runtime {
    let Some(attribute) = attributes.iter().find(|attribute| attribute.path().is_ident("decision")) else {
        return Runtime::default();
    };
    match attribute.parse_args::<CrateArgument>() {
        Ok(CrateArgument(path)) => Runtime::from_path(path),
        Err(_) => {
            errors.at(
                attribute,
                "on the enum, `#[decision(...)]` takes only `crate = some::path`: move the name to a variant",
            );
            Runtime::default()
        }
    }
}

fn check(input: &DeriveInput, errors: &Errors) -> Vec<Decision> {
    let variants = match &input.data {
        Data::Enum(data) => &data.variants,
        Data::Struct(data) => return reject(data.struct_token, "a struct", errors),
        Data::Union(data) => return reject(data.union_token, "a union", errors),
    };
    if variants.is_empty() {
        errors.at(&input.ident, "an agent with decisions has at least one: add a variant");
    }
    let is_generic = !input.generics.params.is_empty();
    if is_generic {
        errors.at(&input.generics.params, "decisions have no generic parameters or lifetimes: remove them");
    }
    let mut decisions: Vec<Decision> = Vec::new();
    for decision in variants.iter().filter_map(|variant| decision(variant, is_generic, errors)) {
        if let Some(earlier) = decisions.iter().find(|earlier| earlier.name == decision.name) {
            errors.at_span(
                decision.span,
                format!(
                    "the decision `{}` is already made by `{}`: give one of them another name",
                    decision.name, earlier.variant
                ),
            );
        }
        decisions.push(decision);
    }
    decisions
}

fn reject(token: impl ToTokens, what: &str, errors: &Errors) -> Vec<Decision> {
    errors.at(
        token,
        format!("`#[derive(Decisions)]` goes on an enum whose variants are the decisions, and this is {what}: write `enum Verdict {{ Approve, Reject }}`"),
    );
    Vec::new()
}

fn decision(variant: &Variant, is_generic: bool, errors: &Errors) -> Option<Decision> {
    if !matches!(variant.fields, Fields::Unit) && !is_generic {
        errors.at(&variant.fields, format!("a decision is a name and nothing else: write just `{}`", variant.ident));
    }
    let (name, span) = name(variant, errors)?;
    let length = name.chars().count();
    if name.is_empty() {
        errors.at_span(span, "a decision has a name that is not blank: write that of a pathway");
        return None;
    }
    if length > MAX_LENGTH {
        errors.at_span(
            span,
            format!("a decision has at most {MAX_LENGTH} characters, this one has {length}: write a shorter one"),
        );
        return None;
    }
    Some(Decision { variant: variant.ident.clone(), name, span })
}

/// Returns the name of a decision: that of `#[decision("...")]`, or the variant's.
fn name(variant: &Variant, errors: &Errors) -> Option<(String, Span)> {
    let mut attributes = variant.attrs.iter().filter(|attribute| attribute.path().is_ident("decision"));
    let Some(attribute) = attributes.next() else {
        let name = variant.ident.to_string();
        return Some((name.strip_prefix("r#").unwrap_or(&name).to_owned(), variant.ident.span()));
    };
    if let Some(again) = attributes.next() {
        errors.at(again, "`#[decision(...)]` stands on this variant twice: remove one");
    }
    let text = match &attribute.meta {
        Meta::List(_) => attribute.parse_args::<LitStr>().ok(),
        _ => None,
    };
    if text.is_none() {
        errors.at(attribute, "a decision's name is text in quotes: write `#[decision(\"To review\")]`");
    }
    text.map(|text| (text.value().trim().to_owned(), text.span()))
}

fn generate(input: &DeriveInput, decisions: &[Decision], runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    let (trait_path, into_reply) = (runtime.item("Decisions"), runtime.item("IntoReply"));
    let (reply, response, error) = (runtime.item("Reply"), runtime.item("AgentResponse"), runtime.item("AgentError"));
    let ident = &input.ident;
    let (implements, types, clause) = input.generics.split_for_impl();
    let names: Vec<_> = decisions.iter().map(|decision| &decision.name).collect();
    let variants = decisions.iter().map(|decision| &decision.variant);
    // The last arm is for invalid variants, and for an enum without variants.
    quote! {
        #[automatically_derived]
        impl #implements #trait_path for #ident #types #clause {
            const NAMES: &'static [&'static str] = &[#(#names),*];

            fn name(&self) -> &str {
                #[allow(unreachable_patterns, reason = "reachable only after an error")]
                match self {
                    #(Self::#variants { .. } => #names,)*
                    _ => "",
                }
            }
        }

        #[automatically_derived]
        impl #implements #into_reply for #ident #types #clause {
            const DECISIONS: &'static [&'static str] = <Self as #trait_path>::NAMES;

            fn into_reply(self) -> #private::Result<#reply, #error> {
                <#response<Self> as #into_reply>::into_reply(#response::empty().decide(self))
            }
        }
    }
}
