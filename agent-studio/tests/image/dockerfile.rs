//! Executes the instructions of a Dockerfile without Docker. Each stage is a folder, and this machine is the base image with a Rust
//! toolchain.

use std::collections::HashMap;
use std::fs::{self, FileTimes};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A build and its inputs.
pub(crate) struct Build {
    context: PathBuf,
    recipe: String,
    contexts: HashMap<String, PathBuf>,
    arguments: HashMap<String, String>,
}

/// The image of the last stage.
pub(crate) struct Image {
    /// Root directory.
    pub(crate) root: PathBuf,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) user: String,
    pub(crate) entry_point: Vec<String>,
    /// The crates that each run of cargo compiled.
    pub(crate) compiled: Vec<Vec<String>>,
    stages: PathBuf,
}

#[derive(Clone, Default)]
struct Stage {
    folder: PathBuf,
    working_folder: String,
    arguments: HashMap<String, String>,
    environment: Vec<(String, String)>,
    user: String,
    entry_point: Vec<String>,
}

impl Build {
    pub(crate) fn new(context: &Path, recipe: &Path) -> Self {
        let recipe = fs::read_to_string(recipe).unwrap();
        Self { context: context.to_owned(), recipe, contexts: HashMap::new(), arguments: HashMap::new() }
    }

    /// `--build-context NAME=FOLDER`
    pub(crate) fn context(mut self, name: &str, folder: &Path) -> Self {
        self.contexts.insert(name.to_owned(), fs::canonicalize(folder).unwrap());
        self
    }

    /// `--build-arg NAME=VALUE`
    pub(crate) fn argument(mut self, name: &str, value: &str) -> Self {
        self.arguments.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Executes all instructions. Stages keep cargo's artifacts of earlier builds.
    pub(crate) fn run(&self, stages: &Path) -> Image {
        let (mut done, mut stage, mut compiled) = (HashMap::new(), Stage::default(), Vec::new());
        let mut name = String::new();
        for (instruction, rest) in instructions(&self.recipe) {
            match instruction.as_str() {
                "FROM" => {
                    done.insert(std::mem::take(&mut name), stage);
                    let (base, own) = rest.split_once(" AS ").unwrap_or((&rest, "image"));
                    name = own.to_owned();
                    stage = done.get(base).cloned().unwrap_or_default();
                    assert!(done.contains_key(base) || base == "scratch" || base.starts_with("rust:"), "{base}");
                    stage.folder = stages.join(own);
                    empty_but_for_what_was_compiled(&stage.folder);
                }
                "ARG" => {
                    let (key, default) = rest.split_once('=').unwrap();
                    let value = self.arguments.get(key).map_or(default, String::as_str);
                    stage.arguments.insert(key.to_owned(), value.to_owned());
                }
                "WORKDIR" => stage.working_folder = rest.trim_start_matches('/').to_owned(),
                "COPY" => self.copy(&rest, &stage, &done),
                "RUN" => compiled.extend(shell(&rest, &stage)),
                "ENV" => stage.environment.extend(rest.split(' ').map(|pair| {
                    let (key, value) = pair.split_once('=').unwrap();
                    (key.to_owned(), value.to_owned())
                })),
                "USER" => stage.user = rest,
                "ENTRYPOINT" => stage.entry_point = serde_json::from_str(&rest).unwrap(),
                "EXPOSE" => {}
                other => panic!("{other} is not known here"),
            }
        }
        let Stage { folder: root, environment, user, entry_point, .. } = stage;
        Image { root, environment, user, entry_point, compiled, stages: stages.to_owned() }
    }

    fn copy(&self, rest: &str, stage: &Stage, done: &HashMap<String, Stage>) {
        let (from, paths) = match rest.strip_prefix("--from=").and_then(|rest| rest.split_once(' ')) {
            Some((from, paths)) => (Some(from), paths),
            None => (None, rest),
        };
        let list: Vec<String> =
            serde_json::from_str(paths).unwrap_or_else(|_| paths.split(' ').map(str::to_owned).collect());
        let [source, target] = list.as_slice() else { panic!("COPY {rest}") };
        if let Some(folder) = from.and_then(|from| self.contexts.get(from)) {
            // Copied to the path that this machine has for it.
            assert_eq!((source.as_str(), Path::new(target)), (".", folder.as_path()));
            return;
        }
        let target = match target.strip_prefix('/') {
            Some(absolute) => stage.folder.join(absolute),
            None => stage.folder.join(&stage.working_folder).join(target),
        };
        match from {
            Some(from) => copy_tree(&done[from].folder.join(source.trim_start_matches('/')), &target, &|_| false),
            None => {
                let rules = fs::read_to_string(self.context.join(".dockerignore")).unwrap();
                copy_tree(&self.context.join(source), &target, &|name| is_ignored(&rules, name));
            }
        }
    }
}

/// Returns the instructions with joined continuation lines, without comments.
fn instructions(recipe: &str) -> Vec<(String, String)> {
    let lines: Vec<_> = recipe.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    joined
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(instruction, rest)| (instruction.to_owned(), rest.trim().to_owned()))
        .collect()
}

fn empty_but_for_what_was_compiled(folder: &Path) {
    for place in [folder.to_owned(), folder.join("build")] {
        for entry in fs::read_dir(&place).into_iter().flatten().map(Result::unwrap) {
            let keep = ["build", "target"].iter().any(|name| entry.file_name() == *name);
            match entry.path() {
                _ if keep => {}
                path if path.is_dir() => fs::remove_dir_all(path).unwrap(),
                path => fs::remove_file(path).unwrap(),
            }
        }
    }
}

/// Runs a command like the instruction `RUN`. Returns the crates that cargo compiled, if any.
fn shell(command: &str, stage: &Stage) -> Option<Vec<String>> {
    let folder = stage.folder.join(&stage.working_folder);
    fs::create_dir_all(&folder).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-ec", command]).current_dir(&folder).envs(&stage.arguments);
    shell.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
    // Shortens the compilation of the same program.
    for (name, value) in [("OPT_LEVEL", "0"), ("LTO", "off"), ("CODEGEN_UNITS", "256"), ("DEBUG", "false")] {
        shell.env(format!("CARGO_PROFILE_RELEASE_{name}"), value);
    }
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}\n{said}");
    let compiled = said.lines().filter_map(|line| line.trim().strip_prefix("Compiling ")?.split(' ').next());
    command.contains("cargo ").then(|| compiled.map(str::to_owned).collect())
}

/// Returns whether a rule `**/name`, `**/*name` or `**/name*` excludes a file or folder.
fn is_ignored(rules: &str, name: &str) -> bool {
    rules.lines().filter(|line| !line.starts_with('#')).any(|rule| {
        let rule = rule.strip_prefix("**/").expect("a rule for every folder");
        match (rule.strip_prefix('*'), rule.strip_suffix('*')) {
            (Some(end), None) => name.ends_with(end),
            (None, Some(start)) => name.starts_with(start),
            _ => name == rule,
        }
    })
}

/// Copies a folder with permissions and times, as Docker does.
fn copy_tree(from: &Path, to: &Path, leave_out: &dyn Fn(&str) -> bool) {
    // Without the trailing `.`, which cannot be created.
    let to: PathBuf = to.components().collect();
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (kind, path) = (entry.file_type().unwrap(), entry.path());
        let name = entry.file_name().into_string().unwrap();
        let target = to.join(&name);
        if leave_out(&name) || kind.is_symlink() {
            continue;
        }
        if kind.is_dir() {
            copy_tree(&path, &target, leave_out);
            fs::set_permissions(&target, fs::metadata(&path).unwrap().permissions()).unwrap();
            continue;
        }
        fs::copy(&path, &target).unwrap();
        let times = FileTimes::new().set_modified(fs::metadata(&path).unwrap().modified().unwrap());
        fs::File::options().append(true).open(&target).unwrap().set_times(times).unwrap();
    }
}

impl Image {
    /// Returns every file of the image.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files: Vec<_> = files_under(&self.root);
        files.sort();
        files.into_iter().map(|path| path.strip_prefix(&self.root).unwrap().to_str().unwrap().to_owned()).collect()
    }

    /// Returns names and contents of a folder of a stage, which determine whether later layers are built again.
    pub(crate) fn fingerprint_of(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = files_under(&self.stages.join(folder));
        files.sort();
        assert!(!files.is_empty());
        files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_under(&path) } else { vec![path] }).collect()
}
