//! What other programs read: version, variables, the steps of `-v`, and that they can be pasted into a shell.

use crate::Body;
use crate::bench::{Bench, contains, same, toolkit};

const FILES: &[(&str, &str)] =
    &[("k.cu", "__global__ void k(int* p) { *p = 1; }\nint main() { return 0; }\n")];

pub fn tests() -> Vec<(&'static str, Body)> {
    vec![
        ("version_has_what_cmake_looks_for", version),
        ("variables_come_before_the_complaint", variables),
        ("dry_run_runs_nothing", dry_run),
        ("steps_can_be_pasted", pasted),
        ("keep_leaves_the_intermediate_files", keep),
        ("identification_by_cmake", identification),
        ("help_names_the_options", help),
        ("doctor_names_what_is_missing", doctor),
    ]
}

fn version() -> Result<(), String> {
    let text = Bench::new(&[])?.succeed(&["nvcc", "--version"])?.stdout;
    contains("first line", text.lines().next().unwrap_or(""), "nvcc: NVIDIA (R) Cuda compiler driver")?;
    contains("version", &text, "Cuda compilation tools, release 12.4, V12.4.131\n")
}

fn variables() -> Result<(), String> {
    let answer = Bench::new(&[])?.run(&["nvcc", "-v", "__cmake_determine_cuda"])?;
    let root = toolkit()?.display().to_string();
    contains("TOP", &answer.stderr, &format!("#$ TOP={root}\n"))?;
    contains("NVVMIR_LIBRARY_DIR", &answer.stderr, "/nvvm/libdevice\n")?;
    contains("INCLUDES", &answer.stderr, &format!("#$ INCLUDES=-I{root}/include\n"))?;
    contains("LIBRARIES", &answer.stderr, &format!("#$ LIBRARIES= -L{root}/lib64/stubs -L{root}/lib64\n"))?;
    contains("complaint", &answer.stderr, "nvcc: error: no such file: '__cmake_determine_cuda'\n")
}

fn dry_run() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    let answer = bench.succeed(&["nvcc", "--dryrun", "k.cu", "-o", "program"])?;
    same("files", "k.cu", &bench.names().join(" "))?;
    let is_step = |line: &&str| line.split(' ').nth(1).is_some_and(|word| !word.contains('='));
    let steps: Vec<&str> = answer.stderr.lines().filter(is_step).collect();
    for (step, tool) in steps.iter().rev().zip([
        "cp -f",
        "g++",
        "--cuda-host-only",
        "fatbinary",
        "ptxas",
        "--cuda-device-only",
    ]) {
        contains("step", step, tool)?;
    }
    Ok(())
}

/// The commands of a kept build, run by a shell in a fresh folder, make the same object.
fn pasted() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    let answer =
        bench.succeed(&["nvcc", "-v", "--keep", "-DNAME=\"two words\"", "-c", "k.cu", "-o", "k.out.o"])?;
    let first = bench.read("k.out.o")?;
    let mut script = String::from("set -e\n");
    for line in answer.stderr.lines() {
        let command = line.strip_prefix("#$ ").unwrap_or_default();
        if command.split(' ').next().is_some_and(|word| !word.contains('=')) {
            script.push_str(&format!("{command}\n"));
        }
    }
    for name in ["k.ptx", "k.cubin", "k.fatbin", "k.o", "k.out.o"] {
        std::fs::remove_file(bench.path(name)).map_err(|e| format!("{name} was not kept: {e}"))?;
    }
    let status = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(bench.path(""))
        .status()
        .map_err(|e| e.to_string())?;
    same("the shell's exit code", "Some(0)", &format!("{:?}", status.code()))?;
    same("object", "same", if bench.read("k.out.o")? == first { "same" } else { "different" })
}

fn keep() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.succeed(&["nvcc", "--keep", "--keep-dir", "kept", "k.cu"])?;
    let kept = std::fs::read_dir(bench.path("kept")).map_err(|e| e.to_string())?.count();
    same("files", "a.out k.cu kept", &bench.names().join(" "))?;
    same("intermediate files", "4", &kept.to_string())
}

/// CMake's own question: a source without kernels, kept files, the link line in the steps.
fn identification() -> Result<(), String> {
    let bench = Bench::new(&[(
        "id.cu",
        "const char* info = \"INFO:compiler[NVIDIA]\";\nint main() { return info[0] == 0; }\n",
    )])?;
    let answer = bench.succeed(&["nvcc", "--keep", "--keep-dir", "tmp", "-v", "id.cu"])?;
    let libraries =
        answer.stderr.lines().find_map(|line| line.strip_prefix("#$ LIBRARIES= ")).unwrap_or("none");
    let link = answer.stderr.lines().rfind(|line| !line.contains("LIBRARIES=") && line.contains(libraries));
    contains("link line", link.unwrap_or("there is none"), " -lcudart")?;
    contains("default architecture", &answer.stderr, "-arch compute_70")?;
    let program = bench.read("a.out")?;
    let found = program.windows(21).any(|window| window == b"INFO:compiler[NVIDIA]");
    same("the marker in a.out", "true", &found.to_string())
}

fn help() -> Result<(), String> {
    let text = Bench::new(&[])?.succeed(&["nvcc", "--help"])?.stdout;
    for option in
        ["--compile, -c", "--gpu-architecture, -arch", "--use_fast_math", "--compiler-options, -Xcompiler"]
    {
        contains("help", &text, option)?;
    }
    Ok(())
}

fn doctor() -> Result<(), String> {
    let bench = Bench::new(&[])?;
    let mut command = bench.command(&["wavefold", "doctor"])?;
    command.env("WAVEFOLD_CLANG", "/nowhere/clang");
    let answer = crate::bench::answer(command)?;
    same("exit code", "Some(1)", &format!("{:?}", answer.code))?;
    contains("report", &answer.stdout, "MISSING  clang 22       clang 22 was not found\n")?;
    let mut command = bench.command(&["nvcc", "-c", "k.cu"])?;
    bench.write("k.cu", "")?;
    command.env("WAVEFOLD_CLANG", "/nowhere/clang");
    let answer = crate::bench::answer(command)?;
    let expected = "nvcc: error: clang 22 was not found\n\
                    nvcc: note: install it (Debian: apt-get install clang-22), or name it in WAVEFOLD_CLANG\n";
    same("nvcc", expected, &answer.stderr)
}
