//! Which input is what, by its name and `-x`, and what the outputs are called.

use super::command_line::{Invocation, Language};
use super::table::Phase;
use crate::failure::{Failure, Result};
use std::path::{Path, PathBuf};

/// What a file is to nvcc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Cuda,
    Cpp,
    C,
    Ptx,
    Cubin,
    Fatbin,
    Object,
    Library,
}

/// One input file.
#[derive(Debug)]
pub struct Input {
    pub path: PathBuf,
    pub kind: Kind,
    /// Its name without folder and extension.
    pub stem: String,
    /// Its name for intermediate files, different for each input of one invocation.
    pub unique: String,
}

/// Classifies and checks all inputs.
pub fn classify(invocation: &Invocation) -> Result<Vec<Input>> {
    if invocation.inputs.is_empty() {
        return Err(Failure::input("no input files").note("`nvcc --help` shows how it is used"));
    }
    let mut inputs: Vec<Input> = Vec::with_capacity(invocation.inputs.len());
    for (path, language) in &invocation.inputs {
        let kind = match kind_of(path, *language) {
            Some(kind) => kind,
            None if path.exists() => {
                return Err(Failure::input(format!("don't know what to do with '{}'", path.display())).note(
                    "a source has one of the extensions .cu .cpp .cc .cxx .c .ptx; -x names a language",
                ));
            }
            None => return Err(missing(path)),
        };
        if !path.exists() {
            return Err(missing(path));
        }
        if path.is_dir() {
            return Err(Failure::input(format!("'{}' is a folder", path.display())));
        }
        let stem = path.file_stem().map_or_else(|| "a".into(), |stem| stem.to_string_lossy().into_owned());
        let same = inputs.iter().filter(|other| other.stem == stem).count();
        let unique = if same == 0 { stem.clone() } else { format!("{stem}-{same}") };
        inputs.push(Input { path: path.clone(), kind, stem, unique });
    }
    Ok(inputs)
}

fn missing(path: &Path) -> Failure {
    Failure::input(format!("no such file: '{}'", path.display()))
}

fn kind_of(path: &Path, language: Option<Language>) -> Option<Kind> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let extension = path.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
    let by_name = match extension.as_str() {
        "cu" => Some(Kind::Cuda),
        "cpp" | "cc" | "cxx" | "c++" | "C" | "CC" | "CPP" => Some(Kind::Cpp),
        "c" => Some(Kind::C),
        "ptx" => Some(Kind::Ptx),
        "cubin" | "hsaco" => Some(Kind::Cubin),
        "fatbin" => Some(Kind::Fatbin),
        "o" | "obj" => Some(Kind::Object),
        "a" | "so" | "lib" => Some(Kind::Library),
        _ if name.contains(".so.") => Some(Kind::Library),
        _ => None,
    };
    // -x is for sources; objects and libraries keep their kind behind it, as with other compilers' wrappers.
    match (by_name, language) {
        (Some(Kind::Object | Kind::Library), _) | (_, None) => by_name,
        (_, Some(Language::Cuda)) => Some(Kind::Cuda),
        (_, Some(Language::Cpp)) => Some(Kind::Cpp),
        (_, Some(Language::C)) => Some(Kind::C),
    }
}

/// Whether `kind` can go through `phase`; an error says what cannot.
pub fn check(input: &Input, phase: Phase) -> Result<bool> {
    let takes = match phase {
        Phase::Preprocess | Phase::Dependencies | Phase::UserDependencies => {
            matches!(input.kind, Kind::Cuda | Kind::Cpp | Kind::C)
        }
        Phase::Ptx => input.kind == Kind::Cuda,
        Phase::Cubin => matches!(input.kind, Kind::Cuda | Kind::Ptx),
        Phase::Fatbin => matches!(input.kind, Kind::Cuda | Kind::Ptx | Kind::Cubin),
        Phase::Compile => matches!(input.kind, Kind::Cuda | Kind::Cpp | Kind::C),
        Phase::Archive | Phase::Link => !matches!(input.kind, Kind::Ptx | Kind::Cubin | Kind::Fatbin),
    };
    if takes {
        return Ok(true);
    }
    // Objects and libraries on a line that stops earlier are for a later step of the build: not an error in nvcc.
    if matches!(input.kind, Kind::Object | Kind::Library) {
        return Ok(false);
    }
    let what = match phase {
        Phase::Preprocess => "-E",
        Phase::Dependencies => "-M",
        Phase::UserDependencies => "-MM",
        Phase::Ptx => "-ptx",
        Phase::Cubin => "-cubin",
        Phase::Fatbin => "-fatbin",
        Phase::Compile => "-c",
        Phase::Archive => "-lib",
        Phase::Link => "linking",
    };
    Err(Failure::input(format!("'{}' cannot be an input of {what}", input.path.display())))
}

/// The output of `input` after `phase` for phases with one output a source; `None` is standard output.
pub fn output(invocation: &Invocation, input: &Input, phase: Phase) -> Option<PathBuf> {
    let extension = match phase {
        Phase::Preprocess | Phase::Dependencies | Phase::UserDependencies => {
            return invocation.output.clone();
        }
        Phase::Ptx => "ptx",
        Phase::Cubin => "cubin",
        Phase::Fatbin => "fatbin",
        Phase::Compile | Phase::Archive | Phase::Link => "o",
    };
    if let Some(output) = &invocation.output {
        return Some(output.clone());
    }
    let name = PathBuf::from(format!("{}.{extension}", input.stem));
    Some(match &invocation.output_directory {
        Some(folder) => folder.join(name),
        None => name,
    })
}
