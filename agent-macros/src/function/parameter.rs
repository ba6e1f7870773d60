//! Parameters of an editor agent or notification handler.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, PatType, Type};

use super::foreign;
use crate::errors::Errors;

/// Ownership of the value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// `T`
    Owned,
    /// `&T`
    Shared,
    /// `&mut T`
    Exclusive,
}

/// A valid parameter, as far as the macro can see without types.
pub(crate) struct Parameter {
    pub(crate) hold: Hold,
    /// The type of the value: without the reference.
    pub(crate) value_type: Type,
    /// The type as written.
    pub(crate) written: Type,
}

impl Parameter {
    /// Parses a parameter. Reports at most one mistake and returns `None`, unless the compiler reports it.
    pub(crate) fn parse(parameter: &PatType, noun: &str, errors: &Errors) -> Option<Self> {
        let written = bare(&parameter.ty).clone();
        let conditional = parameter
            .attrs
            .iter()
            .find(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr"));
        if let Some(conditional) = conditional {
            errors.at(
                conditional,
                format!("a parameter of {noun} is always there: put `#[cfg]` on the function, and write one function for each case"),
            );
            return None;
        }
        if let Some(span) = first_impl(written.to_token_stream()) {
            errors.at_span(
                span,
                format!("{noun}'s parameter has one type, which the runtime makes: write that instead of `impl`"),
            );
            return None;
        }
        let (hold, value_type) = match &written {
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
        if hold != Hold::Owned && !could_be_lent(&value_type) {
            let (asked, advice) = (value_type.to_token_stream(), foreign::advice_for_loan(&value_type));
            errors.at(&written, format!("`{asked}` cannot be lent to {noun}: {advice}"));
            return None;
        }
        if let Some(advice) = foreign::advice(&value_type) {
            errors.at(&written, advice);
            return None;
        }
        Some(Self { hold, value_type, written })
    }

    /// Returns `true` if the type might not move or be shared between threads, judged by names: application state and borrowed
    /// extractors of the author's own.
    pub(crate) fn might_not_be_send(&self) -> bool {
        let tokens = self.value_type.to_token_stream();
        let is_state =
            tokens.clone().into_iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "State"));
        let is_checked = is_state || self.hold == Hold::Shared;
        names_type_that_is_not_send(tokens.clone()) || (is_checked && !names_only_known_types(tokens))
    }

    /// Returns `true` if both have the same type and one borrows it mutably. Compares the ends of paths; aliases are found when
    /// the server starts.
    fn conflicts_with(&self, other: &Self) -> bool {
        let exclusive = self.hold == Hold::Exclusive || other.hold == Hold::Exclusive;
        let (one, other) = (words(&self.value_type), words(&other.value_type));
        exclusive && (is_path_end(&one, &other) || is_path_end(&other, &one))
    }
}

/// Reports every parameter that conflicts with an earlier one: the same value, borrowed mutably by one of them.
pub(crate) fn check_conflicts(parameters: &[Option<Parameter>], errors: &Errors) {
    let parameters: Vec<_> = parameters.iter().flatten().collect();
    for (index, parameter) in parameters.iter().enumerate() {
        if parameters[..index].iter().any(|earlier| parameter.conflicts_with(earlier)) {
            let name = parameter.value_type.to_token_stream();
            errors.at(
                &parameter.written,
                format!("`{name}` is taken twice, once to change it: take it once, as `&mut {name}`"),
            );
        }
    }
}

/// Returns the type without parentheses, and without the invisible group of a `macro_rules!` fragment.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(paren) => bare(&paren.elem),
        Type::Group(group) => bare(&group.elem),
        ty => ty,
    }
}

/// Returns the `T` of a parameter `&mut T`, valid or not.
pub(crate) fn changed(parameter: &FnArg) -> Option<&Type> {
    match parameter {
        FnArg::Typed(typed) => match bare(&typed.ty) {
            Type::Reference(reference) if reference.mutability.is_some() => Some(bare(&reference.elem)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// Returns `true` if a reference to the type can be lent: not `str`, a slice, a trait object or another reference.
fn could_be_lent(ty: &Type) -> bool {
    !has_no_size(ty) && !matches!(ty, Type::Reference(_) | Type::Array(_) | Type::Tuple(_) | Type::FnPtr(_))
}

/// Returns `true` if the type of the parameter can be inferred from a call.
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

/// Returns the span of the first `impl` in these tokens, at any depth.
pub(crate) fn first_impl(tokens: TokenStream) -> Option<proc_macro2::Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "impl" => Some(word.span()),
        TokenTree::Group(group) => first_impl(group.stream()),
        _ => None,
    })
}

/// Returns the span of the first borrow without a lifetime in these tokens.
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

fn names_type_that_is_not_send(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == "Rc" || word == "dyn",
        TokenTree::Punct(mark) => mark.as_char() == '*',
        TokenTree::Group(group) => names_type_that_is_not_send(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

/// Returns `true` if every word names a type that is `Send` and `Sync`, or a module of one.
fn names_only_known_types(tokens: TokenStream) -> bool {
    const KNOWN: [&str; 35] = [
        "AgentPayload",
        "Arc",
        "AtomicU64",
        "DataHash",
        "EditorCall",
        "Frame",
        "FrameObjects",
        "HeaderMap",
        "LabelRow",
        "LabelRowInfo",
        "Mutex",
        "ObjectHashes",
        "Ontology",
        "PlatformClient",
        "Polygon",
        "Project",
        "ProjectHash",
        "RwLock",
        "Selected",
        "State",
        "StorageItem",
        "String",
        "TraceId",
        "agent_runtime",
        "bool",
        "char",
        "f32",
        "f64",
        "i32",
        "i64",
        "u16",
        "u32",
        "u64",
        "u8",
        "usize",
    ];
    tokens.into_iter().all(|token| match token {
        TokenTree::Ident(word) => KNOWN.contains(&word.to_string().as_str()),
        TokenTree::Group(group) => names_only_known_types(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => true,
    })
}

fn words(ty: &Type) -> Vec<String> {
    ty.to_token_stream().into_iter().map(|token| token.to_string()).collect()
}

/// Returns `true` if `end` is all of `whole`, or follows a `::` in it: `Row` of `rows::Row`.
fn is_path_end(end: &[String], whole: &[String]) -> bool {
    match whole.strip_suffix(end) {
        Some([]) => true,
        Some(start) => start.ends_with(&[":".to_owned(), ":".to_owned()]),
        None => false,
    }
}
