//! C and CUDA programs against the libraries as users link them, on the emulator.
//!
//! Each program in `programs/` checks itself and exits 0; They need a built
//! toolkit (`cargo xtask toolkit`, or `WAVEFOLD_TOOLKIT`); without one the tests say so and do nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn toolkit() -> Option<PathBuf> {
    let root = std::env::var_os("WAVEFOLD_TOOLKIT")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/toolkit"), PathBuf::from);
    let root = root.canonicalize().ok().filter(|root| root.join("lib64/libwavefold.so.1").is_file());
    if root.is_none() {
        eprintln!("skipped: no toolkit (cargo xtask toolkit makes one)");
    }
    root
}

/// A folder for one test's files, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("wavefold-programs-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(name)
}

fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?} ended with {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Compiles with cc against our headers and libraries.
fn compile(root: &Path, arguments: &[&str], sources: &[PathBuf], output: &Path) {
    let lib64 = root.join("lib64");
    let mut command = Command::new("cc");
    command.args(["-O1", "-Wall", "-I"]).arg(root.join("include")).args(sources).arg("-o").arg(output);
    command.arg("-L").arg(&lib64).args(arguments).args(["-ldl", "-lpthread"]);
    command.arg(format!("-Wl,-rpath,{}", lib64.display()));
    succeed(&mut command);
}

/// A command that runs a program on the emulator.
fn program(root: &Path, path: &Path) -> Command {
    let mut command = Command::new(path);
    command.env("WAVEFOLD_DEVICE", "emulator").env("WAVEFOLD_HOME", root).env("WAVEFOLD_CACHE", "off");
    command.env("WAVEFOLD_EMULATOR", "threads=2");
    command
}

#[test]
fn runtime_api_through_the_shared_library() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("shared");
    let path = folder.0.join("runtime_api");
    compile(&root, &["-lcudart"], &[source("runtime_api.c")], &path);
    succeed(&mut program(&root, &path));
}

#[test]
fn kernels_without_an_image() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("registration");
    let path = folder.0.join("registration");
    compile(&root, &["-lcudart"], &[source("registration.c")], &path);
    succeed(&mut program(&root, &path));
}

#[test]
fn runtime_api_through_the_static_library() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("static");
    let path = folder.0.join("runtime_api");
    compile(&root, &["-l:libcudart_static.a"], &[source("runtime_api.c")], &path);
    succeed(&mut program(&root, &path));
}

#[test]
fn two_static_copies_share_one_core() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("copies");
    let library = folder.0.join("libsecond.so");
    // -Bsymbolic and hidden symbols: the library uses its own copy of the shim, not the program's.
    let hidden =
        ["-shared", "-fPIC", "-DSECOND", "-Wl,-Bsymbolic", "-l:libcudart_static.a", "-Wl,--exclude-libs,ALL"];
    compile(&root, &hidden, &[source("two_copies.c")], &library);
    let path = folder.0.join("two_copies");
    let link = format!("-Wl,-rpath,{}", folder.0.display());
    let second = library.to_str().expect("the temporary folder's name is text").to_owned();
    compile(&root, &[&second, "-l:libcudart_static.a", &link], &[source("two_copies.c")], &path);
    succeed(program(&root, &path).env("LD_LIBRARY_PATH", root.join("lib64")));
}

#[test]
fn static_library_without_a_core_says_so() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("nocore");
    let path = folder.0.join("count");
    let text = folder.0.join("count.c");
    let body = "#include \"cuda_runtime_api.h\"\nint main(void) { int n; return cudaGetDeviceCount(&n); }\n";
    std::fs::write(&text, body).expect("the source can be written");
    let mut command = Command::new("cc");
    command.arg("-I").arg(root.join("include")).arg(&text).arg("-o").arg(&path);
    command.arg(root.join("lib64/libcudart_static.a")).args(["-ldl", "-lpthread"]);
    succeed(&mut command);
    let output = Command::new(&path).env_remove("WAVEFOLD_HOME").output().expect("it runs");
    assert_eq!(output.status.code(), Some(35), "cudaErrorInsufficientDriver");
    assert!(String::from_utf8_lossy(&output.stderr).contains("libwavefold.so.1 was not found"));
}

#[test]
fn driver_api_by_names_at_run_time() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("driver");
    let path = folder.0.join("driver_api");
    compile(&root, &[], &[source("driver_api.c")], &path);
    succeed(program(&root, &path).env("LD_LIBRARY_PATH", root.join("lib64")));
}

#[test]
fn compiled_ptx_is_kept_in_the_cache() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("cache");
    let path = folder.0.join("driver_api");
    compile(&root, &[], &[source("driver_api.c")], &path);
    let cache = folder.0.join("cache");
    for _ in 0..2 {
        let mut command = program(&root, &path);
        command.env("LD_LIBRARY_PATH", root.join("lib64")).env("WAVEFOLD_CACHE", &cache);
        succeed(&mut command);
        let entries = std::fs::read_dir(cache.join("ptx")).expect("the cache was made").count();
        assert_eq!(entries, 1, "one good module, no temporary files");
    }
}

/// Compiles a CUDA program with the toolkit's nvcc.
fn nvcc(root: &Path, folder: &Folder, name: &str, options: &[&str]) -> PathBuf {
    let path = folder.0.join(name);
    let mut command = Command::new(root.join("bin/nvcc"));
    command.arg("-O2").args(options).arg("-o").arg(&path).arg(source(&format!("{name}.cu")));
    succeed(&mut command);
    path
}

#[test]
fn many_threads_and_streams_lose_nothing() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("threads");
    let path = nvcc(&root, &folder, "threads", &[]);
    succeed(&mut program(&root, &path));
}

#[test]
fn default_streams_keep_cudas_order() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("default");
    for options in [&[][..], &["--default-stream", "per-thread"]] {
        let path = nvcc(&root, &folder, "default_stream", options);
        succeed(&mut program(&root, &path));
    }
}

#[test]
fn two_devices_keep_apart() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("devices");
    let path = nvcc(&root, &folder, "devices", &[]);
    succeed(program(&root, &path).env("WAVEFOLD_EMULATOR", "gpus=2,threads=2"));
    let mut hidden = program(&root, &path);
    hidden.env("WAVEFOLD_EMULATOR", "gpus=2").env("CUDA_VISIBLE_DEVICES", "1");
    let output = hidden.output().expect("it runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("devices == 2"), "one device was hidden");
}

#[test]
fn ends_of_streams_contexts_and_processes() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("lifetimes");
    let path = nvcc(&root, &folder, "lifetimes", &[]);
    for case in ["exit", "destroy", "free", "free-in-order", "reset", "fault", "fault-and-exit", "geometry"] {
        succeed(program(&root, &path).arg(case));
    }
}

#[test]
fn no_device_is_an_error_with_its_reason() {
    let Some(root) = toolkit() else { return };
    let folder = Folder::new("nodevice");
    let path = nvcc(&root, &folder, "lifetimes", &[]);
    for (device, reason) in [("nonsense", "it may be auto, gpu or emulator"), ("gpu", "cudaErrorNoDevice")] {
        if device == "gpu" && Path::new("/dev/kfd").exists() {
            continue;
        }
        let mut command = program(&root, &path);
        let output = command.arg("none").env("WAVEFOLD_DEVICE", device).env("WAVEFOLD_DEBUG", "api").output();
        let output = output.expect("it runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.contains(reason), "{device}: {errors}");
    }
}
