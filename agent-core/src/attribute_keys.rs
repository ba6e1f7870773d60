//! The keys of the attributes as fields of types, from which editors complete them.

/// The keys of `#[editor_agent]`.
#[derive(Debug)]
pub struct EditorAgentKeys {
    /// Path of the endpoint.
    pub path: (),
    /// Name in lists and logs.
    pub name: (),
    /// Description for people.
    pub description: (),
    /// Maximum duration of a call, up to an hour: `"500ms"`, `"30s"`, `"5m"`.
    pub timeout: (),
    /// Calls have no time limit.
    pub no_timeout: (),
    /// Maximum number of concurrent calls of this agent, 1 to 65536.
    pub concurrency: (),
    /// Branch of the label row.
    pub branch: (),
    /// Requests the label row with the client metadata of its data.
    pub client_metadata: (),
    /// Requests the label row with the images of an image group.
    pub images_data: (),
    /// Finds the label row also if its data is part of a group.
    pub children: (),
    /// Requests objects and classifications with their reviews.
    pub reviews: (),
    /// Requests the links of the data units as signed URLs.
    pub signed_urls: (),
    /// Requests only objects of these classes, by their feature hashes in the ontology.
    pub only_objects: (),
    /// Requests only classifications of these classes.
    pub only_classifications: (),
    /// Reaction to a conflict, when somebody else saves the label row while the agent works on it.
    pub on_conflict: (),
    /// Target of the findings that the agent returns.
    pub findings: (),
    /// Signature policy once there is a secret (`ENCORD_WEBHOOK_SECRET`).
    pub signature: (),
    /// Environment variable with the agent's own secret, in place of `ENCORD_WEBHOOK_SECRET`.
    pub secret_env: (),
    /// `"refuse"` rejects a signed call that this agent receives a second time.
    pub replay: (),
    /// Agent stage of the workflow, by its title or UUID: the server also runs the agent on the tasks that wait there.
    pub stage: (),
    /// Pathway of the stage along which a task goes for which the agent decides nothing.
    pub pathway: (),
    /// Pathway of the stage along which a task goes that has failed.
    pub on_failure: (),
    /// Frames of a task on which the agent runs: the first, each, or those with labels.
    pub frames: (),
    /// Runs the agent on every n-th frame of a task, beginning with the first.
    pub every: (),
}

/// The keys of `#[on_notification]`.
#[derive(Debug)]
pub struct OnNotificationKeys {
    /// Path that the platform calls.
    pub path: (),
    /// Name in lists and logs.
    pub name: (),
    /// Description for people.
    pub description: (),
    /// Maximum duration of a run, up to an hour: `"500ms"`, `"30s"`, `"5m"`.
    pub timeout: (),
    /// Runs have no time limit.
    pub no_timeout: (),
    /// Signature policy, as for `#[editor_agent]`.
    pub signature: (),
    /// Environment variable with the handler's own secret, in place of `ENCORD_WEBHOOK_SECRET`.
    pub secret_env: (),
}
