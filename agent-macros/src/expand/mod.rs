//! Code generation for `#[editor_agent]` and `#[on_notification]`.
//!
//! Both attributes go the same way: parse the arguments and the function, check the signature, and generate a type with the name
//! of the function, which implements a trait with the definition as its constant. [`agent`] and [`notification_handler`] generate
//! only what differs.

mod agent;
mod definition;
mod label_row;
mod notification_handler;
pub(crate) mod runtime_paths;
mod signed_calls;
pub(crate) mod underline;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::attribute::{Arguments, AttributeMacro};
use crate::errors::Errors;
use crate::function::signature::CheckedSignature;
use crate::function::{Function, stub_attributes};
use definition::Definition;
use runtime_paths::Runtime;

/// A function with an attribute, parsed and checked.
struct Input {
    function: Function,
    arguments: Arguments,
    runtime: Runtime,
    path: String,
    signature: CheckedSignature,
}

/// Expands `#[editor_agent]` or `#[on_notification]`.
pub(crate) fn expand(attribute: AttributeMacro, arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let errors = Errors::new();
    let arguments = Arguments::parse(attribute, arguments, &errors);
    let Some(function) = Function::parse(attribute, item, &errors) else { return errors.finish_beside(item) };
    let path = arguments.path(&function.signature.ident, &errors);
    let signature = CheckedSignature::new(&function, attribute, &arguments, &errors);
    if signature.is_method {
        return errors.finish_beside(&function.generate(attribute));
    }
    let runtime = Runtime::from_arguments(&arguments);
    let input = Input { function, arguments, runtime, path, signature };
    let definition = match attribute {
        AttributeMacro::OnNotification => notification_handler::definition(&input),
        AttributeMacro::EditorAgent | AttributeMacro::Main => agent::definition(&input),
    };
    let function = if input.signature.is_callable {
        input.function.generate(attribute)
    } else {
        input.function.generate_repaired(attribute)
    };
    // An invalid function is not registered, so that its path does not clash with others.
    let is_valid = input.signature.is_callable && errors.count() == 0;
    let stub = stub(&input, &definition, is_valid);
    let errors = errors.finish_as_item();
    quote!(#function #stub #errors)
}

/// Generates the type with the name of the function, and its definition.
fn stub(input: &Input, definition: &Definition, is_registered: bool) -> TokenStream {
    let private = input.runtime.private();
    let name = &input.function.signature.ident;
    let visibility = &input.function.visibility;
    let glue = definition.generate(input, is_registered);
    let (attributes, stub) = (stub_attributes(), quote_spanned!(name.span()=> struct #name {}));
    // One item, so that in an `impl` block, which the macro cannot see, there is one error about it.
    quote! {
        #attributes
        #[derive(#private::EditorAgentGlue)]
        #[editor_agent_glue { #glue }]
        #visibility #stub
    }
}

/// Expands the derive on the stub to the tokens in its attribute.
pub(crate) fn glue(item: TokenStream) -> TokenStream {
    let attributes = syn::parse2::<syn::DeriveInput>(item).map(|item| item.attrs).unwrap_or_default();
    let glue = attributes.into_iter().find_map(|attribute| match attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("editor_agent_glue") => Some(list.tokens),
        _ => None,
    });
    glue.unwrap_or_default()
}

impl Input {
    /// Returns the valid parameters.
    fn parameters(&self) -> Vec<&crate::function::parameter::Parameter> {
        self.signature.parameters.iter().flatten().collect()
    }

    /// Returns the return type, to be inferred, with the span of the written one.
    fn returned(&self) -> TokenStream {
        match &self.function.signature.output {
            syn::ReturnType::Default => quote!(()),
            syn::ReturnType::Type(_, returned) => underline::as_all_of(returned, &quote!(_)),
        }
    }

    /// Generates statements that check the types of a function that is not callable. `parameter` and `returned` name the
    /// functions of `__private` with the bounds.
    fn type_checks(&self, parameter: impl Fn(usize) -> TokenStream, returned: &TokenStream) -> TokenStream {
        let private = self.runtime.private();
        if !self.signature.is_inferable {
            let checks = self.signature.parameters.iter().enumerate().filter_map(|(index, checked)| {
                let (check, ty) = (parameter(index), &checked.as_ref()?.value_type);
                Some(quote!(let _ = #private::#check::<#ty>;))
            });
            return checks.collect();
        }
        // A call that never runs, from which the types are inferred.
        let arguments = local_names("argument", self.signature.parameters.len());
        let passed =
            self.signature.parameters.iter().zip(&arguments).enumerate().map(|(index, (checked, argument))| {
                let Some(checked) = checked else { return quote!(#argument) };
                let (check, ty) = (parameter(index), underline::as_all_of(&checked.value_type, &quote!(_)));
                quote!(#private::#check::<#ty>(#argument))
            });
        let name = &self.function.signature.ident;
        let mut call = quote!(#name(#(#passed),*));
        if self.signature.has_checkable_return {
            let ty = self.returned();
            call = quote!(#private::#returned::<#ty, _>(#call));
        }
        quote!(let _ = |#(#arguments),*| { let _ = #call; };)
    }
}

/// Returns names that cannot clash with names of the user.
fn local_names(stem: &str, count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("{stem}_{index}", span = Span::mixed_site())).collect()
}
