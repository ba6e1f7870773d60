//! From what was written to what can be served.

use quote::ToTokens;
use syn::{FnArg, PatType, Safety, Signature, Type};

use crate::attribute::Arguments;
use crate::errors::Errors;
use crate::function::Function;
use crate::label_row::LabelRow;
use crate::parameter::{self, Parameter};

/// The most parameters an agent has.
const MOST_PARAMETERS: usize = 16;

/// An agent as far as it could be understood.
pub(crate) struct Agent {
    pub(crate) path: String,
    /// The parameters; `None` for one that was refused.
    pub(crate) parameters: Vec<Option<Parameter>>,
    /// Whether the signature is one of an agent: if so, the agent can be called, whatever is wrong with the attribute.
    pub(crate) callable: bool,
    /// Whether a call could be written, so that the parameters' types can be inferred from it.
    pub(crate) inferable: bool,
    /// Whether the return type can be checked.
    pub(crate) answers: bool,
    /// Whether it stands in an `impl` block, where no further items can be written.
    pub(crate) method: bool,
}

/// Checks a function against what an agent is. Reports every mistake.
pub(crate) fn agent(function: &Function, arguments: &Arguments, errors: &Errors) -> Agent {
    let path = arguments.path(function, errors);
    let signature = &function.signature;
    let method = signature.receiver().is_some();
    if !method {
        check_saving(signature, &arguments.label_row, errors);
    }
    let before = errors.count();
    if method {
        errors.at(
            signature.receiver(),
            "an editor agent is a free function: move it out of the `impl` block and take what it needs as parameters, such as `State<_>`",
        );
    } else {
        check_repeated_attribute(function, errors);
        check_qualifiers(signature, errors);
        check_generics(signature, errors);
    }
    let mut parameters = if method { Vec::new() } else { check_parameters(signature, errors) };
    if !signature.generics.params.is_empty() {
        // Their types may be parameters.
        parameters.iter_mut().for_each(|parameter| *parameter = None);
    }
    let answers = check_return(signature, errors);
    Agent {
        path,
        callable: errors.count() == before && parameters.iter().all(Option::is_some),
        parameters,
        inferable: signature.generics.params.is_empty() && signature.inputs.iter().all(parameter::is_inferable),
        answers,
        method,
    }
}

/// What is saved has been read as a whole; and only what is saved can conflict with what somebody else has saved.
fn check_saving(signature: &Signature, label_row: &LabelRow, errors: &Errors) {
    let changed: Vec<_> = signature.inputs.iter().filter_map(parameter::changed).collect();
    if changed.iter().any(|ty| is_label_row(ty)) {
        for (key, reason) in label_row.unsavable() {
            errors.at(
                key,
                format!(
                    "what is read with `{key}` cannot be saved, since {reason}: take `&LabelRow`, or remove `{key}`"
                ),
            );
        }
    }
    // A row that is taken by value may be saved, too.
    let owns_row = signature.inputs.iter().any(|input| matches!(input, FnArg::Typed(input) if is_label_row(&input.ty)));
    if changed.is_empty()
        && !owns_row
        && let Some(key) = label_row.on_conflict_key()
    {
        errors.at(
            key,
            "an agent without a `&mut` parameter saves nothing that could conflict: take `&mut LabelRow`, or remove `on_conflict`",
        );
    }
}

/// As far as names tell.
fn is_label_row(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "LabelRow"))
}

fn check_repeated_attribute(function: &Function, errors: &Errors) {
    if let Some(again) = function.repeated_attribute() {
        errors.at(again, "`#[editor_agent]` stands on this function twice: remove one");
    }
}

fn check_qualifiers(signature: &Signature, errors: &Errors) {
    let name = &signature.ident;
    if let Some(constness) = &signature.constness {
        errors.at(constness, format!("an editor agent cannot be `const`: write `async fn {name}`"));
    } else if signature.asyncness.is_none() {
        errors.at(signature.fn_token, format!("an editor agent is async: write `async fn {name}`"));
    }
    if let Safety::Unsafe(token) = &signature.safety {
        errors.at(
            token,
            format!("an editor agent cannot be `unsafe`, since the server calls it: write `async fn {name}`"),
        );
    }
    if let Some(abi) = &signature.abi {
        errors.at(
            abi,
            format!("an editor agent is called by the server only, without `extern`: write `async fn {name}`"),
        );
    }
    if let Some(variadic) = &signature.variadic {
        errors.at(variadic, "an editor agent has a fixed number of parameters");
    }
}

/// One mistake, however it is spelled: type parameters, lifetimes, and a `where` that can only be about them.
fn check_generics(signature: &Signature, errors: &Errors) {
    let generics = &signature.generics;
    if !generics.params.is_empty() {
        errors.at(
            &generics.params,
            "an editor agent has no generic parameters or lifetimes: the server must know each type",
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.at(clause.where_token, "an editor agent has no `where` clause, as it has no generic parameters");
    }
}

/// Whether the return type can be checked further.
fn check_return(signature: &Signature, errors: &Errors) -> bool {
    let returned = signature.output.to_token_stream();
    if let Some(place) = parameter::first_impl(returned.clone()) {
        errors.at_span(
            place,
            "an editor agent returns one type: write that instead of `impl`, for example `Result<AgentResponse>`",
        );
        return false;
    }
    let borrowed = |input: &&FnArg| matches!(input, FnArg::Typed(typed) if matches!(*typed.ty, Type::Reference(_)));
    // Unless exactly one parameter is borrowed, the compiler asks for a lifetime.
    if signature.inputs.iter().filter(borrowed).count() == 1
        && let Some(place) = parameter::first_borrow(returned)
    {
        errors.at_span(place, "an editor agent's answer outlives the call: return text as `String`, not borrowed");
        return false;
    }
    true
}

fn check_parameters(signature: &Signature, errors: &Errors) -> Vec<Option<Parameter>> {
    let typed: Vec<&PatType> = signature
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(typed) => Some(typed),
            FnArg::Receiver(_) => None,
        })
        .collect();
    if let Some(first_too_many) = typed.get(MOST_PARAMETERS) {
        let message = format!(
            "an editor agent has at most {MOST_PARAMETERS} parameters, this one has {}: group some in an extractor of your own",
            typed.len()
        );
        errors.at(first_too_many, message);
    }
    let read = |(index, parameter): (usize, &&PatType)| {
        if index < MOST_PARAMETERS { Parameter::read(parameter, errors) } else { None }
    };
    let parameters: Vec<_> = typed.iter().enumerate().map(read).collect();
    parameter::check_conflicts(&parameters, errors);
    parameters
}
