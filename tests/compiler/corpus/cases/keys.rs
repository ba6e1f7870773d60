//! Arguments of `#[editor_agent]`.

//# path_as_first_argument
#[editor_agent("/count")] //~ ["/count"]
async fn count() {}

//# path_as_name_value_of_attribute
#[editor_agent = "/count"] //~ [=]
async fn count() {}

//# path_with_colon
#[editor_agent(path: "/count")] //~ [: "/count"]
async fn count() {}

//# path_with_parentheses
#[editor_agent(path("/count"))] //~ [("/count")]
async fn count() {}

//# path_with_double_equals
#[editor_agent(path == "/count")] //~ [= "/count"]
async fn count() {}

//# path_without_quotes
#[editor_agent(path = /count)] //~ [/count]
async fn count() {}

//# path_as_identifier
#[editor_agent(path = count)] //~ [count]
async fn count() {}

//# path_as_char
#[editor_agent(path = '/')] //~ ['/']
async fn count() {}

//# path_as_number
#[editor_agent(path = 1)] //~ [1]
async fn count() {}

//# path_as_format
#[editor_agent(path = format!("/{}", "count"))] //~ [format!("/{}", "count")]
async fn count() {}

//# path_as_constant
const PATH: &str = "/count";
#[editor_agent(path = PATH)] //~ [PATH]
async fn count() {}

//# path_empty
#[editor_agent(path = "")] //~ [""]
async fn count() {}

//# path_blank
#[editor_agent(path = " ")] //~ [" "]
async fn count() {}

//# path_is_root
#[editor_agent(path = "/")] //~ ["/"]
async fn count() {}

//# path_without_slash
#[editor_agent(path = "count")] //~ ["count"]
async fn count() {}

//# path_with_slash_at_end
#[editor_agent(path = "/count/")] //~ ["/count/"]
async fn count() {}

//# path_with_host
#[editor_agent(path = "https://agents.example.com/count")] //~ ["https://agents.example.com/count"]
async fn count() {}

//# path_with_host_only
#[editor_agent(path = "http://localhost:8080")] //~ ["http://localhost:8080"]
async fn count() {}

//# path_with_colon_parameter
#[editor_agent(path = "/count/:id")] //~ ["/count/:id"]
async fn count() {}

//# path_with_axum_parameter
#[editor_agent(path = "/count/{id}")] //~ ["/count/{id}"]
async fn count() {}

//# path_with_rocket_parameter
#[editor_agent(path = "/count/<id>")] //~ ["/count/<id>"]
async fn count() {}

//# path_with_wildcard
#[editor_agent(path = "/count/*rest")] //~ ["/count/*rest"]
async fn count() {}

//# path_with_query
#[editor_agent(path = "/count?dry=1")] //~ ["/count?dry=1"]
async fn count() {}

//# path_with_fragment
#[editor_agent(path = "/count#x")] //~ ["/count#x"]
async fn count() {}

//# path_with_space
#[editor_agent(path = "/count objects")] //~ ["/count objects"]
async fn count() {}

//# path_with_backslash
#[editor_agent(path = "\\count")] //~ ["\\count"]
async fn count() {}

//# path_of_health_check
#[editor_agent(path = "/healthz")] //~ ["/healthz"]
async fn count() {}

//# path_of_metrics
#[editor_agent(path = "/metrics")] //~ ["/metrics"]
async fn count() {}

//# path_twice
#[editor_agent(path = "/a", path = "/b")] //~ [path]
async fn count() {}

//# path_without_value
#[editor_agent(path)] //~ [path]
async fn count() {}

//# path_equals_nothing
#[editor_agent(path = )] //~ [path]
async fn count() {}

//# key_in_capitals
#[editor_agent(Path = "/count")] //~ [Path]
async fn count() {}

//# key_route
#[editor_agent(route = "/count")] //~ [route]
async fn count() {}

//# key_url
#[editor_agent(url = "/count")] //~ [url]
async fn count() {}

//# key_method
#[editor_agent(method = "POST")] //~ [method]
async fn count() {}

//# key_methods
#[editor_agent(methods = ["POST"])] //~ [methods]
async fn count() {}

//# key_state
#[editor_agent(state = App)] //~ [state]
async fn count() {}

//# key_save
#[editor_agent(save)] //~ [save]
async fn count() {}

//# key_tags
#[editor_agent(tags = ["labels"])] //~ [tags]
async fn count() {}

//# key_summary
#[editor_agent(summary = "Counts.")] //~ [summary]
async fn count() {}

//# key_title
#[editor_agent(title = "Count")] //~ [title]
async fn count() {}

//# key_retries
#[editor_agent(retries = 3)] //~ [retries]
async fn count() {}

//# key_include_reviews
#[editor_agent(include_reviews)] //~ [include_reviews]
async fn count(row: &LabelRow) {}

//# key_branch_name
#[editor_agent(branch_name = "review")] //~ [branch_name]
async fn count(row: &LabelRow) {}

//# key_include_children
#[editor_agent(include_children = true)] //~ [include_children]
async fn count(row: &LabelRow) {}

//# key_include_client_metadata
#[editor_agent(include_client_metadata = true)] //~ [include_client_metadata]
async fn count(row: &LabelRow) {}

//# key_overwrite
#[editor_agent(overwrite = true)] //~ [overwrite]
async fn count(row: &LabelRow) {}

//# key_with_hyphen
#[editor_agent(on-conflict = "merge")] //~ [on-conflict]
async fn count(row: &mut LabelRow) {}

//# key_in_camel_case
#[editor_agent(onConflict = "merge")] //~ [onConflict]
async fn count(row: &mut LabelRow) {}

//# key_in_quotes
#[editor_agent("path" = "/count")] //~ ["path"]
async fn count() {}

//# keys_without_comma
#[editor_agent(path = "/count" timeout = "3s")] //~ [timeout]
async fn count() {}

//# flags_without_comma
#[editor_agent(reviews client_metadata)] //~ [client_metadata]
async fn count(row: &LabelRow) {}

//# keys_with_semicolon
#[editor_agent(path = "/count"; timeout = "3s")] //~ [;]
async fn count() {}

//# comma_first
#[editor_agent(, path = "/count")] //~ [,]
async fn count() {}

//# keys_in_braces
#[editor_agent({ path = "/count" })] //~ [{ path = "/count" }]
async fn count() {}

//# timeout_as_number
#[editor_agent(timeout = 30)] //~ [30]
async fn count() {}

//# timeout_without_unit
#[editor_agent(timeout = "30")] //~ ["30"]
async fn count() {}

//# timeout_in_words
#[editor_agent(timeout = "30 seconds")] //~ ["30 seconds"]
async fn count() {}

//# timeout_fraction
#[editor_agent(timeout = "1.5s")] //~ ["1.5s"]
async fn count() {}

//# timeout_zero
#[editor_agent(timeout = "0s")] //~ ["0s"]
async fn count() {}

//# timeout_of_hours
#[editor_agent(timeout = "2h")] //~ ["2h"]
async fn count() {}

//# timeout_as_duration
#[editor_agent(timeout = Duration::from_secs(3))] //~ [Duration::from_secs(3)]
async fn count() {}

//# timeout_none
#[editor_agent(timeout = None)] //~ [None]
async fn count() {}

//# timeout_and_no_timeout
#[editor_agent(timeout = "3s", no_timeout)] //~ [no_timeout]
async fn count() {}

//# no_timeout_true
#[editor_agent(no_timeout = true)] //~ [true]
async fn count() {}

//# no_timeout_false
#[editor_agent(no_timeout = false)] //~ [false]
async fn count() {}

//# concurrency_as_text
#[editor_agent(concurrency = "4")] //~ ["4"]
async fn count() {}

//# concurrency_zero
#[editor_agent(concurrency = 0)] //~ [0]
async fn count() {}

//# concurrency_negative
#[editor_agent(concurrency = -1)] //~ [-1]
async fn count() {}

//# concurrency_with_type
#[editor_agent(concurrency = 4usize)] //~ [4usize]
async fn count() {}

//# on_conflict_unknown
#[editor_agent(on_conflict = "overwrite")] //~ ["overwrite"]
async fn count(row: &mut LabelRow) {}

//# on_conflict_misspelled
#[editor_agent(on_conflict = "merg")] //~ ["merg"]
async fn count(row: &mut LabelRow) {}

//# on_conflict_as_path
#[editor_agent(on_conflict = OnConflict::Merge)] //~ [OnConflict::Merge]
async fn count(row: &mut LabelRow) {}

//# on_conflict_of_reader
#[editor_agent(on_conflict = "merge")] //~ [on_conflict]
async fn count(row: &LabelRow) {}

//# signed_urls_of_writer
#[editor_agent(signed_urls)] //~ [signed_urls]
async fn count(row: &mut LabelRow) {}

//# only_objects_as_text
#[editor_agent(only_objects = "a1b2c3d4")] //~ ["a1b2c3d4"]
async fn count(row: &LabelRow) {}

//# only_objects_empty
#[editor_agent(only_objects = [])] //~ [[]]
async fn count(row: &LabelRow) {}

//# only_objects_of_writer
#[editor_agent(only_objects = ["a1b2c3d4"])] //~ [only_objects]
async fn count(row: &mut LabelRow) {}

//# signature_as_bool
#[editor_agent(signature = true)] //~ [true]
async fn count() {}

//# signature_none
#[editor_agent(signature = "none")] //~ ["none"]
async fn count() {}

//# secret_in_source
#[editor_agent(secret_env = "whsec_abc/def=")] //~ ["whsec_abc/def="]
async fn count() {}

//# name_empty
#[editor_agent(name = "")] //~ [""]
async fn count() {}

//# crate_as_number
#[editor_agent(crate = 3)] //~ [3]
async fn count() {}

//# bad_key_beside_bad_parameter_type
#[editor_agent(timout = "3s")] //~ [timout]
async fn count(frame: Frame) {}
