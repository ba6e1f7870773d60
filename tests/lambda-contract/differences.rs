use std::collections::BTreeMap;
use crate::received::Received;
use crate::wrapper::WrapperCase;
#[derive(Default)]
pub(crate) struct Comparison { groups: BTreeMap<String, Vec<String>> }
impl Comparison {
    pub(crate) fn check(&mut self, case: &WrapperCase, received: &Received) {
        let ours = serde_json::from_slice::<serde_json::Value>(&received.body).ok();
        let same = case.status() == Some(received.status) && case.json() == ours;
        let key = if same { "SAME".into() } else { format!("{:?} -> {}", case.status(), received.status) };
        self.groups.entry(key).or_default().push(format!("{}|{}|{}|json={}: {:.90?} -> {:.110}", case.group, case.name, case.route, case.sent_as_json, case.answer, received.text()));
    }
    pub(crate) fn summary(&self) -> String { self.groups.iter().map(|(k,v)| format!("== {k} {}\n{}\n", v.len(), if k=="SAME" {String::new()} else {v.join("\n")})).collect() }
    pub(crate) fn wrong(self) -> Vec<String> { vec![] }
}
