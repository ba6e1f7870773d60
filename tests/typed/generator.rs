//! Ontologies with every kind of attribute, nested three deep, and the source that names their types.
//!
//! The files in `generated/` are its output. After a change here: `TYPED_BLESS=1 cargo test -p agent-tests --test main typed`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use serde_json::{Value, json};

/// Number of ontologies.
const COUNT: u64 = 44;
/// Depth of nested attributes.
const DEPTH: usize = 3;
const SHAPES: [&str; 7] =
    ["bounding_box", "rotatable_bounding_box", "polygon", "polyline", "point", "circle", "ellipse"];

struct Generator {
    random: Rng,
    next: u32,
}

impl Generator {
    fn hash(&mut self) -> String {
        self.next += 1;
        format!("h{:02}/{:04}", self.next, self.random.u16(0..10_000))
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn attribute(&mut self, kind: &str, depth: usize, is_top: bool) -> Value {
        let name = format!("{kind} {}", self.number());
        let dynamic = is_top && self.random.u8(0..3) == 0;
        let archived = self.random.u8(0..12) == 0;
        let required = self.random.u8(0..4) == 0;
        let mut attribute = json!({"id": "1", "name": name, "type": kind, "featureNodeHash": self.hash(),
            "required": required, "archived": archived, "dynamic": dynamic});
        if matches!(kind, "radio" | "checklist") {
            let options: Vec<Value> = (0..3).map(|index| self.option(index, kind, depth)).collect();
            attribute["options"] = json!(options);
        }
        attribute
    }

    fn option(&mut self, index: usize, kind: &str, depth: usize) -> Value {
        let label = format!("option {}", self.number());
        let archived = index == 2 && self.random.bool();
        let mut option = json!({"id": "1", "label": label, "value": label.replace(' ', "_"),
            "featureNodeHash": self.hash(), "archived": archived});
        // Only options of a radio have nested attributes.
        if kind == "radio" && depth < DEPTH && index == 0 {
            let nested = [["radio", "text"], ["radio", "checklist"], ["radio", "numeric"]][self.random.usize(0..3)];
            let nested: Vec<Value> = nested.iter().map(|kind| self.attribute(kind, depth + 1, false)).collect();
            option["options"] = json!(nested);
        }
        option
    }

    fn ontology(&mut self) -> Value {
        let objects: Vec<Value> = (0..2)
            .map(|_| {
                let kinds = ["radio", "checklist", "text", "numeric"];
                let attributes: Vec<Value> = kinds.iter().map(|kind| self.attribute(kind, 1, true)).collect();
                let shape = SHAPES[self.random.usize(0..SHAPES.len())];
                json!({"id": "1", "name": format!("object {}", self.number()), "color": "#D33115", "shape": shape,
                    "featureNodeHash": self.hash(), "attributes": attributes})
            })
            .collect();
        let kind = ["radio", "checklist", "text", "numeric"][self.random.usize(0..4)];
        let mut attribute = self.attribute(kind, 2, false);
        attribute["archived"] = json!(false);
        let classification = json!({"id": "1", "featureNodeHash": self.hash(), "attributes": [attribute]});
        json!({"objects": objects, "classifications": [classification]})
    }
}

fn name(title: &Value) -> String {
    title.as_str().unwrap().replace(' ', "_")
}

fn type_name(title: &Value) -> String {
    let title = title.as_str().unwrap().replace(' ', "");
    title[..1].to_uppercase() + &title[1..]
}

/// Returns the source that names the types of an ontology.
fn source(index: u64, ontology: &Value) -> String {
    let mut text = String::new();
    writeln!(text, "agent_runtime::ontology!(pub(crate) mod o{index:02} = \"typed/generated/{index:02}.json\");")
        .unwrap();
    let mut calls = String::new();
    for class in ontology["objects"].as_array().unwrap() {
        let class_type = type_name(&class["name"]);
        let attributes =
            class["attributes"].as_array().unwrap().iter().filter(|attribute| attribute["archived"] == false);
        let attributes: Vec<String> = attributes
            .map(|attribute| {
                let (kind, name) = (attribute["type"].as_str().unwrap(), name(&attribute["name"]));
                let way = if attribute["dynamic"] == true { "dynamic_" } else { "" };
                format!("{way}{kind} {name} set_{name}")
            })
            .collect();
        writeln!(text, "object_case!(o{index:02}, {class_type}, New{class_type}; {});", attributes.join(", ")).unwrap();
        write!(calls, " case.objects::<o{index:02}::{class_type}>();").unwrap();
    }
    for class in ontology["classifications"].as_array().unwrap() {
        let class_type = type_name(&class["attributes"][0]["name"]);
        write!(calls, " assert_eq!(case.classifications::<o{index:02}::{class_type}>(), 6);").unwrap();
    }
    writeln!(text, "fn check_{index:02}() {{ let case = Case::new({index}, include_str!(\"generated/{index:02}.json\"));{calls} }}\n").unwrap();
    text
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("typed")
}

/// Returns the generated files with their contents.
fn files() -> Vec<(PathBuf, String)> {
    let mut source_text =
        String::from("//! Generated by `generator.rs`.\n\nuse super::cases::{Case, object_case};\n\n");
    let mut files = Vec::new();
    for index in 0..COUNT {
        let ontology = Generator { random: Rng::with_seed(index), next: 0 }.ontology();
        files.push((
            folder().join(format!("generated/{index:02}.json")),
            serde_json::to_string(&ontology).unwrap() + "\n",
        ));
        source_text += &source(index, &ontology);
    }
    let checks: Vec<String> = (0..COUNT).map(|index| format!("check_{index:02}")).collect();
    writeln!(
        source_text,
        "/// The checks of all ontologies.\npub(super) const CHECKS: [fn(); {COUNT}] = [{}];",
        checks.join(", ")
    )
    .unwrap();
    files.push((folder().join("generated.rs"), source_text));
    files
}

#[test]
fn generated_files_are_current() {
    for (path, text) in files() {
        if std::env::var_os("TYPED_BLESS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        // rustfmt changes white space and commas.
        let text_of = |text: &str| text.replace(|character: char| character.is_whitespace() || character == ',', "");
        assert_eq!(text_of(&found), text_of(&text), "{} is out of date", path.display());
    }
}
