//! The macros of `agent-runtime`, which re-exports them and documents them with examples.
//!
//! Each macro parses its input into a checked model, reports every mistake, and generates code from the model. After a mistake
//! it still emits the user's item, with a stub in place of the rest, so that references to the item resolve. Generated code
//! calls functions of `agent_runtime::__private`; `expand::runtime_paths` makes all its paths.

mod annotated_names;
mod attribute;
mod bail;
mod completion;
mod decisions;
mod enclosing_block;
mod errors;
mod expand;
#[cfg(test)]
mod expansion_tests;
mod function;
mod list;
mod main_attribute;
mod ontology;
mod use_site;

use proc_macro::TokenStream;

use attribute::AttributeMacro;
use list::ListMacro;
use ontology::Folders;
use use_site::UseSite;

/// Registers an async function as an editor agent.
///
/// | Key | Example | Meaning |
/// |---|---|---|
/// | `path` | `path = "/my-agent"` | Path of the endpoint. Default: the function's name in kebab case. |
/// | `name` | `name = "My agent"` | Name in lists and logs. Default: the function's name. |
/// | `description` | `description = "What it does."` | Description for people. Default: the doc comment. |
/// | `timeout` | `timeout = "30s"` | Maximum duration of a call, up to an hour: `"500ms"`, `"30s"`, `"5m"`. Default: the server's timeout. |
/// | `no_timeout` | `no_timeout` | Calls have no time limit. |
/// | `concurrency` | `concurrency = 8` | Maximum number of concurrent calls of this agent, 1 to 65536. Further calls get 503. Default: the server's limit alone. |
/// | `branch` | `branch = "my-branch"` | Branch of the label row. Default: `main`. |
/// | `client_metadata` | `client_metadata` | Requests the label row with the client metadata of its data. |
/// | `images_data` | `images_data` | Requests the label row with the images of an image group. |
/// | `children` | `children` | Finds the label row also if its data is part of a group. |
/// | `reviews` | `reviews` | Requests objects and classifications with their reviews. |
/// | `signed_urls` | `signed_urls` | Requests the links of the data units as signed URLs. Invalid with `&mut LabelRow`, since the signed URLs would be written back. |
/// | `only_objects` | `only_objects = ["feature hash"]` | Requests only objects of these classes, by their feature hashes in the ontology. Invalid with `&mut LabelRow`, since the other objects would be lost. |
/// | `only_classifications` | `only_classifications = ["feature hash"]` | Requests only classifications of these classes. Invalid with `&mut LabelRow`, since the other classifications would be lost. |
/// | `on_conflict` | `on_conflict = "merge"` | Reaction to a conflict, when somebody else saves the label row while the agent works on it. `"merge"` puts the agent's edits into the newer row, unless both changed the same entries. `"retry"` reads the row again and reruns the agent, at most `OnConflict::RERUNS` times. `"refuse"` saves nothing and tells the annotator. Default: `"refuse"`. |
/// | `findings` | `findings = "issues"` | Target of the findings that the agent returns. `"issues"` also creates issues of the platform, after the changes of the agent are saved. `"response"` does not. Default: `AGENT_FINDINGS`. |
/// | `signature` | `signature = "required"` | Signature policy once there is a secret (`ENCORD_WEBHOOK_SECRET`). `"required"` accepts only signed calls: the platform's backend signs, a label editor in a browser does not. `"when-present"` also accepts unsigned calls. `"off"` accepts every call unverified. Default: `"required"`. |
/// | `secret_env` | `secret_env = "AGENT_SECRET"` | Environment variable with the agent's own secret, in place of `ENCORD_WEBHOOK_SECRET`. During a rotation it holds several, one per line. The server does not start without it. |
/// | `replay` | `replay = "refuse"` | `"refuse"` rejects a signed call that this agent receives a second time. The path is not signed: give the agent its own secret with `secret_env`, otherwise the call is valid once at every other agent with the same secret. Default: `"accept"`. |
/// | `stage` | `stage = "Pre-label"` | Agent stage of the workflow, by its title or UUID: the server also runs the agent on the tasks that wait there. |
/// | `pathway` | `pathway = "done"` | Pathway of the stage along which a task goes for which the agent decides nothing. Default: the task stays in the stage. |
/// | `on_failure` | `on_failure = "needs a human"` | Pathway of the stage along which a task goes that has failed. Default: the task stays in the stage. |
/// | `frames` | `frames = "each"` | Frames of a task on which the agent runs: the first, each, or those with labels. The changes of all frames are saved together. Default: `"first"`. |
/// | `every` | `every = 10` | Runs the agent on every n-th frame of a task, beginning with the first. |
/// | `crate` | `crate = some::path` | Path of the `agent-runtime` crate, if it goes by another name. |
///
/// The function takes 0 to 16 parameters. Each is `T` or `&T` for a type that implements `FromCall`, or `&mut T`
/// for one that implements `Transaction`. It returns a type that implements `IntoReply`. Its body stays as it is, and it can
/// be called by its name like any function.
#[proc_macro_attribute]
pub fn editor_agent(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_function(AttributeMacro::EditorAgent, arguments, item)
}

/// Registers an async function as a handler of notifications from agent stages and workflows.
///
/// The platform gets its response first. Then the handler runs in the background; an error that it returns is logged.
///
/// | Key | Example | Meaning |
/// |---|---|---|
/// | `path` | `path = "/my-agent"` | Path that the platform calls. Default: the function's name in kebab case. |
/// | `name` | `name = "My agent"` | Name in lists and logs. Default: the function's name. |
/// | `description` | `description = "What it does."` | Description for people. Default: the doc comment. |
/// | `timeout` | `timeout = "30s"` | Maximum duration of a run, up to an hour: `"500ms"`, `"30s"`, `"5m"`. Default: 1 h. |
/// | `no_timeout` | `no_timeout` | Runs have no time limit. |
/// | `signature` | `signature = "required"` | Signature policy, as for `#[editor_agent]`. `"off"` accepts every caller, for development: with any other policy the server does not start without a secret. Default: `"required"`. |
/// | `secret_env` | `secret_env = "AGENT_SECRET"` | Environment variable with the handler's own secret, in place of `ENCORD_WEBHOOK_SECRET`. |
/// | `crate` | `crate = some::path` | Path of the `agent-runtime` crate, if it goes by another name. |
///
/// The first parameter is `Notification<E>`, where `E` is the event. The handler receives the notifications of that event;
/// others are acknowledged and ignored. Further parameters implement `FromCall<NotificationCall>`: `State<_>`, `PlatformClient`,
/// `TraceId`. It returns nothing, or `Result<()>`.
#[proc_macro_attribute]
pub fn on_notification(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_function(AttributeMacro::OnNotification, arguments, item)
}

/// Implements the trait of the same name for an enum whose variants are the decisions of an agent.
#[proc_macro_derive(Decisions, attributes(decision))]
pub fn decisions(item: TokenStream) -> TokenStream {
    decisions::derive(item.into()).into()
}

/// Runs an async `main`: starts the asynchronous runtime and the log, and prints the error that `main` returns.
///
/// | Key | Example | Meaning |
/// |---|---|---|
/// | `crate` | `crate = some::path` | Path of the `agent-runtime` crate, if it goes by another name. |
///
/// `main` returns `()` or a `Result<(), _>`.
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    main_attribute::expand(arguments.into(), &item.into()).into()
}

/// Expands `agents![...]`, whose input begins with the path of the runtime.
#[doc(hidden)]
#[proc_macro]
pub fn agents_list(input: TokenStream) -> TokenStream {
    list::expand(ListMacro::Agents, input.into()).into()
}

/// Expands `handlers![...]`, whose input begins with the path of the runtime.
#[doc(hidden)]
#[proc_macro]
pub fn handlers_list(input: TokenStream) -> TokenStream {
    list::expand(ListMacro::Handlers, input.into()).into()
}

/// Generates types for the classes, attributes and options of an ontology.
///
/// | Form | Meaning |
/// |---|---|
/// | `ontology!("ontology.json")` | The types are in the module that calls the macro. |
/// | `ontology!(mod shop = "shop.json")` | The types are in a module of their own. |
/// | `rename("Car (left)" => CarLeft)` | Name of a class, attribute or option, by its title, its titles from the class down (`"Coin/Metal"`), or its feature hash. |
/// | `by = "title"` | Classes are matched with those of a project by title, for projects with copies of one ontology. Default: `"feature hash"`. |
/// | `crate = some::path` | Path of the `agent-runtime` crate, if it goes by another name. |
///
/// The path of the file starts at the folder of the package, or else at that of the source file. The crate is compiled again when the
/// file changes.
///
/// An object class `Coin` becomes `Coin`, which labels are read as, the builder `NewCoin`, and a module `coin` with an enum for each
/// radio and checklist. A classification class with a radio becomes an enum.
#[proc_macro]
pub fn ontology(input: TokenStream) -> TokenStream {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(std::path::PathBuf::from);
    let source = proc_macro::Span::call_site().local_file();
    let source = source.and_then(|file| Some(std::path::absolute(file).ok()?.parent()?.to_path_buf()));
    ontology::expand(input.into(), &Folders { package, source }).into()
}

fn expand_function(attribute: AttributeMacro, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let call_site = proc_macro::Span::call_site();
    // The compiler reports the form `#[editor_agent = "..."]`, and expands the macro with the value as its arguments.
    let is_name_value = call_site.source_text().is_some_and(|text| use_site::is_name_value(&text));
    let arguments = if is_name_value { TokenStream::new() } else { arguments };
    let use_site = UseSite::new(call_site);
    expand::expand(attribute, arguments.into(), &item.into(), &use_site).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn bail_at_message(input: TokenStream) -> TokenStream {
    bail::expand(input.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn ensure_without_message(input: TokenStream) -> TokenStream {
    bail::report_missing_message(input.into()).into()
}
