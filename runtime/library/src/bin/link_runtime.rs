//! `wavefold-link-runtime`: links the runtime's libraries into a folder.
//!
//! `wavefold-link-runtime --archive libwavefold_library.a --output DIR` makes in DIR:
//!
//! * `libwavefold.so.1`, the whole runtime, from the archive (this crate as a static library),
//! * `libcudart.so.12` (and `libcudart.so`) and `libcuda.so.1` (and `libcuda.so`), shims that depend on it,
//! * `stubs/libcuda.so`, a link for programs that are linked against the stub,
//! * `libcudart_static.a`, a shim that opens it, and `libcudadevrt.a`, which is empty: nothing needs it.
//!
//! It needs a C compiler (`CC`, else `cc`) and `ar` (`AR`). `--coverage` prints docs/api-coverage.md instead.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use wavefold_library::shim::{Kind, assembly};
use wavefold_library::{coverage, names};

const STATIC_SHIM: &str = include_str!("../../shim/static.c");
const USAGE: &str =
    "usage: wavefold-link-runtime --archive FILE --output FOLDER\n       wavefold-link-runtime --coverage";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["--coverage"] => {
            print!("{}", coverage::markdown());
            Ok(())
        }
        ["--archive", archive, "--output", output] | ["--output", output, "--archive", archive] => {
            link(Path::new(archive), Path::new(output))
        }
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("wavefold-link-runtime: error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn link(archive: &Path, output: &Path) -> Result<(), String> {
    create_folder(&output.join("stubs"))?;
    let work = output.join(format!(".link-{}", std::process::id()));
    create_folder(&work)?;
    let result = link_all(archive, output, &work);
    let _ = std::fs::remove_dir_all(&work);
    result
}

fn link_all(archive: &Path, output: &Path, work: &Path) -> Result<(), String> {
    let core = work.join("libwavefold.so.1");
    let exports = write(work, "wavefold.map", "{ global: wavefold_resolve; local: *; };\n")?;
    // nodelete: its threads and HSA's callbacks must never find it unmapped.
    compiler(&[
        "-shared".as_ref(),
        "-o".as_ref(),
        core.as_os_str(),
        "-Wl,-soname,libwavefold.so.1".as_ref(),
        "-Wl,--whole-archive".as_ref(),
        archive.as_os_str(),
        "-Wl,--no-whole-archive".as_ref(),
        option("-Wl,--version-script=", &exports).as_ref(),
        "-Wl,--gc-sections,-z,nodelete,-z,defs,-z,relro,-z,now".as_ref(),
        "-lgcc_s".as_ref(),
        "-lpthread".as_ref(),
        "-ldl".as_ref(),
        "-lm".as_ref(),
    ])?;
    shared_shim(work, &core, "libcudart.so.12", "libcudart.so.12", &names::runtime())?;
    shared_shim(work, &core, "libcuda.so.1", "", &names::driver())?;
    static_shim(work)?;
    let empty = work.join("libcudadevrt.a");
    run(tool("AR", "ar").arg("rcs").arg(&empty))?;
    for name in
        ["libwavefold.so.1", "libcudart.so.12", "libcuda.so.1", "libcudart_static.a", "libcudadevrt.a"]
    {
        std::fs::rename(work.join(name), output.join(name)).map_err(|error| format!("{name}: {error}"))?;
    }
    symlink("libcudart.so.12", &output.join("libcudart.so"))?;
    symlink("libcuda.so.1", &output.join("libcuda.so"))?;
    symlink("../libcuda.so.1", &output.join("stubs/libcuda.so"))
}

/// A shared library of jumps that depends on the core beside it. `node` is the version of its symbols, if they have one.
fn shared_shim(
    work: &Path,
    core: &Path,
    name: &str,
    node: &str,
    functions: &BTreeSet<String>,
) -> Result<(), String> {
    let source = write(work, &format!("{name}.s"), &assembly(functions, Kind::Shared))?;
    let list: String = functions.iter().map(|function| format!("{function}; ")).collect();
    let map = write(work, &format!("{name}.map"), &format!("{node} {{ global: {list} local: *; }};\n"))?;
    compiler(&[
        "-shared".as_ref(),
        "-nostdlib".as_ref(),
        "-o".as_ref(),
        work.join(name).as_ref(),
        source.as_ref(),
        core.as_os_str(),
        option("-Wl,-soname,", Path::new(name)).as_ref(),
        option("-Wl,--version-script=", &map).as_ref(),
        "-Wl,--enable-new-dtags,-rpath,$ORIGIN".as_ref(),
        "-Wl,-z,relro,-z,now".as_ref(),
    ])
}

fn static_shim(work: &Path) -> Result<(), String> {
    let jumps = write(work, "static_jumps.s", &assembly(&names::runtime(), Kind::Static))?;
    let finder = write(work, "static_find.c", STATIC_SHIM)?;
    let objects = [work.join("static_jumps.o"), work.join("static_find.o")];
    for (source, object) in [&jumps, &finder].into_iter().zip(&objects) {
        compiler(&[
            "-O2".as_ref(),
            "-fPIC".as_ref(),
            "-c".as_ref(),
            "-o".as_ref(),
            object.as_ref(),
            source.as_ref(),
        ])?;
    }
    run(tool("AR", "ar").arg("rcs").arg(work.join("libcudart_static.a")).args(&objects))
}

fn create_folder(path: &Path) -> Result<(), String> {
    std::fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(work: &Path, name: &str, text: &str) -> Result<PathBuf, String> {
    let path = work.join(name);
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn option(prefix: &str, path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(prefix);
    text.push(path);
    text
}

fn symlink(target: &str, link: &Path) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", link.display());
    match std::fs::remove_file(link) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fail(error)),
        _ => {}
    }
    std::os::unix::fs::symlink(target, link).map_err(fail)
}

fn tool(variable: &str, default: &str) -> Command {
    Command::new(std::env::var_os(variable).filter(|value| !value.is_empty()).unwrap_or(default.into()))
}

fn compiler(arguments: &[&OsStr]) -> Result<(), String> {
    run(tool("CC", "cc").args(arguments))
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}")) }
}
