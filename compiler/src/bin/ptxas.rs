//! `ptxas`: PTX in, a gfx90a code object out; a drop-in name for NVIDIA's assembler.
//!
//! Exit codes: 0 done, 1 the input or the command line is wrong, 101 a defect of ours. The output is written beside its
//! place and renamed, so that there is never half a file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wavefold_compiler::code_object::usage;
use wavefold_compiler::codegen::fatal::EXIT_INTERNAL;
use wavefold_compiler::coverage;
use wavefold_compiler::{
    Atomics, CompileError, Emit, Input, MappingChoice, Options, Threads, check, compile_linked,
};

/// LLVM allocates so much that a tenth of its time is the C library's allocator's; this one takes the place of that too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Options of NVIDIA's `ptxas` that ask for nothing that we could do or leave undone, with whether a value follows.
const IGNORED: [(&str, bool); 19] = [
    ("-m64", false),
    ("-w", false),
    ("--disable-warnings", false),
    ("--warn-on-spills", false),
    ("-warn-spills", false),
    ("--warn-on-local-memory-usage", false),
    ("-warn-lmem-usage", false),
    ("--warn-on-double-precision-use", false),
    ("-warn-double-usage", false),
    ("--warning-as-error", false),
    ("-Werror", false),
    ("--suppress-stack-size-warning", false),
    ("-suppress-stack-size-warning", false),
    ("--suppress-debug-info", false),
    ("-maxrregcount", true),
    ("--maxrregcount", true),
    ("--machine", true),
    ("-m", true),
    ("-c", false),
];

/// The environment variable with the default of `--warp-mapping`, for compiles at run time.
const MAPPING_VARIABLE: &str = "WAVEFOLD_WARP_MAPPING";
/// Likewise of `--atomics`.
const ATOMICS_VARIABLE: &str = "WAVEFOLD_ATOMICS";

const USAGE: &str = "\
usage: ptxas [options] file.ptx ...      several files are linked into one code object
  -o, --output-file FILE      where the code object goes (default: elf.o)
  -O0 .. -O3, --opt-level N   how hard to optimise (default: 3)
  -arch, --gpu-name NAME      gfx90a; sm_NN and compute_NN are taken for it
  --warp-mapping MAPPING      auto, fold or split (default: auto)
  --atomics MEMORY            coarse: on memory of the device; fine: on fine-grained memory too, slower (default: coarse)
  --split-compile N           threads to compile on; 0: as many as processors (default: that, or the make job server's)
  --check-only                check syntax and types, write nothing
  --time                      print what took how long
  --check-marks               mark warp instructions for the emulator's checks, and keep every access as written
  --emit KIND                 obj, llvm-ir, llvm-ir-opt or asm (default: obj)
  -lineinfo, -g               without .loc in the PTX: a line table of its own lines
  -v, --verbose               print each kernel's registers, memory and mapping
  --list-instructions [FILES] every form of PTX and whether it is lowered; of files: the forms that they use
  --version, --help
";

struct Arguments {
    inputs: Vec<PathBuf>,
    output: PathBuf,
    options: Options,
    verbose: bool,
    time: bool,
    only_check: bool,
}

enum Command {
    Compile(Arguments),
    Say(String),
    ListInstructions(Vec<String>),
}

fn main() -> ExitCode {
    let threads = Threads::from_environment();
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("ptxas: internal error: {panic}");
        std::process::exit(EXIT_INTERNAL);
    }));
    match parse_arguments(std::env::args().skip(1).collect(), threads) {
        Ok(Command::Say(text)) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Command::Compile(arguments)) => run(&arguments),
        Ok(Command::ListInstructions(files)) => list_instructions(&files),
        Err(message) => {
            eprintln!("ptxas: error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> ExitCode {
    let mut files = Vec::new();
    for path in &arguments.inputs {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => files.push((name, bytes)),
            Err(error) => {
                eprintln!("ptxas: error: cannot read {name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    let inputs: Vec<Input<'_>> = files.iter().map(|(file_name, bytes)| Input { bytes, file_name }).collect();
    let result = match arguments.only_check {
        true => check(&inputs).map(|()| None),
        false => compile_linked(&inputs, &arguments.options).map(Some),
    };
    let compiled = match result {
        Ok(Some(compiled)) => compiled,
        Ok(None) => return ExitCode::SUCCESS,
        Err(CompileError::Rejected(text)) => {
            eprint!("{text}");
            return ExitCode::FAILURE;
        }
        Err(CompileError::Codegen(error)) => {
            eprintln!("ptxas: internal error: {error}");
            return ExitCode::from(EXIT_INTERNAL as u8);
        }
    };
    if let Err(error) = write_atomically(&arguments.output, &compiled.bytes) {
        eprintln!("ptxas: error: cannot write {}: {error}", arguments.output.display());
        return ExitCode::FAILURE;
    }
    if arguments.time {
        eprintln!("ptxas time: {}", compiled.phases);
    }
    if arguments.verbose {
        for remark in &compiled.remarks {
            eprint!("{remark}");
        }
        if arguments.options.emit == Emit::Object {
            match usage::describe(&compiled.bytes) {
                Ok(lines) => lines.iter().for_each(|line| eprintln!("ptxas info: {line}")),
                Err(error) => {
                    eprintln!("ptxas: internal error: {error}");
                    return ExitCode::from(EXIT_INTERNAL as u8);
                }
            }
        }
    }
    ExitCode::SUCCESS
}

/// Prints a line for each spelling of each row, or for each form that the files use.
fn list_instructions(files: &[String]) -> ExitCode {
    let mut text = String::new();
    if files.is_empty() {
        match coverage::list() {
            Ok(entries) => entries.iter().for_each(|entry| text += &format!("{}\n", entry.line())),
            Err(error) => {
                eprintln!("ptxas: internal error: {error}");
                return ExitCode::from(EXIT_INTERNAL as u8);
            }
        }
    }
    for file in files {
        let source = match std::fs::read_to_string(file) {
            Ok(source) => source,
            Err(error) => {
                eprintln!("ptxas: error: cannot read {file}: {error}");
                return ExitCode::FAILURE;
            }
        };
        match coverage::used(&source, file) {
            Ok(forms) => {
                forms.iter().for_each(|form| text += &format!("{file}\t{}\n", coverage::describe(form)))
            }
            Err(errors) => {
                eprint!("{}", errors.render(&source));
                return ExitCode::FAILURE;
            }
        }
    }
    // A reader that has seen enough is no failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// Writes a file so that it is whole or not there. Devices and pipes (`/dev/stdout`) are written directly.
fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if path == Path::new("-") {
        return std::io::stdout().write_all(bytes);
    }
    let special = std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    if special {
        return std::fs::write(path, bytes);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.flush()?;
    readable_by_all(file.as_file())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file is its owner's alone; an output file is as open as any other.
fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

fn parse_arguments(arguments: Vec<String>, threads: Threads) -> Result<Command, String> {
    let mut inputs = Vec::new();
    let mut output = PathBuf::from("elf.o");
    let mut options = Options { threads, ..Options::default() };
    if let Ok(text) = std::env::var(MAPPING_VARIABLE) {
        options.mapping = mapping(&text)?;
    }
    if let Ok(text) = std::env::var(ATOMICS_VARIABLE) {
        options.atomics = atomics(&text)?;
    }
    let (mut verbose, mut time, mut only_check) = (false, false, false);
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with('-') => (name.to_owned(), Some(value.to_owned())),
            _ => (argument.clone(), None),
        };
        let mut value = || {
            attached.clone().or_else(|| rest.next()).ok_or_else(|| format!("the option {name} needs a value"))
        };
        match name.as_str() {
            "--help" | "-h" => return Ok(Command::Say(USAGE.to_owned())),
            "--version" | "-V" => {
                return Ok(Command::Say(format!(
                    "wavefold ptxas {}, for gfx90a\n",
                    env!("CARGO_PKG_VERSION")
                )));
            }
            "-v" | "--verbose" => verbose = true,
            "-o" | "--output-file" => output = PathBuf::from(value()?),
            "-O" | "--opt-level" => options.optimisation = level(&value()?)?,
            "-O0" | "-O1" | "-O2" | "-O3" => options.optimisation = level(&name[2..])?,
            "-arch" | "--gpu-name" => check_architecture(&value()?)?,
            "--time" => time = true,
            "--check-only" => only_check = true,
            "--check-marks" => options.check_marks = true,
            "--split-compile" | "-split-compile" | "--threads" => options.threads = count(&value()?)?,
            "--warp-mapping" => options.mapping = mapping(&value()?)?,
            "--atomics" => options.atomics = atomics(&value()?)?,
            "--list-instructions" => return Ok(Command::ListInstructions(rest.collect())),
            "-lineinfo" | "--generate-line-info" | "-g" | "--device-debug" | "-G" => options.line_info = true,
            "--emit" => options.emit = emit(&value()?)?,
            other => match IGNORED.iter().find(|(ignored, _)| *ignored == other) {
                Some((_, true)) => {
                    value()?;
                }
                Some((_, false)) => {}
                None if other.starts_with('-') && other != "-" => return Err(unknown(other)),
                None => inputs.push(PathBuf::from(argument)),
            },
        }
    }
    if inputs.is_empty() {
        return Err("no input file".to_owned());
    }
    Ok(Command::Compile(Arguments { inputs, output, options, verbose, time, only_check }))
}

fn unknown(option: &str) -> String {
    const KNOWN: [&str; 15] = [
        "--output-file",
        "--opt-level",
        "--gpu-name",
        "--warp-mapping",
        "--atomics",
        "--emit",
        "--list-instructions",
        "--split-compile",
        "--time",
        "--check-only",
        "--check-marks",
        "--verbose",
        "--version",
        "--help",
        "-arch",
    ];
    let plain = |text: &str| text.trim_start_matches('-').to_owned();
    let near = KNOWN.iter().find(|known| {
        let (a, b) = (plain(known), plain(option));
        !b.is_empty() && (a.starts_with(&b) || b.starts_with(&a))
    });
    match near {
        Some(known) => format!("unknown option {option}; did you mean {known}?"),
        None => format!("unknown option {option}"),
    }
}

fn level(text: &str) -> Result<u8, String> {
    match text {
        "0" => Ok(0),
        "1" => Ok(1),
        "2" => Ok(2),
        "3" => Ok(3),
        _ => Err(format!("the optimisation level {text} is not 0, 1, 2 or 3")),
    }
}

fn count(text: &str) -> Result<Threads, String> {
    match text.parse() {
        Ok(0) => Ok(Threads::Processors),
        Ok(count) => Ok(Threads::Fixed(count)),
        Err(_) => Err(format!("{text} is not a number of threads")),
    }
}

fn check_architecture(name: &str) -> Result<(), String> {
    let number = name.strip_prefix("sm_").or_else(|| name.strip_prefix("compute_"));
    let is_number = |text: &str| text.trim_end_matches(['a', 'f']).parse::<u16>().is_ok();
    if name == "gfx90a" || number.is_some_and(is_number) {
        Ok(())
    } else {
        Err(format!("unknown architecture {name}; this compiler makes code for gfx90a"))
    }
}

fn mapping(text: &str) -> Result<MappingChoice, String> {
    match text {
        "auto" => Ok(MappingChoice::Auto),
        "fold" => Ok(MappingChoice::Fold),
        "split" => Ok(MappingChoice::Split),
        _ => Err(format!("the warp mapping {text} is not auto, fold or split")),
    }
}

fn atomics(text: &str) -> Result<Atomics, String> {
    match text {
        "coarse" => Ok(Atomics::Coarse),
        "fine" => Ok(Atomics::Fine),
        _ => Err(format!("the memory of atomics {text} is not coarse or fine")),
    }
}

fn emit(text: &str) -> Result<Emit, String> {
    match text {
        "obj" => Ok(Emit::Object),
        "llvm-ir" => Ok(Emit::LlvmIr),
        "llvm-ir-opt" => Ok(Emit::OptimisedLlvmIr),
        "asm" => Ok(Emit::Assembly),
        _ => Err(format!("the kind {text} is not obj, llvm-ir, llvm-ir-opt or asm")),
    }
}
