//! The table of all keys. Parsing, checking, suggestions and the rustdoc of the attributes read it: a key is added here.

use super::AttributeMacro::{self, EditorAgent, Main, OnNotification};
use super::suggest::closest;
use super::{path, text};

/// A key of an attribute.
pub(crate) struct KeySpec {
    pub(crate) name: &'static str,
    pub(crate) value: ValueForm,
    /// A value to show in messages and in the documentation, as source text. Empty for a flag.
    pub(crate) example: &'static str,
    /// The attributes that accept the key, each with the line for its rustdoc.
    docs: &'static [(AttributeMacro, &'static str)],
    pub(crate) part: Part,
    pub(crate) conflicts: &'static [Conflict],
}

/// The form of a key's value, with the check that the value must pass.
pub(crate) enum ValueForm {
    /// No value: the key alone switches something on.
    Flag,
    /// Text in quotes, and a function that returns the problem of an invalid text.
    Text(fn(&str) -> Option<String>),
    /// A duration in quotes, such as `"30s"`.
    Duration,
    /// A whole number in this range, without quotes.
    Number { min: u32, max: u32 },
    /// One of these words in quotes.
    Choice(&'static [Choice]),
    /// A list of texts in quotes: at least one, without duplicates.
    FeatureHashes,
    /// The path of a crate.
    CratePath,
}

/// A word that is valid as the value of a key.
pub(crate) struct Choice {
    pub(crate) word: &'static str,
    /// The variant of the runtime's enum that the word stands for.
    pub(crate) variant: &'static str,
}

/// The part of the generated agent that a key sets.
#[derive(PartialEq, Eq)]
pub(crate) enum Part {
    /// The agent or handler itself. The expander reads the key by its name.
    Definition,
    /// The field of `LabelRowRequest` with the name of the key.
    LabelRowRequest,
}

/// A rule against a combination.
pub(crate) struct Conflict {
    /// The value for which the rule applies. `None`: any value.
    pub(crate) value: Option<&'static str>,
    pub(crate) with: With,
    /// The message, or for [`With::SavedLabelRow`] its reason.
    pub(crate) message: &'static str,
}

/// The other side of a conflict.
pub(crate) enum With {
    /// Another key.
    Key(&'static str),
    /// Another key with this word as its value.
    Choice(&'static str, &'static str),
    /// The absence of another key.
    Missing(&'static str),
    /// A parameter `&mut LabelRow`.
    SavedLabelRow,
    /// A function without any parameter that can save.
    NothingSaved,
}

impl Conflict {
    const fn any(with: With, message: &'static str) -> Self {
        Self { value: None, with, message }
    }
}

const fn choice(word: &'static str, variant: &'static str) -> Choice {
    Choice { word, variant }
}

/// The message for a key about a stage that is not given.
const NO_STAGE: &str =
    "this key is about the tasks of a workflow stage, and no stage is given: add `stage = \"...\"`, or remove it";

/// The range of `concurrency` is that of the server's limit.
const CONCURRENCY: ValueForm = ValueForm::Number { min: 1, max: 65_536 };

/// Every key, in the order in which messages and documentation list them.
pub(crate) static KEYS: [KeySpec; 25] = [
    KeySpec {
        name: "path",
        value: ValueForm::Text(path::problem),
        example: "\"/my-agent\"",
        docs: &[
            (EditorAgent, "Path of the endpoint. Default: the function's name in kebab case"),
            (OnNotification, "Path that the platform calls. Default: the function's name in kebab case"),
        ],
        part: Part::Definition,
        conflicts: &[],
    },
    KeySpec {
        name: "name",
        value: ValueForm::Text(text::name_problem),
        example: "\"My agent\"",
        docs: &[
            (EditorAgent, "Name in lists and logs. Default: the function's name"),
            (OnNotification, "Name in lists and logs. Default: the function's name"),
        ],
        part: Part::Definition,
        conflicts: &[],
    },
    KeySpec {
        name: "description",
        value: ValueForm::Text(text::any),
        example: "\"What it does.\"",
        docs: &[
            (EditorAgent, "Description for people. Default: the doc comment"),
            (OnNotification, "Description for people. Default: the doc comment"),
        ],
        part: Part::Definition,
        conflicts: &[],
    },
    KeySpec {
        name: "timeout",
        value: ValueForm::Duration,
        example: "\"30s\"",
        docs: &[
            (
                EditorAgent,
                "Maximum duration of a call, up to an hour: `\"500ms\"`, `\"30s\"`, `\"5m\"`. Default: the server's timeout",
            ),
            (
                OnNotification,
                "Maximum duration of a run, up to an hour: `\"500ms\"`, `\"30s\"`, `\"5m\"`. Default: 1 h",
            ),
        ],
        part: Part::Definition,
        conflicts: &[],
    },
    KeySpec {
        name: "no_timeout",
        value: ValueForm::Flag,
        example: "",
        docs: &[(EditorAgent, "Calls have no time limit"), (OnNotification, "Runs have no time limit")],
        part: Part::Definition,
        conflicts: &[Conflict::any(With::Key("timeout"), "`timeout` and `no_timeout` contradict each other: keep one")],
    },
    KeySpec {
        name: "concurrency",
        value: CONCURRENCY,
        example: "8",
        docs: &[(
            EditorAgent,
            "Maximum number of concurrent calls of this agent, 1 to 65536. Further calls get 503. Default: the server's limit alone",
        )],
        part: Part::Definition,
        conflicts: &[],
    },
    KeySpec {
        name: "branch",
        value: ValueForm::Text(text::branch_problem),
        example: "\"my-branch\"",
        docs: &[(EditorAgent, "Branch of the label row. Default: `main`")],
        part: Part::LabelRowRequest,
        conflicts: &[],
    },
    KeySpec {
        name: "client_metadata",
        value: ValueForm::Flag,
        example: "",
        docs: &[(EditorAgent, "Requests the label row with the client metadata of its data")],
        part: Part::LabelRowRequest,
        conflicts: &[],
    },
    KeySpec {
        name: "images_data",
        value: ValueForm::Flag,
        example: "",
        docs: &[(EditorAgent, "Requests the label row with the images of an image group")],
        part: Part::LabelRowRequest,
        conflicts: &[],
    },
    KeySpec {
        name: "children",
        value: ValueForm::Flag,
        example: "",
        docs: &[(EditorAgent, "Finds the label row also if its data is part of a group")],
        part: Part::LabelRowRequest,
        conflicts: &[],
    },
    KeySpec {
        name: "reviews",
        value: ValueForm::Flag,
        example: "",
        docs: &[(EditorAgent, "Requests objects and classifications with their reviews")],
        part: Part::LabelRowRequest,
        conflicts: &[],
    },
    KeySpec {
        name: "signed_urls",
        value: ValueForm::Flag,
        example: "",
        docs: &[(
            EditorAgent,
            "Requests the links of the data units as signed URLs. Invalid with `&mut LabelRow`, since the signed URLs would be written back",
        )],
        part: Part::LabelRowRequest,
        conflicts: &[Conflict::any(With::SavedLabelRow, "the signed URLs would be written back")],
    },
    KeySpec {
        name: "only_objects",
        value: ValueForm::FeatureHashes,
        example: "[\"feature hash\"]",
        docs: &[(
            EditorAgent,
            "Requests only objects of these classes, by their feature hashes in the ontology. Invalid with `&mut LabelRow`, since the other objects would be lost",
        )],
        part: Part::LabelRowRequest,
        conflicts: &[Conflict::any(With::SavedLabelRow, "the other objects would be gone")],
    },
    KeySpec {
        name: "only_classifications",
        value: ValueForm::FeatureHashes,
        example: "[\"feature hash\"]",
        docs: &[(
            EditorAgent,
            "Requests only classifications of these classes. Invalid with `&mut LabelRow`, since the other classifications would be lost",
        )],
        part: Part::LabelRowRequest,
        conflicts: &[Conflict::any(With::SavedLabelRow, "the other classifications would be gone")],
    },
    KeySpec {
        name: "on_conflict",
        value: ValueForm::Choice(&[choice("refuse", "Refuse"), choice("retry", "Retry"), choice("merge", "Merge")]),
        example: "\"merge\"",
        docs: &[(
            EditorAgent,
            "Reaction to a conflict, when somebody else saves the label row while the agent works on it. `\"merge\"` puts the agent's edits into the newer row, unless both changed the same entries. `\"retry\"` reads the row again and reruns the agent, at most `OnConflict::RERUNS` times. `\"refuse\"` saves nothing and tells the annotator. Default: `\"refuse\"`",
        )],
        part: Part::Definition,
        conflicts: &[Conflict::any(
            With::NothingSaved,
            "an agent without a `&mut` parameter saves nothing that could conflict: take `&mut LabelRow`, or remove `on_conflict`",
        )],
    },
    KeySpec {
        name: "findings",
        value: ValueForm::Choice(&[choice("response", "Response"), choice("issues", "Issues")]),
        example: "\"issues\"",
        docs: &[(
            EditorAgent,
            "Target of the findings that the agent returns. `\"issues\"` also creates issues of the platform, after the changes of the agent are saved. `\"response\"` does not. Default: `AGENT_FINDINGS`",
        )],
        part: Part::Definition,
        conflicts: &[],
    },
    KeySpec {
        name: "signature",
        value: ValueForm::Choice(&[
            choice("required", "Required"),
            choice("when-present", "WhenPresent"),
            choice("off", "Off"),
        ]),
        example: "\"required\"",
        docs: &[
            (
                EditorAgent,
                "Signature policy once there is a secret (`ENCORD_WEBHOOK_SECRET`). `\"required\"` accepts only signed calls: the platform's backend signs, a label editor in a browser does not. `\"when-present\"` also accepts unsigned calls. `\"off\"` accepts every call unverified. Default: `\"required\"`",
            ),
            (
                OnNotification,
                "Signature policy, as for `#[editor_agent]`. `\"off\"` accepts every caller, for development: with any other policy the server does not start without a secret. Default: `\"required\"`",
            ),
        ],
        part: Part::Definition,
        conflicts: &[],
    },
    KeySpec {
        name: "secret_env",
        value: ValueForm::Text(text::variable_problem),
        example: "\"AGENT_SECRET\"",
        docs: &[
            (
                EditorAgent,
                "Environment variable with the agent's own secret, in place of `ENCORD_WEBHOOK_SECRET`. During a rotation it holds several, one per line. The server does not start without it",
            ),
            (OnNotification, "Environment variable with the handler's own secret, in place of `ENCORD_WEBHOOK_SECRET`"),
        ],
        part: Part::Definition,
        conflicts: &[Conflict::any(
            With::Choice("signature", "off"),
            "with `signature = \"off\"` nobody looks at a secret: remove one of them",
        )],
    },
    KeySpec {
        name: "replay",
        value: ValueForm::Choice(&[choice("refuse", "Refuse"), choice("accept", "Accept")]),
        example: "\"refuse\"",
        docs: &[(
            EditorAgent,
            "`\"refuse\"` rejects a signed call that this agent receives a second time. The path is not signed: give the agent its own secret with `secret_env`, otherwise the call is valid once at every other agent with the same secret. Default: `\"accept\"`",
        )],
        part: Part::Definition,
        conflicts: &[Conflict {
            value: Some("refuse"),
            with: With::Choice("signature", "off"),
            message: "with `signature = \"off\"` no call can be told from another: remove one of them",
        }],
    },
    KeySpec {
        name: "stage",
        value: ValueForm::Text(text::stage_problem),
        example: "\"Pre-label\"",
        docs: &[(
            EditorAgent,
            "Agent stage of the workflow, by its title or UUID: the server also runs the agent on the tasks that wait there",
        )],
        part: Part::Definition,
        conflicts: &[],
    },
    KeySpec {
        name: "pathway",
        value: ValueForm::Text(text::pathway_problem),
        example: "\"done\"",
        docs: &[(
            EditorAgent,
            "Pathway of the stage along which a task goes for which the agent decides nothing. Default: the task stays in the stage",
        )],
        part: Part::Definition,
        conflicts: &[Conflict::any(With::Missing("stage"), NO_STAGE)],
    },
    KeySpec {
        name: "on_failure",
        value: ValueForm::Text(text::pathway_problem),
        example: "\"needs a human\"",
        docs: &[(
            EditorAgent,
            "Pathway of the stage along which a task goes that has failed. Default: the task stays in the stage",
        )],
        part: Part::Definition,
        conflicts: &[Conflict::any(With::Missing("stage"), NO_STAGE)],
    },
    KeySpec {
        name: "frames",
        value: ValueForm::Choice(&[choice("first", "First"), choice("each", "Each"), choice("labelled", "Labelled")]),
        example: "\"each\"",
        docs: &[(
            EditorAgent,
            "Frames of a task on which the agent runs: the first, each, or those with labels. The changes of all frames are saved together. Default: `\"first\"`",
        )],
        part: Part::Definition,
        conflicts: &[Conflict::any(With::Missing("stage"), NO_STAGE)],
    },
    KeySpec {
        name: "every",
        value: ValueForm::Number { min: 1, max: 1_000_000 },
        example: "10",
        docs: &[(EditorAgent, "Runs the agent on every n-th frame of a task, beginning with the first")],
        part: Part::Definition,
        conflicts: &[
            Conflict::any(With::Missing("stage"), NO_STAGE),
            Conflict::any(
                With::Choice("frames", "first"),
                "`every` and `frames = \"first\"` contradict each other: keep one",
            ),
            Conflict::any(
                With::Choice("frames", "labelled"),
                "`every` counts all frames, and `frames = \"labelled\"` takes only some: keep one",
            ),
        ],
    },
    KeySpec {
        name: "crate",
        value: ValueForm::CratePath,
        example: "some::path",
        docs: &[
            (EditorAgent, "Path of the `agent-runtime` crate, if it goes by another name"),
            (OnNotification, "Path of the `agent-runtime` crate, if it goes by another name"),
            (Main, "Path of the `agent-runtime` crate, if it goes by another name"),
        ],
        part: Part::Definition,
        conflicts: &[],
    },
];

impl KeySpec {
    /// Returns the key as a user writes it: `key = value`, or just `key` for a flag.
    pub(crate) fn written(&self) -> String {
        match self.value {
            ValueForm::Flag => self.name.to_owned(),
            _ => format!("{} = {}", self.name, self.example),
        }
    }
}

/// Returns the keys that an attribute accepts.
pub(crate) fn accepted_by(attribute: AttributeMacro) -> impl Iterator<Item = &'static KeySpec> {
    KEYS.iter().filter(move |spec| spec.docs.iter().any(|(by, _)| *by == attribute))
}

/// Finds a key of an attribute.
///
/// # Errors
/// The attribute has no such key. The message suggests one, or lists all.
pub(crate) fn find(attribute: AttributeMacro, key: &str) -> Result<&'static KeySpec, String> {
    if let Some(spec) = accepted_by(attribute).find(|spec| spec.name == key) {
        return Ok(spec);
    }
    let specs: Vec<_> = accepted_by(attribute).collect();
    let names: Vec<_> = specs.iter().map(|spec| spec.name).collect();
    let advice = match (&*specs, closest(key, &names)) {
        ([only], _) => format!("it takes only `{}`, so remove `{key}`", only.written()),
        (_, Some(name)) => format!("did you mean `{name}`?"),
        (_, None) => format!("use one of `{}`", names.join("`, `")),
    };
    Err(format!("`{}` has no key `{key}`: {advice}", attribute.written()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rustdoc of an attribute macro in `lib.rs`, as Markdown.
    fn rustdoc(attribute: AttributeMacro) -> String {
        let function = format!("pub fn {}(", attribute.name());
        let before = include_str!("../lib.rs").split(&function).next().unwrap();
        let lines: Vec<_> = before.lines().collect();
        let start = lines.iter().rposition(|line| line.is_empty()).unwrap();
        lines[start..].iter().filter_map(|line| line.strip_prefix("/// ")).collect::<Vec<_>>().join("\n")
    }

    fn table(attribute: AttributeMacro) -> String {
        let rows = accepted_by(attribute).map(|spec| {
            let (_, doc) = spec.docs.iter().find(|(by, _)| *by == attribute).unwrap();
            format!("| `{}` | `{}` | {doc}. |\n", spec.name, spec.written())
        });
        format!("| Key | Example | Meaning |\n|---|---|---|\n{}", rows.collect::<String>())
    }

    #[test]
    fn rustdoc_shows_the_table() {
        for attribute in [EditorAgent, OnNotification, Main] {
            let (rustdoc, table) = (rustdoc(attribute), table(attribute));
            let lines: String = table.lines().map(|line| format!("/// {line}\n")).collect();
            assert!(rustdoc.contains(table.trim()), "put this into the rustdoc of `{}`:\n{lines}", attribute.name());
        }
    }

    #[test]
    fn guide_lists_every_key() {
        let page = include_str!("../../../docs/guide/src/reference/attribute.md");
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        let listed: String = rows.filter_map(|line| line[1..].split('|').next()).collect();
        for spec in accepted_by(EditorAgent) {
            assert!(listed.contains(&format!("`{}`", spec.name)), "attribute.md lacks `{}`", spec.name);
        }
    }

    #[test]
    fn editors_complete_every_key() {
        let types = include_str!("../../../agent-core/src/attribute_keys.rs");
        for attribute in [EditorAgent, OnNotification] {
            let start = format!("pub struct {} {{", attribute.keys_type());
            let fields = types.split(&start).nth(1).and_then(|rest| rest.split('}').next()).unwrap();
            let fields: Vec<_> = fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")).collect();
            // A field cannot be named `crate`.
            let keys = accepted_by(attribute).filter(|spec| spec.name != "crate");
            let keys: Vec<_> = keys.map(|spec| format!("{}: (),", spec.name)).collect();
            assert_eq!(fields, keys);
        }
    }

    #[test]
    fn names_and_conflicts_are_consistent() {
        let names: Vec<_> = KEYS.iter().map(|spec| spec.name).collect();
        for (index, spec) in KEYS.iter().enumerate() {
            assert!(!names[..index].contains(&spec.name), "{} is in the table twice", spec.name);
            assert_eq!(spec.example.is_empty(), matches!(spec.value, ValueForm::Flag), "{}", spec.name);
            for conflict in spec.conflicts {
                if let With::Key(other) | With::Choice(other, _) = conflict.with {
                    assert!(names.contains(&other), "{} conflicts with the unknown key {other}", spec.name);
                }
            }
        }
    }

    #[test]
    fn unknown_key_gets_suggestion_or_list() {
        let advice = |attribute, key| find(attribute, key).err().unwrap();
        assert!(advice(EditorAgent, "pth").ends_with(": did you mean `path`?"));
        assert!(advice(EditorAgent, "Path").ends_with(": did you mean `path`?"));
        assert!(advice(EditorAgent, "tiemout").ends_with(": did you mean `timeout`?"));
        assert!(advice(OnNotification, "method").contains(": use one of `path`, `name`, "));
        assert!(advice(Main, "flavor").ends_with(": it takes only `crate = some::path`, so remove `flavor`"));
    }
}
