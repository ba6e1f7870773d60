//! `#[editor_agent]`: from the checked agent to tokens.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::attribute::Arguments;
use crate::check::{self, Agent};
use crate::errors::Errors;
use crate::function::{Function, stand_in_attributes};
use crate::keys::EDITOR_AGENT;
use crate::parameter::{Hold, Parameter};
use crate::runtime_paths::Runtime;
use crate::underline;

/// The whole macro.
pub(crate) fn editor_agent(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let errors = Errors::new();
    let arguments = Arguments::read(&EDITOR_AGENT, arguments, &errors);
    let Some(function) = Function::read(&EDITOR_AGENT, item, &errors) else { return errors.finish_beside(item) };
    let agent = check::agent(&function, &arguments, &errors);
    if agent.method {
        return errors.finish_beside(&function.write(false));
    }
    let sound = agent.callable && errors.count() == 0;
    let written = function.write(!agent.callable);
    let glue = glue(&function, &agent, &arguments, sound);
    let errors = errors.finish_as_item();
    quote!(#written #glue #errors)
}

/// The type of the function's name, and what makes it an agent.
fn glue(function: &Function, agent: &Agent, arguments: &Arguments, sound: bool) -> TokenStream {
    let runtime = &arguments.runtime;
    let (private, editor_agent, agent_type) = (runtime.private(), runtime.item("EditorAgent"), runtime.item("Agent"));
    let (timeout, location) = (arguments.write_timeout(), runtime.item("SourceLocation"));
    let concurrency = arguments.write_concurrency();
    let (label_row, on_conflict) = (arguments.label_row.request(runtime), arguments.label_row.on_conflict(runtime));
    let signed_calls = arguments.signed_calls.write(runtime);
    let visibility = &function.visibility;
    let name = &function.signature.ident;
    let (title, path, description) = (arguments.name(function), &agent.path, arguments.description(function));
    let act = if agent.callable { acting(function, agent, runtime) } else { standing_in(function, agent, runtime) };
    // What did not compile is not served, so that its path clashes with no other.
    let registration =
        sound.then(|| quote!(#private::inventory::submit! { #private::Registered(<#name as #editor_agent>::AGENT) }));
    let glue = quote! {
        const _: () = {
            #[allow(unused_imports, reason = "not every agent needs all")]
            use #private::{Itself, editor_agent_future, editor_agent_that_borrows, editor_agent_that_owns};

            #act

            #[diagnostic::do_not_recommend]
            impl #editor_agent for #name {
                #[allow(clippy::needless_update, reason = "the attribute may have a key for everything about the label row")]
                const AGENT: &'static #agent_type = &#agent_type {
                    name: #title,
                    path: #path,
                    description: #description,
                    timeout: #timeout,
                    concurrency: #concurrency,
                    label_row: #label_row,
                    on_conflict: #on_conflict,
                    signed_calls: #signed_calls,
                    location: #location { file: #private::file!(), line: #private::line!() },
                    package: #private::concat!(#private::env!("CARGO_PKG_NAME"), " ", #private::env!("CARGO_PKG_VERSION")),
                    act: __editor_agent_act,
                };
            }

            #registration
        };
    };
    let (attributes, stand_in) = (stand_in_attributes(), quote_spanned!(name.span()=> struct #name {}));
    // One item, so that in an `impl` block, which the macro cannot see, there is one error about it.
    quote! {
        #attributes
        #[derive(#private::EditorAgentGlue)]
        #[editor_agent_glue { #glue }]
        #visibility #stand_in
    }
}

/// What the derive on the stand-in writes: what its attribute holds.
pub(crate) fn glue_of(item: TokenStream) -> TokenStream {
    let attributes = syn::parse2::<syn::DeriveInput>(item).map(|item| item.attrs).unwrap_or_default();
    let held = attributes.into_iter().find_map(|attribute| match attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("editor_agent_glue") => Some(list.tokens),
        _ => None,
    });
    held.unwrap_or_default()
}

/// The helper that asks of a parameter's type what it must be: that is where the compiler puts what it has to say.
fn parameter_helper(parameter: &Parameter, runtime: &Runtime) -> TokenStream {
    let (private, ty) = (runtime.private(), underline::as_all_of(&parameter.asks_for, &quote!(_)));
    match parameter.hold {
        Hold::Owned => quote!(#private::editor_agent_argument::<#ty>()),
        Hold::Shared => quote!(#private::editor_agent_loan::<#ty>()),
        Hold::Exclusive => quote!(#private::editor_agent_transaction::<#ty>()),
    }
}

/// The same where the agent cannot be called: a function of such a parameter.
fn parameter_check(parameter: &Parameter, ty: &TokenStream, runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    match parameter.hold {
        Hold::Owned => quote!(#private::argument_of_an_editor_agent::<#ty>),
        Hold::Shared => quote!(#private::loan_of_an_editor_agent::<#ty>),
        Hold::Exclusive => quote!(#private::transaction_of_an_editor_agent::<#ty>),
    }
}

/// The return type, to be inferred, and underlined as it was written.
fn returned(function: &Function) -> TokenStream {
    match &function.signature.output {
        syn::ReturnType::Default => quote!(()),
        syn::ReturnType::Type(_, returned) => underline::as_all_of(returned, &quote!(_)),
    }
}

/// What the agent does: says what it needs, or runs.
fn acting(function: &Function, agent: &Agent, runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    let parameters: Vec<_> = agent.parameters.iter().flatten().collect();
    let arguments = local("argument", parameters.len());
    let returned = returned(function);
    let answers = quote!(&#private::editor_agent_answer::<#returned>());
    let passed = parameters.iter().zip(&arguments).map(|(parameter, argument)| match parameter.hold {
        Hold::Owned | Hold::Exclusive => quote!(#argument),
        Hold::Shared => quote!(&**#argument),
    });
    let is_owned = |parameter: &Parameter| parameter.hold == Hold::Owned;
    let take = |owned: bool| {
        let taken = parameters.iter().zip(&arguments).filter(move |(parameter, _)| is_owned(parameter) == owned);
        let (helpers, names): (Vec<_>, Vec<_>) =
            taken.map(|(parameter, argument)| (parameter_helper(parameter, runtime), argument)).unzip();
        (quote!((#(#helpers,)*)), quote!((#(#names,)*)))
    };
    let ((owned, own_names), (lent, lent_names)) = (take(true), take(false));
    let (name, act) = (&function.signature.ident, Ident::new("act", Span::mixed_site()));
    let called = quote!(#name(#(#passed),*));
    // At the name, where a future that cannot be sent is reported.
    let done = if parameters.iter().all(|parameter| is_owned(parameter)) {
        // What a block of our own holds is looked at last, and not at all if a type is wrong already. For types that are
        // sure to be sent it would be a third of the time that an agent costs the compiler.
        let unsure = parameters.iter().any(|parameter| parameter.may_be_stuck_to_its_thread());
        let called = if unsure { quote!(async move { #called.await }) } else { called };
        let asked = quote!(#act, #owned, #answers, |#own_names| #called);
        quote_spanned!(name.span()=> editor_agent_that_owns(#asked))
    } else {
        let boxed = quote_spanned!(name.span()=> editor_agent_future(#called));
        let asked = quote!(#act, #owned, #lent, #answers, |#own_names, #lent_names| #boxed);
        quote_spanned!(name.span()=> editor_agent_that_borrows(#asked))
    };
    quote! {
        fn __editor_agent_act(#act: #private::Act<'_>) -> #private::Option<#private::AgentFuture<'_>> {
            #done
        }
    }
}

/// What stands for an agent that cannot be called, and still checks the types that can be checked.
fn standing_in(function: &Function, agent: &Agent, runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    let checks =
        if agent.inferable { type_checks(function, agent, runtime) } else { named_type_checks(agent, runtime) };
    quote! {
        fn __editor_agent_act(act: #private::Act<'_>) -> #private::Option<#private::AgentFuture<'_>> {
            #checks
            #private::agent_that_did_not_compile(act)
        }
    }
}

/// A call that never happens: it tells the helpers what they are about.
fn type_checks(function: &Function, agent: &Agent, runtime: &Runtime) -> TokenStream {
    let arguments = local("argument", agent.parameters.len());
    let passed = agent.parameters.iter().zip(&arguments).map(|(parameter, argument)| match parameter {
        Some(parameter) => {
            let ty = underline::as_all_of(&parameter.asks_for, &quote!(_));
            let check = parameter_check(parameter, &ty, runtime);
            quote!(#check(#argument))
        }
        None => quote!(#argument),
    });
    let name = &function.signature.ident;
    let called = quote!(#name(#(#passed),*));
    let checked = if agent.answers {
        let (private, returned) = (runtime.private(), returned(function));
        quote!(#private::answer_of_an_editor_agent::<#returned, _>(#called))
    } else {
        called
    };
    quote!(let _ = |#(#arguments),*| { let _ = #checked; };)
}

/// The same for a function that cannot be called with what is known.
fn named_type_checks(agent: &Agent, runtime: &Runtime) -> TokenStream {
    let parameters = agent.parameters.iter().flatten();
    let checks = parameters.map(|parameter| parameter_check(parameter, &parameter.asks_for.to_token_stream(), runtime));
    quote!(#(let _ = #checks;)*)
}

/// Names that nothing of the user's can clash with.
fn local(stem: &str, count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("{stem}_{index}", span = Span::mixed_site())).collect()
}
