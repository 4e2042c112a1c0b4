//! A workbench: a private folder to run a tool in, with a temporary folder of its own whose emptiness can be checked.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with the test's sources, and one for the tools' intermediate files.
pub struct Bench {
    folder: tempfile::TempDir,
    scratch: tempfile::TempDir,
}

/// What a tool answered.
pub struct Answer {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The toolkit under test.
pub fn toolkit() -> Result<PathBuf, String> {
    let path = match std::env::var_os("WAVEFOLD_TOOLKIT") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/toolkit"),
    };
    if path.join("bin/ptxas").is_file() {
        return path.canonicalize().map_err(|e| e.to_string());
    }
    Err(format!(
        "no toolkit in '{}': build it with `cargo xtask toolkit`, or set WAVEFOLD_TOOLKIT",
        path.display()
    ))
}

impl Bench {
    /// A bench with the given files.
    pub fn new(files: &[(&str, &str)]) -> Result<Bench, String> {
        let make = || tempfile::Builder::new().prefix("wavefold-test-").tempdir().map_err(|e| e.to_string());
        let bench = Bench { folder: make()?, scratch: make()? };
        for (name, text) in files {
            bench.write(name, text)?;
        }
        Ok(bench)
    }

    /// Writes a file, making its folder.
    pub fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| e.to_string())?;
        }
        std::fs::write(path, text).map_err(|e| e.to_string())
    }

    /// A file's path.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file's bytes; an error when it is missing.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.path(name)).map_err(|e| format!("{name}: {e}"))
    }

    /// A text file.
    pub fn text(&self, name: &str) -> Result<String, String> {
        self.read(name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Names in the bench's folder, sorted.
    pub fn names(&self) -> Vec<String> {
        names_in(self.folder.path())
    }

    /// Names that the tools left in their temporary folder, sorted.
    pub fn leftovers(&self) -> Vec<String> {
        names_in(self.scratch.path())
    }

    /// The command of a tool in the bench, not yet started. The first word is the tool's name.
    pub fn command(&self, words: &[&str]) -> Result<Command, String> {
        let (tool, arguments) = words.split_first().ok_or("no tool named")?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_wavefold"));
        command
            .arg0(tool)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("WAVEFOLD_HOME", toolkit()?)
            .env("TMPDIR", self.scratch.path())
            .env_remove("NVCC_PREPEND_FLAGS")
            .env_remove("NVCC_APPEND_FLAGS")
            .stdin(Stdio::null());
        Ok(command)
    }

    /// Runs a tool to its end.
    pub fn run(&self, words: &[&str]) -> Result<Answer, String> {
        answer(self.command(words)?)
    }

    /// Runs a tool that must succeed and leave nothing behind.
    pub fn succeed(&self, words: &[&str]) -> Result<Answer, String> {
        let answer = self.run(words)?;
        if answer.code != Some(0) {
            return Err(format!("{} ended with {:?}:\n{}", words.join(" "), answer.code, answer.stderr));
        }
        let left = self.leftovers();
        if !left.is_empty() {
            return Err(format!("{} left {left:?} in its temporary folder", words.join(" ")));
        }
        Ok(answer)
    }
}

/// Runs a prepared command to its end.
pub fn answer(mut command: Command) -> Result<Answer, String> {
    let output = command.output().map_err(|e| e.to_string())?;
    Ok(Answer {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// An error that shows both texts when they differ.
pub fn same(what: &str, expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what}\n--- expected\n{expected}\n--- found\n{found}\n---"))
}

/// An error unless `text` contains `part`.
pub fn contains(what: &str, text: &str, part: &str) -> Result<(), String> {
    if text.contains(part) {
        return Ok(());
    }
    Err(format!("{what}: no '{part}' in\n{text}"))
}
