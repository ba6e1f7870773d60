//! Output of the macros, as source text in `snapshots/`. To update the snapshots: `INSTA_UPDATE=always cargo test -p agent-macros`.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::attribute::AttributeMacro;
use crate::list::ListMacro;
use crate::use_site::UseSite;
use crate::{decisions, expand, list, main_attribute, ontology};

fn editor_agent(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    expand::expand(AttributeMacro::EditorAgent, arguments, item, &UseSite::default())
}

fn on_notification(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    expand::expand(AttributeMacro::OnNotification, arguments, item, &UseSite::default())
}

/// Formats the output.
fn text(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

fn smallest() -> TokenStream {
    editor_agent(
        quote!(),
        &quote!(
            async fn greet() {}
        ),
    )
}

fn of_every_kind() -> TokenStream {
    editor_agent(
        quote!(path = "/kinds", name = "Kinds", timeout = "30s"),
        &quote! {
            /// Takes one of each kind.
            pub(crate) async fn kinds(Frame(n): Frame, payload: &Payload, row: &mut rows::Row) -> Answer<Verdict> {
                answer(n, payload, row)
            }
        },
    )
}

fn with_every_key() -> TokenStream {
    editor_agent(
        quote!(
            path = "/filtered",
            name = "Filtered",
            description = "Reads a part of the label row.",
            no_timeout,
            concurrency = 8,
            branch = "review",
            client_metadata,
            images_data,
            children,
            reviews,
            signed_urls,
            only_objects = ["6de1c2f0", "94d5aba7"],
            only_classifications = ["0e62bd6d"],
            on_conflict = "retry",
            findings = "issues",
            signature = "when-present",
            secret_env = "AGENT_SECRET",
            replay = "refuse",
            stage = "Pre-label",
            pathway = "done",
            on_failure = "needs a human",
            every = 10,
            crate = vendored
        ),
        &quote!(
            async fn filtered(row: &rows::LabelRow, note: &mut Note) {}
        ),
    )
}

fn that_saves_a_branch() -> TokenStream {
    editor_agent(
        quote!(branch = "review", timeout = "5m", on_conflict = "refuse"),
        &quote!(
            async fn save(row: &mut LabelRow) {}
        ),
    )
}

fn with_a_wrong_key() -> TokenStream {
    editor_agent(
        quote!(crate = vendored, pth = "/greet"),
        &quote!(
            async fn greet(frame: Frame) {}
        ),
    )
}

fn with_a_wrong_signature() -> TokenStream {
    editor_agent(
        quote!(),
        &quote!(
            fn greet(frame: Frame, name: &str, row: &mut Row) -> Answer {}
        ),
    )
}

fn handler() -> TokenStream {
    on_notification(
        quote!(path = "/work", timeout = "30m", secret_env = "STAGE_SECRET"),
        &quote!(
            /// Labels new work.
            pub(crate) async fn label(work: Notification<StageWorkAvailable>, model: State<Model>) -> Outcome {
                model.label(work).await
            }
        ),
    )
}

fn handler_with_a_wrong_signature() -> TokenStream {
    on_notification(
        quote!(),
        &quote!(
            fn label(work: &Notification<StageWorkAvailable>, model: State<Model>) {}
        ),
    )
}

fn of_decisions() -> TokenStream {
    decisions::derive(quote! {
        enum Verdict {
            Approve,
            #[decision("To review")]
            Review,
        }
    })
}

fn agents_list() -> TokenStream {
    let list = list::expand(ListMacro::Agents, quote!(::agent_runtime; greet, checks::validate));
    quote!(fn listed() #list)
}

fn handlers_list() -> TokenStream {
    let list = list::expand(ListMacro::Handlers, quote!(::agent_runtime; label));
    quote!(fn listed() #list)
}

fn program() -> TokenStream {
    main_attribute::expand(
        quote!(),
        &quote!(
            async fn main() -> Outcome {
                serve().await
            }
        ),
    )
}

/// Expands `ontology!` for the example beside it. The absolute path of the file is shortened.
fn types(arguments: TokenStream) -> String {
    let package = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let output = ontology::expand(arguments, &ontology::Folders { package: Some(package), source: None });
    text(output).replace(concat!(env!("CARGO_MANIFEST_DIR"), "/"), "")
}

#[test]
fn types_of_ontology() {
    insta::assert_snapshot!(types(quote!("src/ontology/example.json")));
}

#[test]
fn types_of_ontology_in_module() {
    let output = types(quote!(pub mod shop = "src/ontology/example.json", by = "title", rename("Coin" => Penny)));
    for part in ["pub mod shop {", "MatchBy::Title", "pub struct Penny(", "pub struct NewPenny(", "pub mod penny {"] {
        assert!(output.contains(part), "{part} in:\n{output}");
    }
}

#[test]
fn agent_without_parameters() {
    insta::assert_snapshot!(text(smallest()));
}

#[test]
fn agent_with_every_kind_of_parameter() {
    insta::assert_snapshot!(text(of_every_kind()));
}

#[test]
fn agent_with_every_key() {
    insta::assert_snapshot!(text(with_every_key()));
}

#[test]
fn agent_that_saves_a_branch() {
    insta::assert_snapshot!(text(that_saves_a_branch()));
}

#[test]
fn agent_with_invalid_key_stays_callable() {
    insta::assert_snapshot!(text(with_a_wrong_key()));
}

#[test]
fn agent_with_invalid_signature_has_stub() {
    insta::assert_snapshot!(text(with_a_wrong_signature()));
}

#[test]
fn notification_handler() {
    insta::assert_snapshot!(text(handler()));
}

#[test]
fn handler_with_invalid_signature_has_stub() {
    insta::assert_snapshot!(text(handler_with_a_wrong_signature()));
}

#[test]
fn expands_decisions() {
    insta::assert_snapshot!(text(of_decisions()));
}

#[test]
fn expands_agents_list() {
    insta::assert_snapshot!(text(agents_list()));
}

#[test]
fn expands_handlers_list() {
    insta::assert_snapshot!(text(handlers_list()));
}

#[test]
fn main_function() {
    insta::assert_snapshot!(text(program()));
}

/// Names that an author's crate may redefine.
const AMBIGUOUS: [&str; 20] = [
    "Arc", "Box", "Clone", "Default", "Err", "From", "Future", "Into", "None", "Ok", "Option", "Pin", "Result", "Send",
    "Some", "String", "Sync", "ToString", "Vec", "panic",
];

/// Names of crates, which an author's module may have, too.
const ROOTS: [&str; 4] = ["agent_runtime", "alloc", "core", "std"];

#[test]
fn every_path_is_absolute() {
    let outputs = [
        smallest(),
        of_every_kind(),
        with_every_key(),
        that_saves_a_branch(),
        with_a_wrong_signature(),
        handler(),
        handler_with_a_wrong_signature(),
        of_decisions(),
        agents_list(),
        handlers_list(),
        program(),
    ];
    for output in outputs {
        assert_eq!(relative(output.clone()), Vec::<String>::new(), "in:\n{}", text(output));
    }
    for (wrong, what) in [
        (quote!(Some(1)), "Some"),
        (quote!(std::file!()), "std"),
        (quote!(module::std::file!()), "std"),
        (quote!({ line!() }), "line"),
    ] {
        assert_eq!(relative(wrong), [what]);
    }
}

/// Returns the names that are resolved in the scope of the macro's caller.
fn relative(tokens: TokenStream) -> Vec<String> {
    let words = words(tokens);
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    let found = (0..words.len()).filter_map(|index| {
        let qualified = index >= 2 && word(index - 1) == ":" && word(index - 2) == ":";
        let absolute = qualified && !(index >= 3 && continues_path(word(index - 3)));
        // The macros of entries, which a list imports.
        let is_imported = word(index).starts_with("__editor_agent_");
        let is_macro = is_name(word(index)) && word(index + 1) == "!" && word(index + 2) == "(" && !is_imported;
        let wrong = ROOTS.contains(&word(index)) && !absolute
            || AMBIGUOUS.contains(&word(index)) && !qualified
            || is_macro && !qualified;
        wrong.then(|| word(index).to_owned())
    });
    found.collect()
}

fn is_name(word: &str) -> bool {
    word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Returns `true` if a `::` after this word belongs to the same path.
fn continues_path(word: &str) -> bool {
    is_name(word) && !["as", "for", "impl", "static", "use"].contains(&word)
}

fn words(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => [vec!["(".to_owned()], words(group.stream()), vec![")".to_owned()]].concat(),
            other => vec![other.to_string()],
        })
        .collect()
}
