//! The macros of `agent-runtime`, which re-exports them and documents them with examples.
//!
//! Each macro reads its input into a checked model, collecting every mistake on the way, and writes tokens from that. On a
//! mistake the user's item is still written, with a stand-in for what could not be, so that nothing else is reported
//! missing. What the output calls lives in `agent_runtime::__private`; all its paths come from `runtime_paths.rs`.

mod agents_list;
mod attribute;
mod check;
mod decisions;
mod duration;
mod entry;
mod errors;
mod expand;
#[cfg(test)]
mod expansion_tests;
mod function;
mod keys;
mod label_row;
mod main_attribute;
mod on_notification;
mod parameter;
mod path;
mod runtime_paths;
mod signed_calls;
mod suggest;
mod underline;

use proc_macro::TokenStream;

/// Makes an async function an editor agent: registered, served at its path, called with what its parameters ask for.
///
/// | key | example | what it does |
/// |---|---|---|
/// | `path` | `path = "/simplify"` | the path it is served at; the function's name in kebab case unless given |
/// | `name` | `name = "Simplify"` | the name in lists and logs; the function's unless given |
/// | `description` | `description = "Fewer vertices."` | what it does, for people; the doc comment unless given |
/// | `timeout` | `timeout = "30s"` | how long a call may take, at most an hour: `"500ms"`, `"30s"`, `"5m"`; the server's time-out unless given |
/// | `no_timeout` | `no_timeout` | a call may take for ever |
/// | `concurrency` | `concurrency = 8` | maximum number of concurrent calls of this agent, 1 to 65536; further calls get 503. Without it only the server's limit holds |
/// | `branch` | `branch = "review"` | the label row of this branch instead of `main` |
/// | `client_metadata` | `client_metadata` | the label row with the client metadata of its data |
/// | `images_data` | `images_data` | the label row with the images of an image group |
/// | `children` | `children` | the label row is also found if the data is inside of a group |
/// | `reviews` | `reviews` | objects and classifications with their reviews |
/// | `signed_urls` | `signed_urls` | the links of the data units as signed URLs; not with `&mut LabelRow`, since they would be written back |
/// | `only_objects` | `only_objects = ["feature hash"]` | only objects of these classes, by the feature hashes in the ontology; not with `&mut LabelRow`, since the others would be gone |
/// | `only_classifications` | `only_classifications = ["feature hash"]` | the same for classifications |
/// | `on_conflict` | `on_conflict = "merge"` | if somebody else saves the label row while the agent works on it: `"merge"` puts the agent's edits into the newer row if nobody else changed the same entries; `"retry"` reads it again and runs the agent again (at most `OnConflict::RERUNS` times); `"refuse"`, the default, saves nothing and tells the annotator |
/// | `signature` | `signature = "required"` | which calls it takes once there is a secret (`ENCORD_WEBHOOK_SECRET`): `"required"`, as without the key, signed ones only, which the platform's backend sends and a label editor in a browser does not; `"when-present"` unsigned ones too; `"off"` all, unchecked |
/// | `secret_env` | `secret_env = "AGENT_SECRET"` | the environment variable with its own secret (several one per line, while one replaces another); the server does not start without it |
/// | `replay` | `replay = "refuse"` | refuses a signed call that comes a second time to this agent. The path is not signed: give the agent a secret of its own with `secret_env`, or the call is valid once at every other agent with the same secret |
/// | `crate` | `crate = some::path` | the path of the `agent-runtime` crate, if it goes by another name |
///
/// The function takes 0 to 16 parameters. Each is a type that implements `FromCall`, or a reference to one that the
/// runtime lends: `&T` for `Lend`, `&mut T` for `LendMut`. It returns what implements `IntoReply`. Its body is left alone,
/// and it can be called by its name like any function.
#[proc_macro_attribute]
pub fn editor_agent(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::editor_agent(arguments.into(), &item.into()).into()
}

/// Makes an async function a handler of notifications: what agent stages and workflows tell. It is registered, served at its
/// path, and run in the background once the platform has been answered; what it returns as an error is logged.
///
/// | key | example | what it does |
/// |---|---|---|
/// | `path` | `path = "/encord/work"` | the path the platform is given; the function's name in kebab case unless given |
/// | `name`, `description` | `name = "Work"` | for lists and logs; the function's name and its doc comment unless given |
/// | `timeout`, `no_timeout` | `timeout = "30m"` | how long it may work; an hour unless given |
/// | `secret_env` | `secret_env = "STAGE_SECRET"` | the environment variable with its own secret, instead of `ENCORD_WEBHOOK_SECRET` |
/// | `signature` | `signature = "off"` | believes everybody, for development: without it the server does not start without a secret |
/// | `crate` | `crate = some::path` | the path of the `agent-runtime` crate, if it goes by another name |
///
/// The first parameter is `Notification<E>`, where `E` is the event: that decides which notifications it takes, and others are
/// acknowledged and ignored. Further ones implement `FromNotification`: `State<_>`, `PlatformClient`, `TraceId`. It returns
/// nothing, or `Result<()>`.
#[proc_macro_attribute]
pub fn on_notification(arguments: TokenStream, item: TokenStream) -> TokenStream {
    on_notification::expand(arguments.into(), &item.into()).into()
}

/// Makes the variants of an enum the decisions that an agent can make; see the trait of the same name.
#[proc_macro_derive(Decisions, attributes(decision))]
pub fn decisions(item: TokenStream) -> TokenStream {
    decisions::derive(item.into()).into()
}

/// Makes an async `main` the program's: starts the asynchronous runtime and the log, and prints what it fails with.
///
/// Returns `()` or a `Result<(), _>`. `crate = some::path` names the `agent-runtime` crate if it goes by another name.
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    main_attribute::expand(arguments.into(), &item.into()).into()
}

/// Writes what `#[editor_agent]` put into the helper attribute.
#[doc(hidden)]
#[proc_macro_derive(EditorAgentGlue, attributes(editor_agent_glue))]
pub fn editor_agent_glue(item: TokenStream) -> TokenStream {
    expand::glue_of(item.into()).into()
}

/// What `agents![...]` calls, with the path of the runtime in front.
#[doc(hidden)]
#[proc_macro]
pub fn agents_list(input: TokenStream) -> TokenStream {
    agents_list::expand(input.into()).into()
}
