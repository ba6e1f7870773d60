//! The annotated item: an async function whose body stays as it is.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Lit, Meta, Signature, Token, Visibility};

use crate::errors::Errors;
use crate::keys;

/// A function, its body unread.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: TokenStream,
}

/// What the attribute stands on.
enum Item {
    Function(Box<Function>),
    /// Something else: its first telling word, and where that stands.
    Other(String, Span),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let ahead = input.fork();
        if ahead.parse::<Signature>().is_err() {
            let other = other(input);
            input.parse::<TokenStream>()?;
            return Ok(other);
        }
        let signature = input.parse()?;
        let body = input.parse()?;
        Ok(Self::Function(Box::new(Function { attributes, visibility, signature, body })))
    }
}

fn other(input: ParseStream<'_>) -> Item {
    let what = [
        (input.peek(Token![struct]), "a struct"),
        (input.peek(Token![enum]), "an enum"),
        (input.peek(Token![trait]), "a trait"),
        (input.peek(Token![impl]), "an impl block"),
        (input.peek(Token![mod]), "a module"),
        (input.peek(Token![const]), "a constant"),
        (input.peek(Token![static]), "a static"),
        (input.peek(Token![type]), "a type alias"),
        (input.peek(Token![use]), "an import"),
    ];
    let what = what.iter().find(|(is, _)| *is).map_or("something else", |(_, what)| what);
    Item::Other(what.to_owned(), input.span())
}

impl Function {
    /// The function that an attribute stands on. Anything else is reported.
    pub(crate) fn read(attribute: &keys::Attribute, item: &TokenStream, errors: &Errors) -> Option<Self> {
        match syn::parse2(item.clone()) {
            Ok(Item::Function(function)) => return Some(*function),
            Ok(Item::Other(what, place)) => {
                let keys::Attribute { written, stands_on, .. } = attribute;
                errors.at_span(place, format!("`{written}` goes on {stands_on}, and this is {what}"));
            }
            Err(error) => errors.push(error),
        }
        None
    }

    /// The doc comment's text, its lines trimmed of the blank that follows the slashes. Empty without one.
    pub(crate) fn documentation(&self) -> String {
        let lines = self.attributes.iter().filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
        let lines: Vec<_> = lines
            .flat_map(|text| {
                text.split('\n').map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned()).collect::<Vec<_>>()
            })
            .collect();
        lines.join("\n").trim().to_owned()
    }

    /// The second `#[editor_agent]` on this function.
    pub(crate) fn repeated_attribute(&self) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| is_ours(attribute))
    }

    /// The function as it is written to the output. Where `repair` is set, what the user was already told about is put
    /// right, so that the compiler does not tell it again in other words.
    pub(crate) fn write(&self, repair: bool) -> TokenStream {
        let Self { attributes, visibility, signature, body } = self;
        let attributes = attributes.iter().filter(|attribute| !is_ours(attribute));
        let mut signature = signature.clone();
        if repair {
            signature.constness = None;
            signature.safety = syn::Safety::Default;
            signature.abi = None;
            signature.variadic = None;
            signature.inputs.iter_mut().for_each(strip_attributes);
            // A body written for `async fn` has `.await`s.
            let place = signature.fn_token.span();
            signature.asyncness.get_or_insert(Token![async](place));
        }
        // The attribute demands `async`, so an agent without an `.await` is no oversight; nor is one that only the server
        // calls.
        quote! {
            #(#attributes)*
            #[allow(clippy::unused_async, clippy::single_call_fn, reason = "it is an editor agent")]
            #visibility #signature #body
        }
    }

    /// The function's name without `r#`.
    pub(crate) fn name(&self) -> String {
        let name = self.signature.ident.to_string();
        name.strip_prefix("r#").unwrap_or(&name).to_owned()
    }

    /// The return type; `()` if none is written.
    pub(crate) fn returns(&self) -> TokenStream {
        match &self.signature.output {
            syn::ReturnType::Default => quote!(()),
            syn::ReturnType::Type(_, returned) => returned.to_token_stream(),
        }
    }
}

/// What stands on the type of the function's name.
pub(crate) fn stand_in_attributes() -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(
            non_camel_case_types,
            missing_copy_implementations,
            missing_debug_implementations,
            clippy::empty_structs_with_brackets,
            clippy::exhaustive_structs,
            reason = "it stands for the function of this name"
        )]
    }
}

fn is_ours(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == "editor_agent")
}

fn strip_attributes(parameter: &mut syn::FnArg) {
    match parameter {
        syn::FnArg::Receiver(receiver) => receiver.attrs.clear(),
        syn::FnArg::Typed(typed) => typed.attrs.clear(),
    }
}
