//! `#[editor_agent]`: from the checked agent to tokens.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::attribute::Arguments;
use crate::check::{self, Agent};
use crate::errors::Errors;
use crate::function::{Function, Item};
use crate::parameter::Hold;
use crate::runtime_paths::Runtime;

/// The whole macro.
pub(crate) fn editor_agent(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let arguments = Arguments::read(arguments, &errors);
    let original = item.clone();
    let function = match syn::parse2(item) {
        Ok(Item::Function(function)) => function,
        Ok(Item::Other(what, place)) => {
            errors.at_span(place, format!("`#[editor_agent]` goes on an `async fn`, and this is {what}"));
            return beside(&original, errors);
        }
        Err(error) => {
            errors.push(error);
            return beside(&original, errors);
        }
    };
    let agent = check::agent(&function, &arguments, &errors);
    if agent.method {
        return beside(&function.write(false), errors);
    }
    let sound = errors.count() == 0;
    let written = function.write(!agent.callable);
    let glue = glue(&function, &agent, &arguments, sound);
    let errors = errors.finish();
    quote!(#written #glue #errors)
}

fn beside(item: &TokenStream, errors: Errors) -> TokenStream {
    let errors = errors.finish();
    quote!(#item #errors)
}

/// The type of the function's name, and what makes it an agent.
fn glue(function: &Function, agent: &Agent, arguments: &Arguments, sound: bool) -> TokenStream {
    let runtime = &arguments.runtime;
    let (private, editor_agent, agent_type) = (runtime.private(), runtime.item("EditorAgent"), runtime.item("Agent"));
    let (timeout, location) = (timeout(runtime, arguments), runtime.item("SourceLocation"));
    let visibility = &function.visibility;
    // Not at the user's place, where lints and duplicates would be reported again.
    let mut name = function.signature.ident.clone();
    name.set_span(Span::call_site());
    let (title, path, description) = (&agent.name, &agent.path, &agent.description);
    let act = if agent.callable { acting(function, agent, runtime) } else { standing_in(function, agent, runtime) };
    // What did not compile is not served, so that its path clashes with no other.
    let registration =
        sound.then(|| quote!(#private::inventory::submit! { #private::Registered(<#name as #editor_agent>::AGENT) }));
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, clippy::exhaustive_structs, reason = "it stands for the function of this name")]
        #visibility struct #name {}

        const _: () = {
            #act

            impl #editor_agent for #name {
                const AGENT: &'static #agent_type = &#agent_type {
                    name: #title,
                    path: #path,
                    description: #description,
                    timeout: #timeout,
                    location: #location { file: #private::file!(), line: #private::line!() },
                    act,
                };
            }

            #registration
        };
    }
}

fn timeout(runtime: &Runtime, arguments: &Arguments) -> TokenStream {
    let timeout = runtime.item("AgentTimeout");
    match arguments.timeout {
        _ if arguments.no_timeout => quote!(#timeout::Never),
        Some(millis) => quote!(#timeout::Millis(#millis)),
        None => quote!(#timeout::ServerDefault),
    }
}

/// The helper that asks of each parameter's type what it must be, with the user's own tokens in the turbofish: that is
/// where the compiler puts what it has to say.
fn parameter_helpers(agent: &Agent, runtime: &Runtime) -> Vec<TokenStream> {
    let private = runtime.private();
    let helper = |parameter: &crate::parameter::Parameter| {
        let ty = &parameter.asks_for;
        match parameter.hold {
            Hold::Owned => quote!(#private::editor_agent_argument::<#ty>()),
            Hold::Shared => quote!(#private::editor_agent_loan::<#ty>()),
            Hold::Exclusive => quote!(#private::editor_agent_transaction::<#ty>()),
        }
    };
    agent.parameters.iter().map(helper).collect()
}

/// What the agent does: says what it needs, or runs.
fn acting(function: &Function, agent: &Agent, runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    let parameters = local("parameter", agent.parameters.len());
    let arguments = local("argument", agent.parameters.len());
    let helpers = parameter_helpers(agent, runtime);
    let returns = function.returns();
    let [act, call, declaration, answer, returned, reply] =
        ["act", "call", "declaration", "answer", "returned", "reply"].map(|name| Ident::new(name, Span::mixed_site()));
    let fetched = fetch(runtime, &parameters, &arguments, &call, agent);
    let passed = agent.parameters.iter().zip(&arguments).map(|(parameter, argument)| match parameter.hold {
        Hold::Owned => quote!(#argument),
        Hold::Shared => quote!(&#argument),
        Hold::Exclusive => quote!(&mut #argument),
    });
    let settled = agent
        .parameters
        .iter()
        .zip(parameters.iter().zip(&arguments))
        .filter(|(parameter, _)| parameter.hold == Hold::Exclusive);
    let settled = settled.map(|(_, (parameter, argument))| quote!(#parameter.settle(#argument, #call).await?;));
    // At the name, so that a future that cannot be sent is reported there.
    let name = &function.signature.ident;
    let future = quote::quote_spanned!(name.span()=> #name(#(#passed),*));
    quote! {
        fn act(#act: #private::Act<'_>) -> #private::Option<#private::AgentFuture<'_>> {
            #(let #parameters = #helpers;)*
            let #answer = #private::editor_agent_answer::<#returns>();
            match #act {
                #private::Act::Declare(#declaration) => {
                    #(#parameters.declare(#declaration);)*
                    #answer.declare(#declaration);
                    #private::None
                }
                #private::Act::Run(#call) => #private::Some(#private::Box::pin(async move {
                    #fetched
                    let #returned = #private::editor_agent_future(#future).await;
                    let #reply = #answer.reply(#returned)?;
                    #(#settled)*
                    #private::Ok(#reply)
                })),
            }
        }
    }
}

/// Works out every parameter's value, all at the same time.
fn fetch(runtime: &Runtime, parameters: &[Ident], arguments: &[Ident], call: &Ident, agent: &Agent) -> TokenStream {
    let private = runtime.private();
    let bindings = arguments.iter().zip(&agent.parameters).map(|(argument, parameter)| match parameter.hold {
        Hold::Exclusive => quote!(mut #argument),
        _ => quote!(#argument),
    });
    match parameters {
        [] => quote!(let _ = #call;),
        [parameter] => quote!(let #(#bindings)* = #parameter.fetch(#call).await?;),
        _ => quote!(let (#(#bindings),*) = #private::try_join!(#(#parameters.fetch(#call)),*)?;),
    }
}

/// What stands for an agent that cannot be called, and still checks the types that can be checked.
fn standing_in(function: &Function, agent: &Agent, runtime: &Runtime) -> TokenStream {
    let private = runtime.private();
    let mut checks = Vec::new();
    if agent.concrete {
        checks = parameter_helpers(agent, runtime);
        if agent.answers {
            let returns = function.returns();
            checks.push(quote!(#private::editor_agent_answer::<#returns>()));
        }
    }
    quote! {
        fn act(act: #private::Act<'_>) -> #private::Option<#private::AgentFuture<'_>> {
            #(let _ = #checks;)*
            #private::agent_that_did_not_compile(act)
        }
    }
}

/// Names that nothing of the user's can clash with.
fn local(stem: &str, count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("{stem}_{index}", span = Span::mixed_site())).collect()
}
