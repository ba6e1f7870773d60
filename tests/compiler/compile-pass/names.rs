//! Names of agents: any that a function can have, also if something else has it.

use agent_runtime::prelude::*;
use agent_runtime::{AgentSet, Notification, StageWorkAvailable, handlers, on_notification};
use compiler_tests::greet as greet_of_a_library;

mod triage {
    use agent_runtime::prelude::*;

    #[editor_agent]
    pub(super) async fn triage() -> String {
        "triage".to_owned()
    }
}
use triage::triage;
use triage::triage as renamed;

/// An agent named like a type, and one named like a crate. Neither is in the way of the other.
mod types_and_crates {
    use agent_runtime::prelude::*;

    #[editor_agent(path = "/number")]
    pub(super) async fn u64() -> String {
        let number: u64 = 7;
        number.to_string()
    }

    #[editor_agent(path = "/crate")]
    pub(super) async fn serde() -> String {
        format!("{:?}", serde::de::IgnoredAny)
    }

    pub(super) struct Simplify {}

    #[allow(non_snake_case, reason = "the name of the type")]
    mod simplify_of_another_namespace {
        #[agent_runtime::editor_agent(path = "/type")]
        pub(in super::super) async fn Simplify() -> String {
            "function".to_owned()
        }
    }
    pub(super) use simplify_of_another_namespace::Simplify;
}

/// Agents named like a macro, a derive macro and an attribute.
mod macros {
    use agent_runtime::prelude::*;

    #[editor_agent]
    pub(super) async fn line() -> String {
        "line".to_owned()
    }

    #[editor_agent(path = "/attribute")]
    #[allow(non_snake_case, reason = "the name of the derive macro")]
    pub(super) async fn Debug() -> String {
        format!("{Derived:?}")
    }

    #[derive(Debug)]
    struct Derived;

    #[editor_agent]
    pub(super) async fn test() -> String {
        "test".to_owned()
    }

    #[test]
    fn attribute_of_that_name_works() {
        assert_ne!(std::file!().len(), 0, "macros with other names work");
    }
}

/// Agents listed by a name that only resembles that of an agent.
mod similar_names {
    use agent_runtime::prelude::*;

    #[editor_agent(path = "/similar")]
    pub(super) async fn resembled() {}

    mod renamed {
        use super::resembled as resembles;
        use agent_runtime::prelude::*;

        macro_rules! agents_of {
            ($($name:ident $path:literal),*) => {
                $(#[editor_agent(path = $path)]
                async fn $name() {})*
            };
        }

        #[test]
        fn lists_find_them() {
            agents_of!(resembled_1 "/similar-1", resembled_2 "/similar-2");
            let listed = agents![resembles, resembled_1, resembled_2];
            let paths: Vec<_> = listed.iter().map(|agent| agent.definition.path).collect();
            assert_eq!(paths, ["/similar", "/similar-1", "/similar-2"]);
        }
    }
}

/// Two agents of one name, imported as different ones; one of them is private.
mod same_name {
    use agent_runtime::AgentSet;

    mod inner {
        use agent_runtime::prelude::*;

        #[editor_agent(path = "/inner")]
        pub(in super::super) async fn twin() -> String {
            "inner".to_owned()
        }
    }
    pub(super) use inner::twin as inner_twin;

    #[agent_runtime::editor_agent(path = "/outer")]
    async fn twin() -> String {
        "outer".to_owned()
    }

    pub(super) fn agents() -> AgentSet {
        agent_runtime::agents![twin, inner::twin]
    }
}

mod without_a_prelude {
    #![no_implicit_prelude]

    #[::agent_runtime::editor_agent(path = "/bare", timeout = "3s", branch = "other")]
    pub(super) async fn bare(
        _frame: ::agent_runtime::Frame,
        _payload: &::agent_runtime::AgentPayload,
    ) -> ::std::string::String {
        ::std::convert::From::from("bare")
    }

    #[::agent_runtime::on_notification(path = "/bare-work")]
    pub(super) async fn work(
        _work: ::agent_runtime::Notification<::agent_runtime::StageWorkAvailable>,
        _trace: ::agent_runtime::TraceId,
    ) {
    }

    pub(super) fn agents() -> ::agent_runtime::AgentSet {
        ::agent_runtime::agents![bare]
    }
}

mod work {
    use super::{Notification, StageWorkAvailable, on_notification};

    #[on_notification(path = "/works")]
    pub(super) async fn work(_work: Notification<StageWorkAvailable>) {}
}
use work::work;

async fn says(agents: AgentSet, path: &str, text: &str) {
    assert_eq!(crate::said(agents, path).await, text);
}

#[tokio::test]
async fn agent_may_have_the_name_of_a_module_type_crate_or_macro() {
    says(agents![triage], "/triage", "triage").await;
    says(agents![triage::triage], "/triage", "triage").await;
    says(agents![types_and_crates::u64, types_and_crates::serde], "/number", "7").await;
    says(agents![types_and_crates::u64, types_and_crates::serde], "/crate", "IgnoredAny").await;
    says(agents![types_and_crates::Simplify], "/type", "function").await;
    let _: types_and_crates::Simplify = types_and_crates::Simplify {};
    says(agents![macros::Debug, macros::line, macros::test], "/attribute", "Derived").await;
    says(agents![macros::Debug, macros::line, macros::test], "/line", "line").await;
}

#[tokio::test]
async fn imported_agents_are_listed_by_the_new_name() {
    says(agents![renamed], "/triage", "triage").await;
    says(agents![self::renamed, same_name::inner_twin], "/inner", "inner").await;
    says(same_name::agents(), "/outer", "outer").await;
    says(without_a_prelude::agents(), "/bare", "bare").await;
}

#[tokio::test]
async fn agents_of_another_crate_are_listed() {
    let agents = agents![greet_of_a_library, compiler_tests::triage, compiler_tests::other::greet];
    says(agents.clone(), "/library/greet", "library").await;
    says(agents.clone(), "/library/triage", "triage").await;
    says(agents, "/library/other/greet", "other").await;
    says(agents![compiler_tests::triage::triage], "/library/triage", "triage").await;
}

#[tokio::test]
async fn functions_in_a_body_are_listed() {
    use compiler_tests::other as agent_of_another_module;

    #[on_notification]
    async fn local_work(_work: Notification<StageWorkAvailable>) {}

    #[editor_agent]
    async fn local() -> String {
        "local".to_owned()
    }

    says(agents![local], "/local", "local").await;
    says(agents![agent_of_another_module::greet], "/library/other/greet", "other").await;
    let handlers = handlers![local_work, work, without_a_prelude::work, compiler_tests::work];
    let paths: Vec<_> = handlers.iter().map(|handler| handler.path).collect();
    assert_eq!(paths, ["/local-work", "/works", "/bare-work", "/library/work"]);
}

/// A deprecated agent: neither the attribute nor a list warns of it.
mod old {
    #[deprecated = "use another one"]
    #[agent_runtime::editor_agent]
    pub(super) async fn old(_frame: agent_runtime::Frame) -> String {
        "old".to_owned()
    }
}

#[tokio::test]
async fn deprecated_agents_are_served() {
    says(agents![old::old], "/old", "old").await;
}
