//! Where an agent can stand, and what can stand beside its attribute.

use agent_runtime::prelude::*;

mod outer {
    pub(crate) mod inner {
        use agent_runtime::prelude::*;

        /// In a module of a module.
        ///
        /// With a second paragraph.
        #[editor_agent]
        pub(crate) async fn nested() -> &'static str {
            "nested"
        }
    }

    /// Of the same name as another's, at another path.
    #[agent_runtime::editor_agent(path = "/outer/nested", name = "Outer", timeout = "500ms")]
    pub(super) async fn nested() -> &'static str {
        "outer"
    }
}

#[editor_agent]
#[cfg(any())]
async fn left_out(_frame: NoSuchType) {}

#[cfg(not(any()))]
#[editor_agent]
#[must_use]
async fn left_in() -> String {
    "left in".to_owned()
}

#[editor_agent(path = "/keyword", no_timeout)]
async fn r#match() -> String {
    "match".to_owned()
}

#[tokio::test]
async fn they_answer_from_wherever_they_stand() {
    #[editor_agent]
    async fn in_a_body() -> &'static str {
        "in a body"
    }

    let agents = agents![outer::inner::nested, outer::nested, left_in, r#match, in_a_body,];
    let listed: Vec<_> =
        agents.iter().map(|agent| (agent.definition.name, agent.definition.path, agent.definition.summary())).collect();
    assert_eq!(listed[0], ("nested", "/nested", "In a module of a module.".to_owned()));
    assert_eq!(listed[1], ("Outer", "/outer/nested", "Of the same name as another's, at another path.".to_owned()));
    assert_eq!(listed[3], ("match", "/keyword", String::new()));
    for (path, says) in
        [("/nested", "nested"), ("/outer/nested", "outer"), ("/left-in", "left in"), ("/keyword", "match")]
    {
        assert_eq!(crate::said(agents.clone(), path).await, says);
    }
    assert_eq!(crate::said(agents, "/in-a-body").await, "in a body");
}

#[tokio::test]
async fn they_are_called_by_their_names_like_any_function() {
    assert_eq!(outer::inner::nested().await, "nested");
    assert_eq!(r#match().await, "match");
}

#[test]
fn a_list_may_be_empty() {
    assert!(agents![].is_empty());
}
