//! The annotated function: its parts, its parameters and its signature.

mod foreign;
pub(crate) mod parameter;
pub(crate) mod signature;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Lit, Meta, Signature, Token, Visibility};

use crate::attribute::AttributeMacro;
use crate::errors::Errors;

/// A function. Its body is not parsed.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: TokenStream,
    /// The signature is malformed. This one is made up, except for its name.
    pub(crate) is_malformed: bool,
}

/// The item that an attribute is on.
enum Item {
    Function(Box<Function>),
    /// A function whose signature is malformed. The compiler reports that.
    Malformed(Visibility, Ident),
    /// Another item: its kind and the span of its first word.
    Other(String, Span),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let ahead = input.fork();
        if ahead.parse::<Signature>().is_err() {
            let item = match function_name(input) {
                Some(name) => Self::Malformed(visibility, name),
                None => other(input),
            };
            input.parse::<TokenStream>()?;
            return Ok(item);
        }
        let signature: Signature = input.parse()?;
        // The compiler reports what else follows a signature, such as a return type after a colon.
        if !input.peek(syn::token::Brace) && !input.peek(Token![;]) {
            input.parse::<TokenStream>()?;
            return Ok(Self::Malformed(visibility, signature.ident));
        }
        let body = input.parse()?;
        Ok(Self::Function(Box::new(Function { attributes, visibility, signature, body, is_malformed: false })))
    }
}

/// Returns the name of a function whose signature starts here.
fn function_name(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    loop {
        if ahead.parse::<Token![fn]>().is_ok() {
            return ahead.parse().ok();
        }
        let is_qualifier = ahead.peek(Token![const]) || ahead.peek(Token![async]) || ahead.peek(Token![unsafe]);
        if ahead.peek(Token![extern]) {
            ahead.parse::<syn::Abi>().ok()?;
        } else if is_qualifier {
            ahead.call(Ident::parse_any).ok()?;
        } else {
            return None;
        }
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
        (input.peek(Token![union]), "a union"),
        (input.peek(Token![extern]) && input.peek2(Token![crate]), "an import"),
        (input.peek(Token![extern]), "an extern block"),
        (input.peek(Token![unsafe]) && input.peek2(Token![extern]), "an extern block"),
        (input.peek(Token![let]), "a variable"),
    ];
    let what = what.iter().find(|(is, _)| *is).map_or("something else", |(_, what)| what);
    Item::Other(what.to_owned(), input.span())
}

/// Returns `true` for `extern { ... }` and `extern "C" { ... }`.
pub(crate) fn is_extern_block(item: &TokenStream) -> bool {
    let is_block = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<syn::Abi>()?;
        let is_block = input.peek(syn::token::Brace);
        input.parse::<TokenStream>()?;
        Ok(is_block)
    };
    is_block.parse2(item.clone()).unwrap_or_default()
}

impl Function {
    /// Parses the item of an attribute. Reports an item other than a function. For a function with a malformed signature, which the
    /// compiler reports, it returns one without parameters.
    pub(crate) fn parse(attribute: AttributeMacro, item: &TokenStream, errors: &Errors) -> Option<Self> {
        match syn::parse2(item.clone()) {
            Ok(Item::Function(function)) => return Some(*function),
            Ok(Item::Malformed(visibility, name)) => {
                if let Some((annotated, advice)) = foreign::annotated(item) {
                    errors.at(annotated, advice);
                }
                return Some(Self {
                    attributes: Vec::new(),
                    visibility,
                    signature: syn::parse_quote!(async fn #name()),
                    body: quote!({}),
                    is_malformed: true,
                });
            }
            Ok(Item::Other(what, place)) => {
                let (written, target) = (attribute.written(), attribute.target());
                errors.at_span(
                    place,
                    format!("`{written}` goes on {target}, and this is {what}: move it to the function, or remove it"),
                );
            }
            Err(error) => errors.push(error),
        }
        None
    }

    /// Returns the text of the doc comment, without the blank after the slashes. Empty if there is none.
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

    /// Returns `true` if the function has an attribute of this name.
    pub(crate) fn has_attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|attribute| attribute.path().is_ident(name))
    }

    /// Returns a second attribute of the macro on this function.
    pub(crate) fn repeated_attribute(&self, attribute: AttributeMacro) -> Option<&Attribute> {
        self.attributes.iter().find(|other| is_written_as(other, attribute))
    }

    /// Generates the function as the user wrote it.
    pub(crate) fn generate(&self, attribute: AttributeMacro) -> TokenStream {
        self.generate_with(&self.signature, attribute)
    }

    /// Generates the function with a valid signature, so that the compiler does not repeat in other words what has been
    /// reported.
    pub(crate) fn generate_repaired(&self, attribute: AttributeMacro) -> TokenStream {
        let mut signature = self.signature.clone();
        signature.constness = None;
        signature.safety = syn::Safety::Default;
        signature.abi = None;
        signature.variadic = None;
        let has_lifetimes = !signature.generics.params.is_empty();
        for parameter in &mut signature.inputs {
            strip_attributes(parameter);
            if !has_lifetimes {
                strip_lifetime(parameter);
            }
        }
        // A body written for `async fn` has `.await`s.
        let span = signature.fn_token.span();
        signature.asyncness.get_or_insert(Token![async](span));
        self.generate_with(&signature, attribute)
    }

    fn generate_with(&self, signature: &Signature, attribute: AttributeMacro) -> TokenStream {
        let Self { attributes, visibility, body, .. } = self;
        let attributes = attributes.iter().filter(|other| !is_written_as(other, attribute));
        let reason = format!("it is {}", attribute.noun());
        // The attribute requires `async`, also for a function without `.await`, and the server calls it.
        quote! {
            #(#attributes)*
            #[allow(clippy::unused_async, clippy::single_call_fn, reason = #reason)]
            #visibility #signature #body
        }
    }

    /// Returns the return type. Default: `()`.
    pub(crate) fn returns(&self) -> TokenStream {
        match &self.signature.output {
            syn::ReturnType::Default => quote!(()),
            syn::ReturnType::Type(_, returned) => returned.to_token_stream(),
        }
    }
}

fn is_written_as(attribute: &Attribute, name: AttributeMacro) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == name.name())
}

fn strip_attributes(parameter: &mut syn::FnArg) {
    match parameter {
        syn::FnArg::Receiver(receiver) => receiver.attrs.clear(),
        syn::FnArg::Typed(typed) => typed.attrs.clear(),
    }
}

/// Removes the lifetime of a parameter `&'a T` or `&'a mut T`, which is not declared.
fn strip_lifetime(parameter: &mut syn::FnArg) {
    if let syn::FnArg::Typed(typed) = parameter
        && let syn::Type::Reference(reference) = &mut *typed.ty
    {
        reference.lifetime = None;
    }
}
