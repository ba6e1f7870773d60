//! One parameter of an agent: what it asks for, and how it holds it.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, PatType, Type};

use crate::errors::Errors;

/// How the agent holds what it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// `T`
    Owned,
    /// `&T`
    Shared,
    /// `&mut T`
    Exclusive,
}

/// A parameter that can be asked for, as far as can be seen without types.
pub(crate) struct Parameter {
    pub(crate) hold: Hold,
    /// The type without its reference.
    pub(crate) asks_for: Type,
    /// The type as it was written.
    written: Type,
}

impl Parameter {
    /// Reads a parameter, or reports the one thing that is wrong with it; unless the compiler does.
    pub(crate) fn read(parameter: &PatType, errors: &Errors) -> Option<Self> {
        let written = bare(&parameter.ty).clone();
        let conditional = parameter
            .attrs
            .iter()
            .find(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr"));
        if let Some(conditional) = conditional {
            errors.at(
                conditional,
                "a parameter of an editor agent is always there: put `#[cfg]` on the function, and write one function for each case",
            );
            return None;
        }
        if let Some(place) = first_impl(written.to_token_stream()) {
            errors.at_span(
                place,
                "an editor agent's parameter has one type, which the runtime makes: write that instead of `impl`",
            );
            return None;
        }
        let (hold, asks_for) = match &written {
            Type::Reference(reference) => {
                if let Some(lifetime) = &reference.lifetime {
                    errors.at(
                        lifetime,
                        "what is lent is lent for the length of the call: write the reference without a lifetime",
                    );
                    return None;
                }
                let hold = if reference.mutability.is_some() { Hold::Exclusive } else { Hold::Shared };
                (hold, bare(&reference.elem).clone())
            }
            // The compiler says so itself.
            ty if has_no_size(ty) => return None,
            _ => (Hold::Owned, written.clone()),
        };
        if hold != Hold::Owned && !could_be_lent(&asks_for) {
            let asked = asks_for.to_token_stream();
            errors.at(
                &written,
                format!("`{asked}` cannot be lent to an editor agent: take an extractor by value, or borrow a type that can be lent"),
            );
            return None;
        }
        Some(Self { hold, asks_for, written })
    }

    /// Whether its type names something that cannot be sent between threads, as far as names tell.
    pub(crate) fn may_be_stuck_to_its_thread(&self) -> bool {
        stays_on_its_thread(self.asks_for.to_token_stream())
    }

    /// Whether both ask for the same thing, one of them to change it. Sees through modules, not through aliases: those
    /// are found when the server starts.
    fn conflicts_with(&self, other: &Self) -> bool {
        let exclusive = self.hold == Hold::Exclusive || other.hold == Hold::Exclusive;
        let (one, other) = (words(&self.asks_for), words(&other.asks_for));
        exclusive && (is_path_end(&one, &other) || is_path_end(&other, &one))
    }
}

/// Reports every parameter that asks for what an earlier one holds to change it, or the other way round.
pub(crate) fn check_conflicts(parameters: &[Option<Parameter>], errors: &Errors) {
    let parameters: Vec<_> = parameters.iter().flatten().collect();
    for (index, parameter) in parameters.iter().enumerate() {
        if parameters[..index].iter().any(|earlier| parameter.conflicts_with(earlier)) {
            let name = parameter.asks_for.to_token_stream();
            errors.at(
                &parameter.written,
                format!("`{name}` is taken twice, once to change it: take it once, as `&mut {name}`"),
            );
        }
    }
}

/// The type without parentheses, and without the invisible group of a `macro_rules!` fragment.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(paren) => bare(&paren.elem),
        Type::Group(group) => bare(&group.elem),
        ty => ty,
    }
}

/// What a parameter asks for in order to change it, be it refused or not: the `T` of `&mut T`.
pub(crate) fn changed(parameter: &FnArg) -> Option<&Type> {
    match parameter {
        FnArg::Typed(typed) => match bare(&typed.ty) {
            Type::Reference(reference) if reference.mutability.is_some() => Some(bare(&reference.elem)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// What is behind a reference that could be lent; `str`, slices, trait objects and further references cannot.
fn could_be_lent(ty: &Type) -> bool {
    !has_no_size(ty) && !matches!(ty, Type::Reference(_) | Type::Array(_) | Type::Tuple(_) | Type::FnPtr(_))
}

/// Whether the parameter's type would be known from a call.
pub(crate) fn is_inferable(parameter: &FnArg) -> bool {
    match parameter {
        FnArg::Typed(typed) => first_impl(typed.ty.to_token_stream()).is_none() && !has_no_size(&typed.ty),
        FnArg::Receiver(_) => false,
    }
}

fn has_no_size(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// Where `impl` stands in these tokens, at any depth.
pub(crate) fn first_impl(tokens: TokenStream) -> Option<proc_macro2::Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "impl" => Some(word.span()),
        TokenTree::Group(group) => first_impl(group.stream()),
        _ => None,
    })
}

/// Where something is borrowed in these tokens for less than `'static`.
pub(crate) fn first_borrow(tokens: TokenStream) -> Option<proc_macro2::Span> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match &token {
            TokenTree::Punct(and) if and.as_char() == '&' => {
                let lifetime = matches!(tokens.peek(), Some(TokenTree::Punct(quote)) if quote.as_char() == '\'');
                (!lifetime).then(|| and.span())
            }
            TokenTree::Group(group) => first_borrow(group.stream()),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn stays_on_its_thread(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "Rc" || word == "dyn",
        TokenTree::Punct(mark) => mark.as_char() == '*',
        TokenTree::Group(group) => stays_on_its_thread(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

fn words(ty: &Type) -> Vec<String> {
    ty.to_token_stream().into_iter().map(|token| token.to_string()).collect()
}

/// Whether `end` is all of `whole`, or what follows a `::` in it: `Row` of `rows::Row`.
fn is_path_end(end: &[String], whole: &[String]) -> bool {
    match whole.strip_suffix(end) {
        Some([]) => true,
        Some(start) => start.ends_with(&[":".to_owned(), ":".to_owned()]),
        None => false,
    }
}
