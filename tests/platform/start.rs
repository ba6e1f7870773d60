//! Errors detected before the first call.

use agent_runtime::PlatformCheck;
use agent_runtime::agent_platform::auth::Credentials;
use agent_runtime::agent_platform::client::{Domain, PlatformClient};
use agent_runtime::prelude::*;

use crate::platform::world::{PROJECT, World, no_retry, unknown_credentials, video};

ontology!(mod current = "platform/ontology.json");
ontology!(mod former = "platform/former_ontology.json");

#[editor_agent]
async fn read(row: &LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

type Row = LabelRow;

/// An alias, so that the macro does not recognize a label row.
#[editor_agent(only_objects = ["ob/BOX+1"])]
async fn mutable_branch(_row: &mut Row) {}

#[editor_agent(only_objects = ["ob/BOX+1"])]
async fn branch_by_value(call: EditorCall, frame: Frame, mut row: LabelRow) -> Result<String> {
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    call.save(&mut row).await?;
    Ok("saved".to_owned())
}

#[editor_agent(only_objects = ["ob/BOX+1"])]
async fn shared_branch(row: &LabelRow) -> String {
    format!("{} objects", row.objects().count())
}

#[tokio::test]
async fn branches_can_be_read_and_not_saved() {
    let world = World::start().await;
    let client = world.client(agents![shared_branch, branch_by_value]);
    assert_eq!(client.call("/shared-branch", &video(0)).await.message(), Some("1 objects"));
    assert_eq!(client.call("/branch-by-value", &video(0)).await.status().as_u16(), 500);
    assert_eq!(world.count("save"), 0);
    let error = world.server(agents![mutable_branch]).start().await.err().unwrap().to_string();
    assert!(error.contains("`mutable_branch`") && error.contains("only_objects"), "{error}");
}

#[tokio::test]
async fn start_check_distinguishes_key_region_and_network() {
    let world = World::start().await;
    let elsewhere = World::start().await;
    let check = async |platform: PlatformClient| {
        let server =
            Server::new().port(0).agents(agents![read]).platform(platform).platform_check(PlatformCheck::AtStart);
        match server.start().await {
            Ok(running) => {
                running.stop().await;
                String::new()
            }
            Err(error) => error.to_string(),
        }
    };
    let of = |world: &World, credentials: Credentials| world.builder().credentials(credentials);
    assert_eq!(check(world.builder().build().unwrap()).await, "");
    let wrong_key = check(of(&world, unknown_credentials()).build().unwrap()).await;
    assert!(wrong_key.contains("does not know the key"), "{wrong_key}");
    let region = of(&world, elsewhere.credentials()).regions([elsewhere.domain()]).build().unwrap();
    let wrong_region = check(region).await;
    assert!(wrong_region.contains(&format!("ENCORD_DOMAIN={}", elsewhere.domain())), "{wrong_region}");
    let unreachable = PlatformClient::builder()
        .credentials(unknown_credentials())
        .domain(Domain::parse("http://127.0.0.1:1").unwrap());
    let no_network = check(unreachable.retry(no_retry()).build().unwrap()).await;
    assert!(no_network.contains("cannot be reached"), "{no_network}");
}

#[tokio::test]
async fn start_check_names_changes_of_the_ontology() {
    let world = World::start().await;
    let start = async |agents| {
        let server = world.server(agents).port(0).check_projects([PROJECT]);
        match server.start().await {
            Ok(running) => {
                running.stop().await;
                String::new()
            }
            Err(error) => error.to_string(),
        }
    };
    #[editor_agent]
    async fn fitting(_vehicles: Selected<current::Vehicle>) {}
    assert_eq!(start(agents![fitting]).await, "");
    #[editor_agent]
    async fn changed(_vehicles: FrameObjects<former::Car>, _crops: Crops<former::Area>, _row: &LabelRow) {}
    let error = start(agents![changed]).await;
    for part in [
        &PROJECT.to_string() as &str,
        "the class `Car` of the ontology has changed since this agent was built: it has no attribute `Colour`",
        "the class `Area` of the ontology has changed since this agent was built: the project has no such class",
    ] {
        assert!(error.contains(part), "{error}");
    }
    // Unused classes do not matter.
    assert!(!error.contains("Pond"), "{error}");
}

#[tokio::test]
async fn start_check_is_opt_in_and_skips_agents_without_platform() {
    #[editor_agent]
    async fn alone(frame: Frame) -> String {
        format!("Frame {frame}")
    }
    let world = World::start().await;
    world.server(agents![read]).port(0).start().await.unwrap().stop().await;
    world.server(agents![alone]).port(0).platform_check(PlatformCheck::AtStart).start().await.unwrap().stop().await;
    assert_eq!(world.calls(), Vec::<&str>::new());
}
