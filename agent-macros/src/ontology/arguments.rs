//! The arguments of `ontology!`.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, Visibility};

use crate::attribute::closest;
use crate::errors::Errors;
use crate::expand::runtime_paths::Runtime;

/// The keys after the file.
const KEYS: [&str; 3] = ["rename", "by", "crate"];
/// The values of `by`.
const MATCHES: [&str; 2] = ["feature hash", "title"];

/// The checked arguments.
pub(super) struct Arguments {
    /// The module of the types. `None`: the module that calls the macro.
    pub(super) module: Option<(Visibility, Ident)>,
    pub(super) file: LitStr,
    pub(super) renames: Vec<Rename>,
    pub(super) is_matched_by_title: bool,
    pub(super) runtime: Runtime,
}

/// A renamed item: `"Car (left)" => CarLeft`.
pub(super) struct Rename {
    pub(super) key: LitStr,
    pub(super) name: Ident,
}

impl Arguments {
    /// Parses the arguments. Reports each mistake; `None` if the file is missing.
    pub(super) fn parse(input: TokenStream, errors: &Errors) -> Option<Self> {
        if input.is_empty() {
            errors.at_span(Span::call_site(), "the file is missing: write `ontology!(\"ontology.json\")`");
            return None;
        }
        let parser = |input: ParseStream<'_>| Self::parse_all(input, errors);
        match parser.parse2(input) {
            Ok(arguments) => arguments,
            Err(error) => {
                errors.push(error);
                None
            }
        }
    }

    fn parse_all(input: ParseStream<'_>, errors: &Errors) -> syn::Result<Option<Self>> {
        let Some((module, file)) = file(input, errors)? else {
            skip(input)?;
            return Ok(None);
        };
        let mut arguments =
            Self { module, file, renames: Vec::new(), is_matched_by_title: false, runtime: Runtime::default() };
        while !input.is_empty() {
            if !input.peek(Token![,]) {
                return Err(input.error("a comma is missing before this"));
            }
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            arguments.key(input, errors)?;
        }
        Ok(Some(arguments))
    }

    fn key(&mut self, input: ParseStream<'_>, errors: &Errors) -> syn::Result<()> {
        let expected = "expected `rename(\"Title\" => Name)`, `by = \"title\"` or `crate = path`";
        let key = input
            .call(<Ident as syn::ext::IdentExt>::parse_any)
            .map_err(|error| syn::Error::new(error.span(), expected))?;
        match key.to_string().as_str() {
            "rename" if input.peek(syn::token::Paren) => {
                let content;
                syn::parenthesized!(content in input);
                self.renames.extend(Punctuated::<Rename, Token![,]>::parse_terminated(&content)?);
            }
            "rename" => {
                errors.at(&key, "the names are missing: write `rename(\"Title\" => Name)`");
                skip_value(input)?;
            }
            "by" => {
                input.parse::<Token![=]>().map_err(|error| syn::Error::new(error.span(), "write `by = \"title\"`"))?;
                self.set_match(input, errors)?;
            }
            "crate" => {
                input.parse::<Token![=]>().map_err(|error| syn::Error::new(error.span(), "write `crate = path`"))?;
                let path = input.call(Path::parse_mod_style);
                self.runtime = Runtime::from_path(
                    path.map_err(|error| syn::Error::new(error.span(), "expected the path of the crate"))?,
                );
            }
            other => {
                let message = match closest(other, &KEYS) {
                    Some(known) => format!("`{other}` is not a key of `ontology!`: did you mean `{known}`?"),
                    None => format!("`{other}` is not a key of `ontology!`: the keys are `rename`, `by` and `crate`"),
                };
                errors.at(&key, message);
                skip_value(input)?;
            }
        }
        Ok(())
    }

    fn set_match(&mut self, input: ParseStream<'_>, errors: &Errors) -> syn::Result<()> {
        let value: LitStr = input.parse().map_err(|error| syn::Error::new(error.span(), "write `by = \"title\"`"))?;
        match value.value().as_str() {
            "title" => self.is_matched_by_title = true,
            "feature hash" => self.is_matched_by_title = false,
            other => {
                let advice = match closest(other, &MATCHES) {
                    Some(known) => format!("did you mean `\"{known}\"`?"),
                    None => "write `\"title\"` or `\"feature hash\"`".to_owned(),
                };
                errors.at(&value, format!("classes cannot be matched by `{other}`: {advice}"));
            }
        }
        Ok(())
    }
}

type File = (Option<(Visibility, Ident)>, LitStr);

/// Parses `"file"` or `mod name = "file"`.
fn file(input: ParseStream<'_>, errors: &Errors) -> syn::Result<Option<File>> {
    let visibility: Visibility = input.parse()?;
    let module = if input.peek(Token![mod]) {
        input.parse::<Token![mod]>()?;
        let name: Ident = input.parse().map_err(|error| {
            syn::Error::new(error.span(), "the name of the module is missing: write `mod shop = \"shop.json\"`")
        })?;
        let equals = input.parse::<Token![=]>();
        equals.map_err(|_| {
            syn::Error::new(name.span(), format!("the file is missing: write `mod {name} = \"ontology.json\"`"))
        })?;
        Some((visibility, name))
    } else {
        None
    };
    if input.peek(LitStr) {
        return Ok(Some((module, input.parse()?)));
    }
    let token: proc_macro2::TokenTree = input.parse()?;
    errors.at(&token, "expected the path of the file in quotes: write `ontology!(\"ontology.json\")`");
    Ok(None)
}

impl Parse for Rename {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let form = "write `\"Title\" => Name`";
        let key = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), format!("expected a title in quotes: {form}")))?;
        input.parse::<Token![=>]>().map_err(|error| syn::Error::new(error.span(), form))?;
        if input.peek(LitStr) {
            let name: LitStr = input.parse()?;
            return Err(syn::Error::new(name.span(), format!("a name is written without quotes: {form}")));
        }
        let name = input.parse().map_err(|error| syn::Error::new(error.span(), format!("expected a name: {form}")))?;
        Ok(Self { key, name })
    }
}

fn skip(input: ParseStream<'_>) -> syn::Result<()> {
    input.parse::<TokenStream>().map(drop)
}

fn skip_value(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?.into_token_stream();
    }
    Ok(())
}
