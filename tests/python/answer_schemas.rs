//! Schemas and answers beside those of the Python package's `OntologyDataModel`, for the recorded ontologies and the sample
//! project's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use test_support::made_up;
use test_support::rows::RowSet;

use agent_platform::answer_schema::{AnswerError, AnswerSchema, ClassificationSchema, ObjectSchema};
use agent_platform::labels::{AnyCoordinates, Bitmask, BoundingBox, LabelRow, Polygon, RotatableBoundingBox};
use agent_platform::ontology::{Ontology, Shape};
use serde_json::{Value, json};
use test_support::schema_answers::{CHANGES, Change, answer, changed};

/// Answers made up for each schema of either side.
const ANSWERS: usize = 12;

struct Job {
    name: String,
    ontology: Arc<Ontology>,
    structure: Value,
    objects: bool,
    classes: Vec<String>,
}

impl Job {
    fn json(&self) -> Value {
        let kind = if self.objects { "objects" } else { "classifications" };
        let row: Value = serde_json::from_str(&row_text()).unwrap();
        json!({"ontology": self.structure, "kind": kind, "classes": self.classes, "row": row})
    }

    fn schema(&self) -> Value {
        let text = if self.objects { self.object_schema().schema() } else { self.classification_schema().schema() };
        serde_json::from_str(&text).unwrap()
    }

    fn object_schema(&self) -> ObjectSchema {
        ObjectSchema::new(self.classes.iter().map(|class| self.ontology.object(class).unwrap()))
    }

    fn classification_schema(&self) -> ClassificationSchema {
        ClassificationSchema::new(self.classes.iter().map(|class| self.ontology.classification(class).unwrap()))
    }

    /// What an answer becomes in a label row.
    fn labels(&self, text: &str) -> Result<Vec<Value>, AnswerError> {
        let mut row = LabelRow::parse(row_text(), self.ontology.clone()).unwrap();
        if !self.objects {
            self.classification_schema().parse(text)?.classify(&mut row, 0).unwrap();
            let row = made_up::value(&row);
            let made = row["classification_answers"].as_object().unwrap().values();
            return Ok(made
                .map(|made| json!({"class": made["featureHash"], "answers": made["classifications"], "actions": []}))
                .collect());
        }
        let answer = self.object_schema().parse(text)?;
        let shape = self.ontology.object(&answer.class).unwrap().shape().clone();
        let hash = answer.add(&mut row).coordinates(coordinates(&shape)).on(0).unwrap().hash().to_owned();
        let row = made_up::value(&row);
        let actions = row["object_actions"].get(hash.as_str()).map_or(json!([]), |entry| entry["actions"].clone());
        let answers = &row["object_answers"][hash.as_str()]["classifications"];
        Ok(vec![json!({"class": answer.class, "answers": answers, "actions": actions})])
    }
}

fn row_text() -> String {
    made_up::row_json("image", "image/png", r#"{"objects": [], "classifications": []}"#, made_up::NO_ANSWERS)
}

fn coordinates(shape: &Shape) -> AnyCoordinates {
    let (x, y, width, height) = (0.25, 0.25, 0.25, 0.5);
    match shape {
        Shape::BoundingBox => BoundingBox { x, y, width, height }.into(),
        Shape::RotatableBoundingBox => RotatableBoundingBox { x, y, width, height, theta: 0.0 }.into(),
        Shape::Polygon => Polygon::new([(0.25, 0.25), (0.5, 0.25), (0.5, 0.5)]).into(),
        _ => Bitmask::from_rows(4, 3, &[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]).unwrap().into(),
    }
}

/// The recorded ontologies and the sample project's, and the latter without the numeric attributes that Python knows nothing
/// of.
fn ontologies() -> Vec<(String, Value)> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agent-studio/sample/ontology.json");
    let sample: Value = serde_json::from_str(&fs::read_to_string(own).unwrap()).unwrap();
    let mut without = sample.clone();
    take_out(&mut without, &|value| value["type"] == "numeric");
    without["classifications"].as_array_mut().unwrap().retain(|class| class["attributes"] != json!([]));
    let mut all = vec![("sample".to_owned(), sample), ("sample without numbers".to_owned(), without)];
    let mut recorded = RowSet::recorded().ontologies();
    if cfg!(feature = "contract") {
        recorded.extend(RowSet::fixtures().ontologies());
    }
    recorded.retain(|(name, _)| name.starts_with("ontology_"));
    assert!(recorded.len() >= 7, "{} ontologies", recorded.len());
    for (name, text) in recorded {
        let ontology: Value = serde_json::from_str(&text).unwrap();
        all.push((name, ontology.get("editor").unwrap_or(&ontology).clone()));
    }
    all
}

fn take_out(value: &mut Value, unwanted: &impl Fn(&Value) -> bool) {
    match value {
        Value::Array(all) => {
            all.retain(|value| !unwanted(value));
            all.iter_mut().for_each(|value| take_out(value, unwanted));
        }
        Value::Object(members) => members.values_mut().for_each(|value| take_out(value, unwanted)),
        _ => {}
    }
}

/// Every class by itself, all classifications together, and all objects of each shape.
fn jobs() -> Vec<Job> {
    let mut jobs = Vec::new();
    for (name, structure) in ontologies() {
        let ontology = Arc::new(Ontology::parse(structure.to_string()).unwrap());
        let objects: Vec<_> = ontology.objects().map(|class| class.feature_hash().to_string()).collect();
        let classified: Vec<_> = ontology.classifications().map(|class| class.feature_hash().to_string()).collect();
        let mut add = |what: &str, objects, classes: Vec<String>| {
            let (ontology, structure) = (ontology.clone(), structure.clone());
            jobs.push(Job { name: format!("{name}: {what}"), ontology, structure, objects, classes });
        };
        for (all, is_objects) in [(&objects, true), (&classified, false)] {
            all.iter().for_each(|class| add(class, is_objects, vec![class.clone()]));
        }
        if classified.len() > 1 {
            add("all classifications", false, classified);
        }
        for shape in [Shape::BoundingBox, Shape::Polygon] {
            let classes: Vec<_> = ontology.objects_of(&shape).map(|class| class.feature_hash().to_string()).collect();
            if classes.len() > 1 {
                add(shape.as_str(), true, classes);
            }
        }
    }
    jobs
}

fn python(command: &str, folder: &Path) {
    let python = std::env::var_os("AGENT_PYTHON").expect("AGENT_PYTHON must name an interpreter with encord-agents");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/scripts/answers.py");
    let arguments = [script.into_os_string(), command.into(), folder.into()];
    let output = Command::new(python).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1").output();
    let output = output.expect("the interpreter named by AGENT_PYTHON starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).unwrap();
}

fn read(folder: &Path, name: &str) -> Vec<Value> {
    serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

/// Answers to a question of one side, right ones and wrong ones, each with what was changed.
fn answers_to(schema: &Value, random: &mut fastrand::Rng) -> Vec<(Change, String)> {
    let mut all = Vec::new();
    for _ in 0..ANSWERS {
        let right = answer(schema, schema, random, false);
        let wrong =
            CHANGES.into_iter().filter_map(|change| Some((change, changed(&right, change, random)?.to_string())));
        all.extend(wrong.collect::<Vec<_>>());
        let text = right.to_string();
        all.push((Change::Missing, text[..text.len() - 1].to_owned()));
        all.push((Change::Nothing, text));
    }
    all
}

/// What each side says to an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Taken {
    Both,
    Neither,
    Python,
    /// It depends on what is asked.
    BothOrPython,
    PythonOrNeither,
    HereOrNeither,
}

impl Taken {
    fn allows(self, here: bool, python: bool) -> bool {
        let allowed: &[(bool, bool)] = match self {
            Self::Both => &[(true, true)],
            Self::Neither => &[(false, false)],
            Self::Python => &[(false, true)],
            Self::BothOrPython => &[(true, true), (false, true)],
            Self::PythonOrNeither => &[(false, true), (false, false)],
            Self::HereOrNeither => &[(true, false), (false, false)],
        };
        allowed.contains(&(here, python))
    }
}

/// Who takes an answer that was changed so, and why where it is not both or neither.
const WHO_TAKES: [(Change, Taken, &str); 16] = [
    (Change::Nothing, Taken::Both, ""),
    (Change::LongestText, Taken::Both, ""),
    (Change::NoTitle, Taken::Both, ""),
    (Change::Missing, Taken::Neither, ""),
    (Change::OtherHash, Taken::Neither, ""),
    (Change::OtherChoice, Taken::Neither, ""),
    (Change::NoBoolean, Taken::Neither, ""),
    (Change::LongText, Taken::Neither, ""),
    (Change::NumberForText, Taken::Neither, ""),
    (Change::TextForNumber, Taken::Neither, ""),
    (Change::NoObject, Taken::Neither, ""),
    (Change::Unasked, Taken::Python, "pydantic ignores members that it does not know; strict schemas forbid them"),
    (Change::WordForBoolean, Taken::Python, "pydantic takes the word for a boolean; the schema does not"),
    (Change::OtherTitle, Taken::PythonOrNeither, "Python asks titles of options without attributes alone"),
    (Change::Null, Taken::HereOrNeither, "what is not required need not be answered"),
    (Change::BlankText, Taken::BothOrPython, "blanks are no answer, so they do not fit where one is required"),
];

/// Why Python has no answers to compare for a schema, by what it says of it.
const NO_SCHEMA: [(&str, &str); 4] = [
    ("AssertionError", "Python knows objects of four shapes alone"),
    ("NotImplementedError", "Python knows no numeric attributes"),
    (
        "no name",
        "the member of an attribute without a name is nameless in Python, which no model takes; here `attribute`",
    ),
    ("no options", "no answer is right to a radio without options: Python asks it all the same, here it is left out"),
];

/// What Python does with answers to dynamic attributes: it gives them before the object is on a frame.
const DYNAMIC: [(&str, &str); 3] = [
    ("lost", "an answer on no frame is none"),
    ("empty", "the SDK writes that nothing is ticked on the frames, which says no more than no answer there"),
    ("fails", "the SDK sets no answer below an option of a dynamic attribute, on frames or not"),
];

/// Labels that mean the same: answers in any order.
fn sorted(labels: &[Value]) -> BTreeSet<String> {
    let one = |label: &Value| {
        let of = |key: &str| {
            let mut all: Vec<String> = label[key].as_array().unwrap().iter().map(ToString::to_string).collect();
            all.sort();
            all
        };
        format!("{} {:?} {:?}", label["class"], of("answers"), of("actions"))
    };
    labels.iter().map(one).collect()
}

/// The labels without the answers of dynamic attributes.
fn without_actions(labels: &[Value]) -> Vec<Value> {
    labels.iter().map(|label| json!({"class": label["class"], "answers": label["answers"], "actions": []})).collect()
}

/// The labels without dynamic checklists of which nothing is ticked.
fn without_empty_actions(labels: &[Value]) -> Vec<Value> {
    let mut labels = labels.to_vec();
    for label in &mut labels {
        label["actions"].as_array_mut().unwrap().retain(|action| action["answers"] != json!([]));
    }
    labels
}

/// The labels of an answer that both take are the same, but for dynamic attributes, which Python gives where the object is
/// on a frame before. Gives what becomes of these without.
fn compare(here: &[Value], verdict: &Value, about: &str) -> Vec<&'static str> {
    let is_dynamic = here.iter().any(|label| label["actions"] != json!([]));
    if let Some(error) = verdict["fails"].as_str() {
        assert!(is_dynamic && error.starts_with("Setting a nested attribute is only possible"), "{about}");
        return vec!["fails"];
    }
    let there = verdict["labels"].as_array().unwrap();
    let ticked = without_empty_actions(there);
    assert_eq!(sorted(here), sorted(&ticked), "{about}");
    assert_eq!(sorted(&without_actions(here)), sorted(verdict["as_it_is"].as_array().unwrap()), "{about}");
    let met = [("lost", is_dynamic), ("empty", ticked != *there)];
    met.into_iter().filter_map(|(what, is_met)| is_met.then_some(what)).collect()
}

/// The schemas of both sides to answers to compare; none where Python has no schema, which is counted.
fn answers_of(jobs: &[Job], theirs: &[Value], counts: &mut BTreeMap<String, usize>) -> Vec<Vec<(Change, String)>> {
    let mut random = fastrand::Rng::with_seed(3);
    let mut answers = |(job, their): (&Job, &Value)| {
        let why = match their["error"].as_str() {
            Some(error) => error,
            None if their["schema"].to_string().contains(r#""enum":[]"#) => "no options",
            None if their["schema"]["properties"].get("").is_some() => "no name",
            None => {
                let mut answers = answers_to(&job.schema(), &mut random);
                answers.extend(answers_to(&their["schema"], &mut random));
                return answers;
            }
        };
        let (_, reason) = NO_SCHEMA.iter().find(|(known, _)| *known == why).unwrap_or_else(|| panic!("{why}"));
        *counts.entry(format!("no schema: {reason}")).or_default() += 1;
        Vec::new()
    };
    jobs.iter().zip(theirs).map(&mut answers).collect()
}

#[test]
fn python_takes_and_makes_the_same() {
    let folder: PathBuf = std::env::temp_dir().join(format!("answers-python-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let jobs = jobs();
    write(&folder, "jobs.json", &jobs.iter().map(Job::json).collect());
    python("schemas", &folder);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let all = answers_of(&jobs, &read(&folder, "schemas.json"), &mut counts);
    let texts: Vec<Vec<&String>> = all.iter().map(|answers| answers.iter().map(|(_, text)| text).collect()).collect();
    write(&folder, "answers.json", &json!(texts));
    python("judge", &folder);
    let verdicts = read(&folder, "verdicts.json");
    assert_eq!(verdicts.len(), jobs.len());
    for ((job, answers), verdicts) in jobs.iter().zip(&all).zip(&verdicts) {
        let verdicts = verdicts.as_array().unwrap();
        assert_eq!(verdicts.len(), answers.len());
        for ((change, text), verdict) in answers.iter().zip(verdicts) {
            let (here, there) = (job.labels(text), verdict["taken"] == true);
            let about = format!("{} {change:?}: {text}\nhere: {here:?}\nthere: {verdict}", job.name);
            let (_, taken, reason) = WHO_TAKES.iter().find(|(known, ..)| known == change).unwrap();
            assert!(taken.allows(here.is_ok(), there), "{about}");
            *counts.entry(format!("{change:?}: here {}, Python {there}; {reason}", here.is_ok())).or_default() += 1;
            let Ok(here) = &here else { continue };
            if there && *change != Change::BlankText {
                let dynamic = compare(here, verdict, &about);
                for (what, why) in DYNAMIC.iter().filter(|(what, _)| dynamic.contains(what)) {
                    *counts.entry(format!("dynamic {what}: {why}")).or_default() += 1;
                }
            }
        }
    }
    let compared = all.iter().filter(|answers| !answers.is_empty()).count();
    println!("{compared} schemas compared");
    counts.iter().for_each(|(what, count)| println!("{count:6} {what}"));
    assert!(compared > 100, "{compared}");
    for (change, ..) in WHO_TAKES {
        let met = counts.keys().any(|what| what.starts_with(&format!("{change:?}:")));
        assert_eq!(met, change != Change::TextForNumber, "{change:?}: Python asks for no numbers");
    }
    for (_, reason) in NO_SCHEMA.iter().chain(&DYNAMIC) {
        assert!(counts.keys().any(|what| what.ends_with(reason)), "{reason} was not met");
    }
    fs::remove_dir_all(&folder).unwrap();
}
