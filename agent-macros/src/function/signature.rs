//! The signature of an editor agent or notification handler: which functions are valid.

use quote::ToTokens;
use syn::{FnArg, GenericArgument, PatType, PathArguments, Safety, Signature, Type};

use super::Function;
use super::parameter::{self, Hold, Parameter};
use crate::attribute::keys::With;
use crate::attribute::{Arguments, AttributeMacro};
use crate::errors::Errors;

/// Maximum number of parameters.
const MAX_PARAMETERS: usize = 16;

/// A signature with the results of the checks.
pub(crate) struct CheckedSignature {
    /// The parameters; `None` for an invalid one.
    pub(crate) parameters: Vec<Option<Parameter>>,
    /// The signature is valid, so the function can be called even if a key of the attribute is invalid.
    pub(crate) is_callable: bool,
    /// A call can be generated, so the types of the parameters can be inferred from it.
    pub(crate) is_inferable: bool,
    /// The return type can be checked.
    pub(crate) has_checkable_return: bool,
    /// The function has a `self` parameter: it is in an `impl` block, where no further items can be generated.
    pub(crate) is_method: bool,
}

impl CheckedSignature {
    /// Returns the result for a function whose signature is malformed: nothing is checked.
    pub(crate) fn unknown() -> Self {
        Self {
            parameters: Vec::new(),
            is_callable: false,
            is_inferable: true,
            has_checkable_return: false,
            is_method: false,
        }
    }

    /// Checks the signature of a function, and the keys that depend on it. Reports every mistake.
    pub(crate) fn new(function: &Function, attribute: AttributeMacro, arguments: &Arguments, errors: &Errors) -> Self {
        let signature = &function.signature;
        let check = Check { attribute, noun: attribute.noun(), signature, errors };
        if let Some(receiver) = signature.receiver() {
            check.report_method(receiver);
            let has_checkable_return = check.return_type();
            return Self {
                parameters: Vec::new(),
                is_callable: false,
                is_inferable: false,
                has_checkable_return,
                is_method: true,
            };
        }
        check.saving(arguments);
        let before = errors.count();
        if let Some(again) = function.repeated_attribute(attribute) {
            errors.at(again, format!("`{}` stands on this function twice: remove one", attribute.written()));
        }
        check.qualifiers();
        check.generics();
        let is_generic = !signature.generics.params.is_empty();
        let parameters = if is_generic {
            // A type may be or have a generic parameter, which generated code cannot name, and which has been reported.
            signature.inputs.iter().map(|_| None).collect()
        } else {
            check.parameters()
        };
        let has_checkable_return = check.return_type() && !check.returns_future();
        Self {
            is_callable: errors.count() == before && parameters.iter().all(Option::is_some),
            parameters,
            is_inferable: !is_generic && signature.inputs.iter().all(parameter::is_inferable),
            has_checkable_return,
            is_method: false,
        }
    }
}

/// The checks of one signature.
struct Check<'a> {
    attribute: AttributeMacro,
    noun: &'static str,
    signature: &'a Signature,
    errors: &'a Errors,
}

impl Check<'_> {
    fn report_method(&self, receiver: &syn::Receiver) {
        let noun = self.noun;
        let message = format!(
            "{noun} is a free function: move it out of the `impl` block and take what it needs as parameters, such as `State<_>`"
        );
        self.errors.at(receiver, message);
    }

    /// Reports keys that contradict what the parameters can save.
    fn saving(&self, arguments: &Arguments) {
        let inputs = &self.signature.inputs;
        let changed: Vec<_> = inputs.iter().filter_map(parameter::changed).collect();
        let changes_row = changed.iter().any(|ty| is_label_row(ty));
        // A row that is taken by value can be saved, too.
        let owns_row = inputs.iter().any(|input| matches!(input, FnArg::Typed(input) if is_label_row(&input.ty)));
        for (key, conflict) in arguments.conflicts() {
            match conflict.with {
                With::SavedLabelRow if changes_row => {
                    let reason = conflict.message;
                    let message = format!(
                        "what is read with `{key}` cannot be saved, since {reason}: take `&LabelRow`, or remove `{key}`"
                    );
                    self.errors.at(key, message);
                }
                With::NothingSaved if changed.is_empty() && !owns_row => self.errors.at(key, conflict.message),
                _ => {}
            }
        }
    }

    fn qualifiers(&self) {
        let Self { noun, signature, errors, .. } = self;
        let name = &signature.ident;
        if let Some(constness) = &signature.constness {
            errors.at(constness, format!("{noun} cannot be `const`: write `async fn {name}`"));
        } else if signature.asyncness.is_none() {
            errors.at(signature.fn_token, format!("{noun} is async: write `async fn {name}`"));
        }
        if let Safety::Unsafe(token) = &signature.safety {
            let message = format!("{noun} cannot be `unsafe`, since the server calls it: write `async fn {name}`");
            errors.at(token, message);
        }
        if let Some(abi) = &signature.abi {
            let message = format!("{noun} is called by the server only, without `extern`: write `async fn {name}`");
            errors.at(abi, message);
        }
        if let Some(variadic) = &signature.variadic {
            errors.at(variadic, format!("{noun} has a fixed number of parameters"));
        }
    }

    /// Reports type parameters, lifetimes, or a `where` clause: one error, whichever are there.
    fn generics(&self) {
        let Self { noun, errors, .. } = self;
        let generics = &self.signature.generics;
        if !generics.params.is_empty() {
            let message = format!(
                "{noun} has no generic parameters or lifetimes, since the server must know each type: remove `<...>`"
            );
            errors.at(&generics.params, message);
        } else if let Some(clause) = &generics.where_clause {
            errors.at(
                clause.where_token,
                format!("{noun} has no `where` clause, as it has no generic parameters: remove it"),
            );
        }
    }

    /// Checks the return type. Returns whether the compiler can check it further.
    fn return_type(&self) -> bool {
        let Self { noun, errors, .. } = self;
        let returned = self.signature.output.to_token_stream();
        if let Some(span) = parameter::first_impl(returned.clone()) {
            let example = match self.attribute {
                AttributeMacro::EditorAgent => "Result<AgentResponse>",
                AttributeMacro::OnNotification | AttributeMacro::Main => "Result<()>",
            };
            let message = format!("{noun} returns one type: write that instead of `impl`, for example `{example}`");
            errors.at_span(span, message);
            return false;
        }
        let is_borrowed =
            |input: &&FnArg| matches!(input, FnArg::Typed(typed) if matches!(*typed.ty, Type::Reference(_)));
        if self.attribute == AttributeMacro::EditorAgent
            && let syn::ReturnType::Type(_, ty) = &self.signature.output
            && let Some(text) = error_of_text(ty)
        {
            let message = format!(
                "`{}` as an error does not tell who may read it: return `Result<_>` instead, and use `bail!(\"...\")` for a sentence to the annotator",
                text.to_token_stream()
            );
            errors.at(text, message);
            return false;
        }
        // Unless exactly one parameter is borrowed, the compiler asks for a lifetime.
        if self.signature.inputs.iter().filter(is_borrowed).count() == 1
            && let Some(span) = parameter::first_borrow(returned)
        {
            errors.at_span(span, format!("{noun}'s answer outlives the call: return text as `String`, not borrowed"));
            return false;
        }
        true
    }

    /// Returns `true` for a function without `async` that returns a future: one mistake.
    fn returns_future(&self) -> bool {
        let returned = self.signature.output.to_token_stream().to_string();
        self.signature.asyncness.is_none() && returned.contains("Future")
    }

    fn parameters(&self) -> Vec<Option<Parameter>> {
        let Self { noun, signature, errors, .. } = self;
        let typed: Vec<&PatType> = signature.inputs.iter().filter_map(typed).collect();
        if let Some(first_too_many) = typed.get(MAX_PARAMETERS) {
            let count = typed.len();
            let message = format!(
                "{noun} has at most {MAX_PARAMETERS} parameters, this one has {count}: group some in an extractor of your own"
            );
            errors.at(first_too_many, message);
        }
        let mut parameters: Vec<_> =
            typed.iter().take(MAX_PARAMETERS).map(|parameter| Parameter::parse(parameter, noun, errors)).collect();
        parameters.resize_with(typed.len(), || None);
        match self.attribute {
            AttributeMacro::OnNotification => self.handler_parameters(&mut parameters),
            AttributeMacro::EditorAgent | AttributeMacro::Main => parameter::check_conflicts(&parameters, errors),
        }
        parameters
    }

    /// Rejects the parameters that only an editor agent can have, and a handler without notification.
    fn handler_parameters(&self, parameters: &mut [Option<Parameter>]) {
        for slot in parameters.iter_mut() {
            if let Some(parameter) = slot.take_if(|parameter| parameter.hold != Hold::Owned) {
                let value = parameter.value_type.to_token_stream().to_string().replace(" < ", "<").replace(" >", ">");
                let message = format!(
                    "a notification handler takes its parameters by value, as it runs after the request: write `{value}`"
                );
                self.errors.at(&parameter.written, message);
            }
        }
        for slot in parameters.iter_mut().skip(1) {
            if let Some(parameter) = slot.take_if(|parameter| has_name(&parameter.value_type, "Notification")) {
                let message = "a notification handler takes one notification, as its first parameter: remove this one, and write \
                               a handler for each event";
                self.errors.at(&parameter.written, message);
            }
        }
        if parameters.is_empty() {
            let message = "the first parameter of a notification handler is the notification: \
                           write `work: Notification<StageWorkAvailable>`, or another event in its place";
            self.errors.at(&self.signature.ident, message);
        }
    }
}

fn typed(input: &FnArg) -> Option<&PatType> {
    match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    }
}

/// Returns the error type of a `Result` if it is text.
fn error_of_text(returned: &Type) -> Option<&Type> {
    let Type::Path(result) = returned else { return None };
    let result = result.path.segments.last().filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &result.arguments else { return None };
    let Some(GenericArgument::Type(error)) = arguments.args.iter().nth(1) else { return None };
    let text = if let Type::Reference(reference) = error { &*reference.elem } else { error };
    let is_text = |path: &syn::TypePath| {
        let last = path.path.segments.last().map(|last| last.ident.to_string());
        matches!(last.as_deref(), Some("String" | "str" | "Cow"))
    };
    matches!(text, Type::Path(path) if is_text(path)).then_some(error)
}

/// Returns `true` if a type has the name of the label row.
fn is_label_row(ty: &Type) -> bool {
    has_name(ty, "LabelRow")
}

/// Returns `true` if a type has this name. Aliases are not resolved.
fn has_name(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}
