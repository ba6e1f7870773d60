//! The parts of the generated code that only an editor agent has.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::LitStr;

use super::definition::Definition;
use super::runtime_paths::Runtime;
use super::{Input, label_row, local_names, underline};
use crate::attribute::Arguments;
use crate::function::parameter::{Hold, Parameter};

/// Generates the definition of an agent.
pub(super) fn definition(input: &Input) -> Definition {
    let Input { arguments, runtime, .. } = input;
    let private = runtime.private();
    let (concurrency, on_conflict) = (concurrency(arguments, runtime), on_conflict(arguments, runtime));
    let (findings, stage) = (findings(arguments, runtime), stage(arguments, runtime));
    let label_row = label_row::request(arguments, runtime);
    let act = act_parameter();
    let body = if input.signature.is_callable { run_or_declare(input) } else { check_types(input) };
    Definition {
        trait_name: "EditorAgent",
        constant: "AGENT",
        type_name: "Agent",
        data_type: Some("AgentDefinition"),
        function: quote! {
            fn __act(#act: #private::Act<'_>) -> #private::Option<#private::AgentFuture<'_>> {
                #body
            }
        },
        data: quote! {
            concurrency: #concurrency,
            label_row: #label_row,
            on_conflict: #on_conflict,
            findings: #findings,
        },
        own: quote!(stage: #stage,),
    }
}

/// Generates the `Option<usize>` with the limit of concurrent calls.
fn concurrency(arguments: &Arguments, runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    match arguments.number("concurrency").map(Literal::u32_unsuffixed) {
        Some(calls) => quote!(#private::Option::Some(#calls)),
        None => quote!(#private::Option::None),
    }
}

/// Generates the `Option<AgentStage>`.
fn stage(arguments: &Arguments, runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    let Some(stage) = arguments.text("stage").map(LitStr::value) else { return quote!(#private::Option::None) };
    let pathway = |key| match arguments.text(key).map(LitStr::value) {
        Some(title) => quote!(#private::Option::Some(#private::Cow::Borrowed(#title))),
        None => quote!(#private::Option::None),
    };
    let (pathway, on_failure) = (pathway("pathway"), pathway("on_failure"));
    let frames = match arguments.number("every").map(Literal::u32_unsuffixed) {
        Some(step) => quote!(Every(#step)),
        None => {
            let variant = arguments.choice("frames").map_or("First", |choice| choice.variant);
            format_ident!("{variant}").into_token_stream()
        }
    };
    quote! {
        #private::Option::Some(#private::AgentStage {
            stage: &#private::Stage::from_keys(
                #private::Cow::Borrowed(#stage),
                #pathway,
                #on_failure,
                #private::StageFrames::#frames,
            ),
            worker: &#private::STAGE_WORKER,
        })
    }
}

/// Generates the `OnConflict`.
fn on_conflict(arguments: &Arguments, runtime: &Runtime) -> TokenStream {
    let on_conflict = runtime.item("OnConflict");
    let variant = format_ident!("{}", arguments.choice("on_conflict").map_or("Refuse", |choice| choice.variant));
    quote!(#on_conflict::#variant)
}

/// Generates the `Option<FindingsTarget>`.
fn findings(arguments: &Arguments, runtime: &Runtime) -> TokenStream {
    let (private, target) = (runtime.private(), runtime.item("FindingsTarget"));
    match arguments.choice("findings").map(|choice| format_ident!("{}", choice.variant)) {
        Some(variant) => quote!(#private::Option::Some(#target::#variant)),
        None => quote!(#private::Option::None),
    }
}

/// Generates the body of the function that declares requirements or runs the agent.
fn run_or_declare(input: &Input) -> TokenStream {
    let (runtime, function, parameters) = (&input.runtime, &input.function, input.parameters());
    let private = runtime.private();
    let arguments = local_names("argument", parameters.len());
    let returned = input.returned();
    let answer = quote!(&#private::editor_agent_answer::<#returned>());
    let passed = parameters.iter().zip(&arguments).map(|(parameter, argument)| match parameter.hold {
        Hold::Owned | Hold::Exclusive => quote!(#argument),
        Hold::Shared => quote!(&*#argument),
    });
    let is_owned = |parameter: &Parameter| parameter.hold == Hold::Owned;
    let owns = parameters.iter().all(|parameter| is_owned(parameter));
    let tuples = |owned: bool| {
        let chosen = parameters.iter().zip(&arguments).filter(move |(parameter, _)| is_owned(parameter) == owned);
        let (helpers, names): (Vec<_>, Vec<_>) =
            chosen.map(|(parameter, argument)| (parameter_helper(parameter, owns, runtime), argument)).unzip();
        (quote!((#(#helpers,)*)), quote!((#(#names,)*)))
    };
    let ((owned, owned_names), (lent, lent_names)) = (tuples(true), tuples(false));
    let name = &function.signature.ident;
    // With the span of the name, also that of the parentheses: it is where the compiler reports a future that is not `Send`.
    let call = quote_spanned!(name.span()=> #name(#(#passed),*));
    // The compiler checks an `async` block last, and not at all if a type is wrong already. For types that are certainly `Send`,
    // the block would be a third of the compile time of an agent.
    let is_unsure = parameters.iter().any(|parameter| parameter.might_not_be_send());
    let call = if is_unsure { quote_spanned!(name.span()=> async move { #call.await }) } else { call };
    let act = act_parameter();
    if owns {
        let arguments = quote!(#act, #owned, #answer, |#owned_names| #call);
        underline::call_with_future(name, "agent_without_rc_or_guard_across_await", 3, arguments, runtime)
    } else {
        let boxed = underline::call_with_future(name, "future_without_rc_or_guard_across_await", 1, call, runtime);
        quote!(#private::editor_agent_that_borrows(#act, #owned, #lent, #answer, |#owned_names, #lent_names| #boxed))
    }
}

fn act_parameter() -> Ident {
    Ident::new("act", Span::mixed_site())
}

/// Generates the body for an agent that is not callable. It checks the types that can be checked.
fn check_types(input: &Input) -> TokenStream {
    let (private, act) = (input.runtime.private(), act_parameter());
    let check = |index: usize| match input.signature.parameters[index].as_ref().map(|parameter| parameter.hold) {
        Some(Hold::Shared) => quote!(loan_of_an_editor_agent),
        Some(Hold::Exclusive) => quote!(transaction_of_an_editor_agent),
        Some(Hold::Owned) | None => quote!(argument_of_an_editor_agent),
    };
    let checks = input.type_checks(check, &quote!(answer_of_an_editor_agent));
    quote! {
        #checks
        #private::agent_that_did_not_compile(#act)
    }
}

/// Generates the call of the helper with the bound of a parameter, with the span of its type: the compiler's error is there.
/// `owns`: the agent owns all its parameters.
fn parameter_helper(parameter: &Parameter, owns: bool, runtime: &Runtime) -> TokenStream {
    let (private, ty) = (runtime.private(), underline::as_all_of(&parameter.value_type, &quote!(_), runtime));
    match parameter.hold {
        Hold::Owned if owns => quote!(#private::editor_agent_argument::<#ty>()),
        Hold::Owned => quote!(#private::editor_agent_argument_beside_a_loan::<#ty>()),
        Hold::Shared => quote!(#private::editor_agent_loan::<#ty>()),
        Hold::Exclusive => quote!(#private::editor_agent_transaction::<#ty>()),
    }
}
