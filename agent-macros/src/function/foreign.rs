//! Advice about parameters of other frameworks and of plain functions, which an agent cannot have.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{GenericArgument, Path, PathArguments, Type, TypePath};

/// Returns the advice for a type that cannot be a parameter, as far as its path says so. The compiler rejects all others.
pub(super) fn advice(ty: &Type) -> Option<String> {
    let Type::Path(TypePath { qself: None, path, .. }) = ty else { return None };
    let last = path.segments.last()?;
    if path.segments.len() > 1 && path.segments[0].ident == "axum" {
        return of_axum(&last.ident.to_string());
    }
    let holds_reference = || matches!(first_argument(path), Some(Type::Reference(_)));
    if last.ident == "Option" && holds_reference() {
        let advice = "`Option` holds an extractor by value: write `Option<LabelRow>` to read a label row that may be missing; \
                      `&mut LabelRow` creates a missing one";
        return Some(advice.to_owned());
    }
    None
}

/// Returns the advice for a type `T` in a parameter `&T` or `&mut T` that cannot be lent.
pub(super) fn advice_for_loan(ty: &Type) -> &'static str {
    match ty {
        Type::Path(_) => {
            "take `ObjectHashes` for the selection, `Extra<_>` for text that the caller sends, or `State<_>` for text of the server"
        }
        Type::Slice(_) | Type::Array(_) => {
            "take `ObjectHashes` for the selected objects, or `State<_>` for values of the server"
        }
        Type::TraitObject(_) => "take `State<Arc<dyn _>>`, and give the server the value with `Server::state`",
        Type::Reference(_) => "write one `&`",
        _ => "take an extractor by value, or borrow one",
    }
}

fn of_axum(name: &str) -> Option<String> {
    let instead = match name {
        "State" | "Extension" => "write `State<_>` of `agent_runtime::prelude`",
        "Json" | "Form" | "Bytes" | "Multipart" => {
            "take `AgentPayload` for the payload, or `Extra<_>` for further members of it"
        }
        "Path" | "Query" | "RawQuery" | "OriginalUri" | "Uri" => {
            "take `EditorCall`, whose `uri()` has the path and the query"
        }
        "HeaderMap" => return None,
        _ => "take an extractor of `agent_runtime::prelude`, such as `EditorCall` for the request",
    };
    Some(format!("an extractor of axum cannot be a parameter of an editor agent: {instead}"))
}

fn first_argument(path: &Path) -> Option<&Type> {
    match &path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

/// Returns Python's `Annotated<T, Depends(f)>` in the parameters of a function, with the advice. `syn` cannot parse such a type, and the
/// compiler accepts its syntax.
pub(super) fn annotated(item: &TokenStream) -> Option<(TokenStream, String)> {
    let mut tokens = item.clone().into_iter().skip_while(|token| !is_word(token, "fn"));
    let parameters = tokens.find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
        _ => None,
    })?;
    let tokens: Vec<TokenTree> = parameters.into_iter().skip_while(|token| !is_word(token, "Annotated")).collect();
    let mut depth = 0_usize;
    let end = tokens.iter().skip(1).position(|token| {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '<' => depth += 1,
            TokenTree::Punct(mark) if mark.as_char() == '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })?;
    let annotated = tokens.get(..end + 2).filter(|annotated| annotated.len() > 3)?;
    let is_before_comma = |token: &&TokenTree| !matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
    let value: TokenStream = annotated[2..].iter().take_while(is_before_comma).cloned().collect();
    let advice = format!("the type of a parameter says what the runtime extracts: write `{value}` without `Annotated`");
    Some((annotated.iter().cloned().collect(), advice))
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(name) if name == word)
}
