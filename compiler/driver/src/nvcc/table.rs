//! nvcc's options: one row each, from which parsing, suggestions and `--help` follow.
//!
//! nvcc's grammar is its own. Every option has a long name and maybe a short one; both work with one dash or two. A
//! value follows as the next word or behind `=`; options marked [`Shape::Joined`] also take it without a gap (`-Idir`).
//! Lists are split at commas that no backslash precedes.

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nothing.
    Flag,
    /// `=true` or `=false`.
    Boolean,
    /// One value.
    Value,
    /// One value, which may be glued to the short name.
    Joined,
    /// A list of values separated by commas.
    List,
    /// A list whose value may be glued to the short name.
    JoinedList,
}

/// What an option means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    /// Where to stop: `-c`, `-ptx` ...
    Phase(Phase),
    Output,
    OutputDirectory,
    PreInclude,
    Library,
    Define,
    Undefine,
    Include,
    SystemInclude,
    LibraryPath,
    HostDebug,
    DeviceDebug,
    LineInfo,
    Optimize,
    Language,
    Standard,
    HostCompiler,
    Cudart,
    Shared,
    HostOptions,
    LinkerOptions,
    ArchiveOptions,
    PtxasOptions,
    ForwardUnknown,
    DryRun,
    Verbose,
    Keep,
    KeepDirectory,
    Architecture,
    Code,
    Generate,
    FastMath,
    FlushToZero,
    PreciseDivision,
    PreciseSquareRoot,
    FusedMultiplyAdd,
    DefaultStream,
    WarningsAsErrors,
    NoWarnings,
    ResourceUsage,
    DependencyFile,
    DependencyTarget,
    DependencyPhony,
    DependenciesToo,
    UserDependenciesToo,
    NoExceptions,
    TemplateDepth,
    Profile,
    Threads,
    SplitCompile,
    NoCompress,
    Relocatable,
    Run,
    Help,
    Version,
    OptionsFile,
    ListArchitectures,
    ListCodes,
    /// Accepted, changes nothing: see [`IGNORED`].
    Ignored,
    /// Refused by name, with what it asks for.
    Unsupported(&'static str),
}

/// The step after which nvcc stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Preprocess,
    Dependencies,
    UserDependencies,
    Ptx,
    Cubin,
    Fatbin,
    Compile,
    Archive,
    Link,
}

/// One option.
#[derive(Debug)]
pub struct Row {
    /// Long name without dashes.
    pub long: &'static str,
    /// Short name without dashes, or empty.
    pub short: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// What it means.
    pub id: Id,
    /// A line for `--help`; empty hides it.
    pub help: &'static str,
}

const fn row(long: &'static str, short: &'static str, shape: Shape, id: Id, help: &'static str) -> Row {
    Row { long, short, shape, id, help }
}

use Shape::{Boolean, Flag, Joined, JoinedList, List, Value};

/// Every option with a meaning here.
#[rustfmt::skip]
pub const OPTIONS: &[Row] = &[
    // Phases.
    row("preprocess", "E", Flag, Id::Phase(Phase::Preprocess), "preprocess the sources to standard output or -o"),
    row("generate-dependencies", "M", Flag, Id::Phase(Phase::Dependencies), "print a make rule for each source"),
    row("generate-nonsystem-dependencies", "MM", Flag, Id::Phase(Phase::UserDependencies), "like -M, without system headers"),
    row("ptx", "", Flag, Id::Phase(Phase::Ptx), "compile the device code of each .cu file to .ptx"),
    row("cubin", "", Flag, Id::Phase(Phase::Cubin), "compile each .cu or .ptx file to a gfx90a code object, .cubin"),
    row("fatbin", "", Flag, Id::Phase(Phase::Fatbin), "compile each .cu, .ptx or .cubin file to a .fatbin"),
    row("compile", "c", Flag, Id::Phase(Phase::Compile), "compile each source to an object file"),
    row("lib", "", Flag, Id::Phase(Phase::Archive), "compile, and put the objects into a library"),
    row("link", "", Flag, Id::Phase(Phase::Link), "compile and link (what happens without another phase)"),
    row("run", "", Flag, Id::Run, "link, then run the program"),
    row("device-c", "dc", Flag, Id::Unsupported("relocatable device code"), ""),
    row("device-w", "dw", Flag, Id::Unsupported("relocatable device code"), ""),
    row("device-link", "dlink", Flag, Id::Unsupported("linking of relocatable device code"), ""),
    row("dlink-time-opt", "dlto", Flag, Id::Unsupported("link-time optimisation of device code"), ""),
    row("lto", "", Flag, Id::Unsupported("link-time optimisation of device code"), ""),
    row("ltoir", "", Flag, Id::Unsupported("link-time optimisation of device code"), ""),
    row("optix-ir", "", Flag, Id::Unsupported("OptiX"), ""),
    row("cuda", "", Flag, Id::Unsupported("translation of CUDA to C++ text"), ""),
    // Files.
    row("output-file", "o", Joined, Id::Output, "name of the output"),
    row("output-directory", "odir", Value, Id::OutputDirectory, "folder of the outputs"),
    row("pre-include", "include", List, Id::PreInclude, "include a header before each source"),
    row("library", "l", JoinedList, Id::Library, "link a library"),
    row("define-macro", "D", JoinedList, Id::Define, "define a macro"),
    row("undefine-macro", "U", JoinedList, Id::Undefine, "undefine a macro"),
    row("include-path", "I", JoinedList, Id::Include, "search a folder for headers"),
    row("system-include", "isystem", JoinedList, Id::SystemInclude, "search a folder for system headers"),
    row("library-path", "L", JoinedList, Id::LibraryPath, "search a folder for libraries"),
    row("options-file", "optf", List, Id::OptionsFile, "read more options from a file (also @file)"),
    row("x", "x", Value, Id::Language, "language of the sources that follow: c, c++ or cu"),
    // Dependencies beside a compilation.
    row("generate-dependencies-with-compile", "MD", Flag, Id::DependenciesToo, "write a make rule beside the object"),
    row("generate-nonsystem-dependencies-with-compile", "MMD", Flag, Id::UserDependenciesToo, "like -MD, without system headers"),
    row("dependency-output", "MF", Value, Id::DependencyFile, "name of the file with the make rule"),
    row("dependency-target-name", "MT", Value, Id::DependencyTarget, "target of the make rule"),
    row("generate-dependency-targets", "MP", Flag, Id::DependencyPhony, "an empty rule for each header"),
    // Compilation.
    row("debug", "g", Flag, Id::HostDebug, "debug information for host code"),
    row("device-debug", "G", Flag, Id::DeviceDebug, "device code for debugging: not optimised"),
    row("generate-line-info", "lineinfo", Flag, Id::LineInfo, "line numbers for device code"),
    row("optimize", "O", Joined, Id::Optimize, "optimisation of host code: 0 to 3"),
    row("std", "", Value, Id::Standard, "language standard: c++11, c++14, c++17, c++20, c++23"),
    row("profile", "pg", Flag, Id::Profile, "instrument host code for gprof"),
    row("no-exceptions", "noeh", Flag, Id::NoExceptions, "no exceptions in host code"),
    row("ftemplate-depth", "", Value, Id::TemplateDepth, "limit of template instantiation depth"),
    row("shared", "", Flag, Id::Shared, "link a shared library"),
    row("machine", "m", Joined, Id::Ignored, ""),
    row("m64", "", Flag, Id::Ignored, ""),
    row("m32", "", Flag, Id::Unsupported("32-bit code"), ""),
    row("default-stream", "", Value, Id::DefaultStream, "what a null stream means: legacy, null or per-thread"),
    row("relocatable-device-code", "rdc", Boolean, Id::Relocatable, "must be false"),
    row("no-compress", "", Flag, Id::NoCompress, "keep the PTX in the fat binary uncompressed"),
    row("threads", "t", Joined, Id::Threads, "compile so many sources at once (0: one for each core)"),
    // Target.
    row("gpu-architecture", "arch", Value, Id::Architecture, "any architecture of CUDA's; code is always for gfx90a"),
    row("gpu-code", "code", List, Id::Code, "as above"),
    row("generate-code", "gencode", Value, Id::Generate, "as above: arch=compute_NN,code=sm_NN"),
    row("list-gpu-arch", "arch-ls", Flag, Id::ListArchitectures, "list the accepted virtual architectures"),
    row("list-gpu-code", "code-ls", Flag, Id::ListCodes, "list the accepted real architectures"),
    // Floating point in device code.
    row("use_fast_math", "", Flag, Id::FastMath, "ftz, approximate division, root and functions in f32"),
    row("ftz", "", Boolean, Id::FlushToZero, "flush f32 denormals to zero"),
    row("prec-div", "", Boolean, Id::PreciseDivision, "IEEE f32 division (true unless told otherwise)"),
    row("prec-sqrt", "", Boolean, Id::PreciseSquareRoot, "IEEE f32 square root (true unless told otherwise)"),
    row("fmad", "", Boolean, Id::FusedMultiplyAdd, "contract a*b+c (true unless told otherwise)"),
    // Other tools.
    row("compiler-bindir", "ccbin", Value, Id::HostCompiler, "the host compiler: links, and compiles .c and .cpp"),
    row("cudart", "", Value, Id::Cudart, "the runtime to link: none, shared or static"),
    row("compiler-options", "Xcompiler", List, Id::HostOptions, "options for the host compiler"),
    row("linker-options", "Xlinker", List, Id::LinkerOptions, "options for the linker"),
    row("archive-options", "Xarchive", List, Id::ArchiveOptions, "options for the archiver"),
    row("ptxas-options", "Xptxas", List, Id::PtxasOptions, "options for ptxas"),
    row("forward-unknown-to-host-compiler", "", Flag, Id::ForwardUnknown, "give unknown options to the host compiler"),
    // Messages.
    row("Werror", "", List, Id::WarningsAsErrors, "warnings are errors: all-warnings"),
    row("disable-warnings", "w", Flag, Id::NoWarnings, "no warnings"),
    row("resource-usage", "res-usage", Flag, Id::ResourceUsage, "show registers and memory of each kernel"),
    row("verbose", "v", Flag, Id::Verbose, "show each step as a command"),
    row("dryrun", "", Flag, Id::DryRun, "show the steps, run none"),
    row("keep", "", Flag, Id::Keep, "keep intermediate files in the current folder"),
    row("save-temps", "", Flag, Id::Keep, ""),
    row("keep-dir", "", Value, Id::KeepDirectory, "keep intermediate files in a folder"),
    row("help", "h", Flag, Id::Help, "this text"),
    row("version", "V", Flag, Id::Version, "version"),
];

/// Options that are NVIDIA's alone and safe to accept: they steer tools, diagnostics or machine code that do not exist
/// here, and a program means the same without them.
#[rustfmt::skip]
pub const IGNORED: &[Row] = &[
    row("Wno-deprecated-gpu-targets", "", Flag, Id::Ignored, ""),
    row("Wno-deprecated-declarations", "", Flag, Id::Ignored, ""),
    row("Wmissing-launch-bounds", "", Flag, Id::Ignored, ""),
    row("Wdefault-stream-launch", "", Flag, Id::Ignored, ""),
    row("Wreorder", "", Flag, Id::Ignored, ""),
    row("Wext-lambda-captures-this", "", Flag, Id::Ignored, ""),
    row("allow-unsupported-compiler", "", Flag, Id::Ignored, ""),
    row("brief-diagnostics", "brief-diag", Boolean, Id::Ignored, ""),
    row("compile-as-tools-patch", "astoolspatch", Flag, Id::Ignored, ""),
    row("cudadevrt", "", Value, Id::Ignored, ""),
    row("cudafe-options", "Xcudafe", List, Id::Ignored, ""),
    row("nvlink-options", "Xnvlink", List, Id::Ignored, ""),
    row("fatbin-options", "Xfatbin", List, Id::Ignored, ""),
    row("diag-error", "", List, Id::Ignored, ""),
    row("diag-suppress", "", List, Id::Ignored, ""),
    row("diag-warn", "", List, Id::Ignored, ""),
    row("display-error-number", "err-no", Flag, Id::Ignored, ""),
    row("no-display-error-number", "no-err-no", Flag, Id::Ignored, ""),
    row("dont-use-profile", "noprof", Flag, Id::Ignored, ""),
    row("expt-extended-lambda", "", Flag, Id::Ignored, ""),
    row("expt-relaxed-constexpr", "", Flag, Id::Ignored, ""),
    row("extended-lambda", "", Flag, Id::Ignored, ""),
    row("extensible-whole-program", "ewp", Flag, Id::Ignored, ""),
    row("extra-device-vectorization", "", Flag, Id::Ignored, ""),
    row("Ofast-compile", "Ofc", Value, Id::Ignored, ""),
    row("fdevice-syntax-only", "", Flag, Id::Ignored, ""),
    row("ftemplate-backtrace-limit", "", Value, Id::Ignored, ""),
    row("host-relocatable-link", "", Flag, Id::Ignored, ""),
    row("keep-device-functions", "", Flag, Id::Ignored, ""),
    row("libdevice-directory", "ldir", Value, Id::Ignored, ""),
    row("maxrregcount", "", Value, Id::Ignored, ""),
    row("no-host-device-initializer-list", "", Flag, Id::Ignored, ""),
    row("no-host-device-move-forward", "", Flag, Id::Ignored, ""),
    row("objdir-as-tempdir", "", Flag, Id::Ignored, ""),
    row("optimization-info", "opt-info", List, Id::Ignored, ""),
    row("restrict", "", Flag, Id::Ignored, ""),
    row("source-in-ptx", "src-in-ptx", Flag, Id::Ignored, ""),
    row("split-compile", "", Value, Id::SplitCompile, "threads of one device compilation; 0: as many as processors"),
    row("static-global-template-stub", "", Boolean, Id::Ignored, ""),
    row("target-directory", "target-dir", Value, Id::Ignored, ""),
    row("time", "", Value, Id::Ignored, ""),
    row("use-local-env", "", Flag, Id::Ignored, ""),
];

/// Finds an option by name, both dashes stripped. A name that only a long option has needs no second dash.
pub fn find(name: &str) -> Option<&'static Row> {
    let named = |row: &&Row| row.long == name || (!row.short.is_empty() && row.short == name);
    OPTIONS.iter().find(named).or_else(|| IGNORED.iter().find(named))
}

/// Finds a [`Shape::Joined`] option that `word` (without its dash) starts with, and the glued value.
pub fn find_joined(word: &str) -> Option<(&'static Row, &str)> {
    OPTIONS
        .iter()
        .filter(|row| matches!(row.shape, Joined | JoinedList) && !row.short.is_empty())
        .filter_map(|row| word.strip_prefix(row.short).map(|value| (row, value)))
        .filter(|(_, value)| !value.is_empty())
        .max_by_key(|(row, _)| row.short.len())
}

/// The known name that is nearest to an unknown one, when it is near enough to be meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    let names =
        OPTIONS.iter().chain(IGNORED).flat_map(|row| [row.long, row.short]).filter(|known| known.len() > 1);
    let limit = if name.len() < 5 { 1 } else { 1 + name.len() / 5 };
    names
        .map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), known))
        .filter(|(far, _)| *far <= limit)
        .min_by_key(|(far, known)| (*far, *known))
        .map(|(_, known)| known)
}

/// Edit distance in bytes; a swap of neighbours counts as one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut seen = std::collections::HashSet::new();
        for row in OPTIONS.iter().chain(IGNORED) {
            assert!(seen.insert(row.long), "{} stands twice", row.long);
            if !row.short.is_empty() && row.short != row.long {
                assert!(seen.insert(row.short), "{} stands twice", row.short);
            }
        }
    }

    #[test]
    fn suggestions_are_near_or_absent() {
        assert_eq!(nearest("use_fast_mth"), Some("use_fast_math"));
        assert_eq!(nearest("gencdoe"), Some("gencode"));
        assert_eq!(nearest("zzzzzz"), None);
    }
}
