//! The command line of nvcc: words to an [`Invocation`].
//!
//! Takes the arguments without argv[0]. Expands response files and `NVCC_PREPEND_FLAGS`/`NVCC_APPEND_FLAGS`. Afterwards
//! every option is known, every value is checked, and nothing of the file system but response files has been read.

use super::architectures;
use super::table::{self, Id, Phase, Row, Shape};
use super::words::{expand_files, flags_from, split_list, split_words};
use crate::failure::{Failure, Result};
use std::path::PathBuf;

/// A source's language, when `-x` gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// CUDA C++.
    Cuda,
    /// C++ for the host alone.
    Cpp,
    /// C for the host alone.
    C,
}

/// Which runtime library to link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cudart {
    /// None: the user links their own.
    None,
    /// libcudart.so.
    Shared,
    /// libcudart_static.a.
    Static,
}

/// What the user asked for.
#[derive(Debug, Default)]
pub struct Invocation {
    /// Sources, objects and libraries in order.
    pub inputs: Vec<(PathBuf, Option<Language>)>,
    /// The last phase, when it was given.
    pub phase: Option<Phase>,
    pub output: Option<PathBuf>,
    pub output_directory: Option<PathBuf>,
    /// `-I`, `-isystem`, `-D`, `-U`, `-include` for clang and the host compiler, in order.
    pub preprocessor: Vec<String>,
    /// `-l` and `-L`, in order.
    pub libraries: Vec<String>,
    pub host_options: Vec<String>,
    pub linker_options: Vec<String>,
    pub archive_options: Vec<String>,
    pub ptxas_options: Vec<String>,
    pub host_debug: bool,
    pub device_debug: bool,
    pub line_info: bool,
    pub optimize: Option<String>,
    pub standard: Option<String>,
    pub host_compiler: Option<PathBuf>,
    pub cudart: Option<Cudart>,
    pub shared: bool,
    pub fast_math: bool,
    pub flush_to_zero: Option<bool>,
    pub precise_division: Option<bool>,
    pub precise_square_root: Option<bool>,
    pub fused_multiply_add: Option<bool>,
    pub per_thread_stream: bool,
    pub warnings_as_errors: bool,
    pub no_warnings: bool,
    pub no_compress: bool,
    pub dependencies: Option<Dependencies>,
    pub dependency_file: Option<PathBuf>,
    pub dependency_targets: Vec<String>,
    pub dependency_phony: bool,
    pub threads: usize,
    pub verbose: bool,
    pub dry_run: bool,
    pub keep: bool,
    pub keep_directory: Option<PathBuf>,
    pub run: bool,
    pub print: Option<Print>,
    forward_unknown: bool,
}

/// Which headers a make rule beside the object names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dependencies {
    /// `-MD`.
    All,
    /// `-MMD`.
    User,
}

/// A text to print in place of any work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Print {
    Help,
    Version,
    Architectures,
    Codes,
}

/// Parses nvcc's arguments.
pub fn parse(arguments: Vec<String>) -> Result<Invocation> {
    let mut words = flags_from("NVCC_PREPEND_FLAGS")?;
    words.extend(arguments);
    words.extend(flags_from("NVCC_APPEND_FLAGS")?);
    let words = expand_files(words, 0)?;
    let mut invocation = Invocation { threads: 1, ..Invocation::default() };
    // Whether an unknown option is forwarded does not depend on where on the line that was said.
    invocation.forward_unknown =
        words.iter().any(|word| word.trim_start_matches('-') == "forward-unknown-to-host-compiler");
    let mut language = None;
    let mut words = words.into_iter().peekable();
    while let Some(mut word) = words.next() {
        // A bare -O is gcc's -O1, unless a level follows as the next word.
        if word == "-O" && !words.peek().is_some_and(|next| matches!(next.as_str(), "0" | "1" | "2" | "3")) {
            word.push('1');
        }
        if !word.starts_with('-') || word == "-" {
            invocation.inputs.push((PathBuf::from(word), language));
            continue;
        }
        let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).unwrap_or(&word);
        let (name, attached) = match bare.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (bare, None),
        };
        let (row, attached) = match table::find(name) {
            Some(row) => (row, attached),
            None => match table::find_joined(bare) {
                Some((row, value)) if !word.starts_with("--") => (row, Some(value.to_string())),
                _ if invocation.forward_unknown => {
                    invocation.host_options.push(word);
                    continue;
                }
                _ => return Err(unknown(&word, name)),
            },
        };
        if row.id == Id::Language {
            language = language_named(&value_of(row, &word, attached, &mut words)?)?;
            continue;
        }
        invocation.apply(row, &word, attached, &mut words)?;
    }
    Ok(invocation)
}

fn unknown(word: &str, name: &str) -> Failure {
    let failure = Failure::input(format!("unknown option '{word}'"));
    match table::nearest(name) {
        Some(known) => {
            failure.note(format!("did you mean '{}{known}'?", if known.len() > 2 { "--" } else { "-" }))
        }
        None => failure.note("`nvcc --help` lists the options; -Xcompiler passes one to the host compiler"),
    }
}

fn value_of(
    row: &Row,
    word: &str,
    attached: Option<String>,
    words: &mut impl Iterator<Item = String>,
) -> Result<String> {
    match attached {
        Some(value) if !value.is_empty() => Ok(value),
        Some(_) => Err(Failure::input(format!("option '{word}' has an empty value"))),
        None => words
            .next()
            .ok_or_else(|| Failure::input(format!("option '{word}' needs a value ({})", row.help))),
    }
}

impl Invocation {
    fn apply(
        &mut self,
        row: &'static Row,
        word: &str,
        attached: Option<String>,
        words: &mut impl Iterator<Item = String>,
    ) -> Result<()> {
        let mut values: Vec<String> = Vec::new();
        let mut truth = true;
        match row.shape {
            Shape::Flag if attached.is_some() => {
                return Err(Failure::input(format!("option '{}' takes no value", dashed(row))));
            }
            Shape::Flag => {}
            Shape::Boolean => {
                truth = match attached.as_deref() {
                    // nvcc also takes the value as the next word for booleans.
                    None => boolean(word, &value_of(row, word, None, words)?)?,
                    Some(value) => boolean(word, value)?,
                }
            }
            Shape::Value | Shape::Joined => values.push(value_of(row, word, attached, words)?),
            Shape::List | Shape::JoinedList => values = split_list(&value_of(row, word, attached, words)?),
        }
        let value = values.first().cloned().unwrap_or_default();
        match row.id {
            Id::Phase(phase) => self.set_phase(phase)?,
            Id::Output => {
                if self.output.replace(PathBuf::from(value)).is_some() {
                    return Err(Failure::input("-o is given more than once"));
                }
            }
            Id::OutputDirectory => self.output_directory = Some(PathBuf::from(value)),
            Id::PreInclude => {
                values.iter().for_each(|v| self.preprocessor.extend(["-include".into(), v.clone()]))
            }
            Id::Library => self.libraries.extend(values.iter().map(|v| format!("-l{v}"))),
            Id::LibraryPath => self.libraries.extend(values.iter().map(|v| format!("-L{v}"))),
            Id::Define => self.preprocessor.extend(values.iter().map(|v| format!("-D{v}"))),
            Id::Undefine => self.preprocessor.extend(values.iter().map(|v| format!("-U{v}"))),
            Id::Include => self.preprocessor.extend(values.iter().map(|v| format!("-I{v}"))),
            Id::SystemInclude => {
                values.iter().for_each(|v| self.preprocessor.extend(["-isystem".into(), v.clone()]))
            }
            Id::HostDebug => self.host_debug = true,
            Id::DeviceDebug => self.device_debug = true,
            Id::LineInfo => self.line_info = true,
            Id::Optimize => self.optimize = Some(checked(word, value, &["0", "1", "2", "3", "s", "fast"])?),
            Id::Standard => {
                const KNOWN: [&str; 8] =
                    ["c++03", "c++11", "c++14", "c++17", "c++20", "c++23", "gnu++17", "gnu++20"];
                self.standard = Some(checked(word, value, &KNOWN)?);
            }
            Id::HostCompiler => self.host_compiler = Some(PathBuf::from(value)),
            Id::Cudart => {
                self.cudart = Some(match checked(word, value, &["none", "shared", "static"])?.as_str() {
                    "none" => Cudart::None,
                    "shared" => Cudart::Shared,
                    _ => Cudart::Static,
                })
            }
            Id::Shared => self.shared = true,
            Id::HostOptions => self.host_options.extend(passed_on(word, &values)?),
            Id::LinkerOptions => self.linker_options.extend(passed_on(word, &values)?),
            Id::ArchiveOptions => self.archive_options.extend(passed_on(word, &values)?),
            Id::PtxasOptions => self.ptxas_options.extend(passed_on(word, &values)?),
            Id::ForwardUnknown => {}
            Id::DryRun => self.dry_run = true,
            Id::Verbose => self.verbose = true,
            Id::Keep => self.keep = true,
            Id::KeepDirectory => self.keep_directory = Some(PathBuf::from(value)),
            Id::Architecture | Id::Code => values.iter().try_for_each(|v| architectures::check(v))?,
            Id::Generate => architectures::check_generate(&value)?,
            Id::FastMath => self.fast_math = true,
            Id::FlushToZero => self.flush_to_zero = Some(truth),
            Id::PreciseDivision => self.precise_division = Some(truth),
            Id::PreciseSquareRoot => self.precise_square_root = Some(truth),
            Id::FusedMultiplyAdd => self.fused_multiply_add = Some(truth),
            Id::DefaultStream => {
                self.per_thread_stream =
                    checked(word, value, &["legacy", "null", "per-thread"])? == "per-thread"
            }
            Id::WarningsAsErrors => self.warnings_as_errors |= values.iter().any(|v| v == "all-warnings"),
            Id::NoWarnings => self.no_warnings = true,
            Id::ResourceUsage => self.ptxas_options.push("-v".into()),
            Id::DependenciesToo => self.dependencies = Some(Dependencies::All),
            Id::UserDependenciesToo => self.dependencies = Some(Dependencies::User),
            Id::DependencyFile => self.dependency_file = Some(PathBuf::from(value)),
            Id::DependencyTarget => self.dependency_targets.push(value),
            Id::DependencyPhony => self.dependency_phony = true,
            Id::NoExceptions => self.host_options.push("-fno-exceptions".into()),
            Id::TemplateDepth => self.preprocessor.push(format!("-ftemplate-depth={value}")),
            Id::Profile => self.host_options.push("-pg".into()),
            Id::Threads => {
                let count: usize = value
                    .parse()
                    .map_err(|_| Failure::input(format!("'{value}' is no number of threads")))?;
                let cores = std::thread::available_parallelism().map_or(1, usize::from);
                self.threads = if count == 0 { cores } else { count };
            }
            Id::SplitCompile => {
                if value.parse::<usize>().is_err() {
                    return Err(Failure::input(format!("'{value}' is no number of threads")));
                }
                self.ptxas_options.push(format!("--split-compile={value}"));
            }
            Id::NoCompress => self.no_compress = true,
            Id::Relocatable => {
                if truth {
                    return Err(unsupported(row, "relocatable device code"));
                }
            }
            Id::Run => self.run = true,
            Id::Help => self.print = Some(Print::Help),
            Id::Version => self.print = self.print.or(Some(Print::Version)),
            Id::ListArchitectures => self.print = Some(Print::Architectures),
            Id::ListCodes => self.print = Some(Print::Codes),
            Id::Unsupported(what) => return Err(unsupported(row, what)),
            // -x is handled by the caller, files have been expanded, the rest changes nothing.
            Id::Language | Id::OptionsFile | Id::Ignored => {}
        }
        Ok(())
    }

    fn set_phase(&mut self, phase: Phase) -> Result<()> {
        // -c and -lib, or -E and -M, may come together in wrappers' command lines; the earlier stop wins.
        match self.phase {
            Some(old)
                if old != phase && !matches!((old, phase), (Phase::Compile, _) | (_, Phase::Compile)) =>
            {
                Err(Failure::input(
                    "more than one of -E, -M, -MM, -ptx, -cubin, -fatbin, -lib and -link is given",
                ))
            }
            Some(old) if old != Phase::Compile => Ok(()),
            _ => {
                self.phase = Some(phase);
                Ok(())
            }
        }
    }
}

/// Options for another tool: `-Xcompiler "-Wall -O2"` is two of them, as it is in a shell.
fn passed_on(word: &str, values: &[String]) -> Result<Vec<String>> {
    let mut options = Vec::with_capacity(values.len());
    for value in values {
        options.extend(split_words(value).map_err(|e| Failure::input(format!("option '{word}': {e}")))?);
    }
    Ok(options)
}

fn unsupported(row: &Row, what: &str) -> Failure {
    Failure::input(format!("option '{}' asks for {what}, which Wavefold does not support yet", dashed(row)))
}

fn dashed(row: &Row) -> String {
    if row.short.is_empty() { format!("--{}", row.long) } else { format!("-{}", row.short) }
}

fn boolean(word: &str, value: &str) -> Result<bool> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Failure::input(format!("option '{word}' takes true or false, not '{value}'"))),
    }
}

fn checked(word: &str, value: String, known: &[&str]) -> Result<String> {
    if known.contains(&value.as_str()) {
        return Ok(value);
    }
    Err(Failure::input(format!("'{value}' is no value for option '{word}'"))
        .note(format!("it takes one of: {}", known.join(", "))))
}

fn language_named(value: &str) -> Result<Option<Language>> {
    match value {
        "cu" => Ok(Some(Language::Cuda)),
        "c++" => Ok(Some(Language::Cpp)),
        "c" => Ok(Some(Language::C)),
        _ => Err(Failure::input(format!("'{value}' is no language")).note("-x takes c, c++ or cu")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Invocation {
        parse(words.iter().map(ToString::to_string).collect()).expect("parses")
    }

    fn refused(words: &[&str]) -> String {
        parse(words.iter().map(ToString::to_string).collect()).expect_err("is refused").to_string()
    }

    #[test]
    fn one_dash_or_two_and_every_way_to_give_a_value() {
        let i = parsed(&[
            "-Ia",
            "-I",
            "b",
            "--include-path=c,d",
            "-DX=1",
            "--define-macro",
            "Y",
            "-O2",
            "-o",
            "p",
        ]);
        assert_eq!(i.preprocessor, ["-Ia", "-Ib", "-Ic", "-Id", "-DX=1", "-DY"]);
        assert_eq!(i.optimize.as_deref(), Some("2"));
        assert_eq!(i.output, Some(PathBuf::from("p")));
        assert!(parsed(&["-use_fast_math"]).fast_math && parsed(&["--use_fast_math"]).fast_math);
        assert_eq!(parsed(&["--ftz=true"]).flush_to_zero, Some(true));
        assert_eq!(parsed(&["-fmad", "false"]).fused_multiply_add, Some(false));
    }

    #[test]
    fn lists_keep_escaped_commas() {
        let i = parsed(&["-Xcompiler", ",\"-Wall\",-Wl\\,x", "-Xlinker=a,b"]);
        assert_eq!(i.host_options, ["-Wall", "-Wl,x"]);
        assert_eq!(i.linker_options, ["a", "b"]);
        let i = parsed(&["-Xcompiler", "-Wall -Wextra,-O2", "-O", "a.cu"]);
        assert_eq!(i.host_options, ["-Wall", "-Wextra", "-O2"]);
        assert_eq!((i.optimize.as_deref(), i.inputs.len()), (Some("1"), 1));
        let i = parsed(&["-DS=\"a, b\"", "-D", "F(x,y)=x", "-DQ=\\\"e\\\"", "-DA,B"]);
        assert_eq!(i.preprocessor, ["-DS=\"a, b\"", "-DF(x,y)=x", "-DQ=\\\"e\\\"", "-DA", "-DB"]);
    }

    #[test]
    fn what_cmake_and_gromacs_write_is_understood() {
        let i = parsed(&[
            "-forward-unknown-to-host-compiler",
            "-ccbin=/usr/bin/g++",
            "--generate-code=arch=compute_80,code=[compute_80,sm_80]",
            "-gencode",
            "arch=compute_90,code=sm_90",
            "-static-global-template-stub=false",
            "-Xptxas=-warn-double-usage",
            "-diag-suppress=177",
            "-MD",
            "-MT",
            "t.o",
            "-MF",
            "t.d",
            "-fPIC",
            "-x",
            "cu",
            "-c",
            "f.cpp",
        ]);
        assert_eq!(i.host_options, ["-fPIC"]);
        assert_eq!(i.inputs, [(PathBuf::from("f.cpp"), Some(Language::Cuda))]);
        assert_eq!(i.phase, Some(Phase::Compile));
        assert_eq!(i.dependency_targets, ["t.o"]);
    }

    #[test]
    fn wrong_lines_are_refused_by_name() {
        assert_eq!(refused(&["-c", "a.cu", "--use_fast_mth"]), "unknown option '--use_fast_mth'");
        assert_eq!(refused(&["-o"]), "option '-o' needs a value (name of the output)");
        assert_eq!(refused(&["-arch=sm_12"]), "'sm_12' is no architecture of CUDA");
        assert_eq!(
            refused(&["-ptx", "-cubin"]),
            "more than one of -E, -M, -MM, -ptx, -cubin, -fatbin, -lib and -link is given"
        );
        assert_eq!(refused(&["-std=c++09"]), "'c++09' is no value for option '-std=c++09'");
        assert!(refused(&["-dc", "a.cu"]).contains("relocatable device code"));
        assert!(refused(&["-rdc=true"]).contains("relocatable device code"));
    }
}
