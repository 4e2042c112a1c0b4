//! Interruptions and full disks: no half-written output, no temporary files, no children left running.

use crate::Body;
use crate::bench::{Bench, contains, same, toolkit};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

const FILES: &[(&str, &str)] =
    &[("k.cu", "__global__ void k(int* p) { *p = 1; }\nint main() { return 0; }\n")];

pub fn tests() -> Vec<(&'static str, Body)> {
    vec![
        ("signal_cleans_up", signal),
        ("failed_step_passes_its_code_on", child_code),
        ("failure_keeps_the_old_output", old_output),
        ("full_disk_leaves_the_old_output", full_disk),
        ("full_temporary_folder_is_reported", full_scratch),
        ("outputs_have_ordinary_modes", modes),
        ("dev_null_is_written_to", dev_null),
    ]
}

/// A host compiler that does what `script` says.
fn with_host_compiler(bench: &Bench, script: &str) -> Result<(), String> {
    bench.write("host-g++", &format!("#!/bin/sh\n{script}\n"))?;
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(bench.path("host-g++"), mode).map_err(|e| e.to_string())
}

fn signal() -> Result<(), String> {
    let bench = Bench::new(&[("h.cpp", "int h;\n")])?;
    with_host_compiler(&bench, "echo $$ > pid; exec sleep 60")?;
    let mut child = bench
        .command(&["nvcc", "-c", "-ccbin", "./host-g++", "h.cpp"])?
        .spawn()
        .map_err(|e| e.to_string())?;
    let start = Instant::now();
    let pid = loop {
        match bench.text("pid").ok().and_then(|text| text.trim().parse::<i32>().ok()) {
            Some(pid) => break pid,
            None if start.elapsed() > Duration::from_secs(20) => {
                return Err("the host compiler never started".into());
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    same("temporary folders", "1", &bench.leftovers().len().to_string())?;
    let kill = |pid: i32, signal: &str| {
        std::process::Command::new("kill")
            .args([signal, &pid.to_string()])
            .stderr(std::process::Stdio::null())
            .status()
    };
    kill(child.id() as i32, "-TERM").map_err(|e| e.to_string())?;
    let status = child.wait().map_err(|e| e.to_string())?;
    same("ended by", "Some(15)", &format!("{:?}", status.signal()))?;
    same("temporary folders afterwards", "", &bench.leftovers().join(" "))?;
    let start = Instant::now();
    // The child ends by the signal that was passed on to it; it may be a zombie until its new parent looks.
    while std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z")) {
        if start.elapsed() > Duration::from_secs(10) {
            let _ = kill(pid, "-KILL");
            return Err("the host compiler is still running".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn child_code() -> Result<(), String> {
    let bench = Bench::new(&[("h.cpp", "int h;\n")])?;
    with_host_compiler(&bench, "echo 'the host compiler gives up' >&2; exit 37")?;
    let answer = bench.run(&["nvcc", "-c", "-ccbin", "./host-g++", "h.cpp"])?;
    same("exit code", "Some(37)", &format!("{:?}", answer.code))?;
    same("message", "the host compiler gives up\n", &answer.stderr)?;
    same("temporary files", "", &bench.leftovers().join(" "))
}

fn old_output() -> Result<(), String> {
    let bench = Bench::new(&[("k.cu", "#error no\n"), ("k.o", "old")])?;
    let answer = bench.run(&["nvcc", "-c", "k.cu"])?;
    same("exit code", "Some(1)", &format!("{:?}", answer.code))?;
    same("output", "old", &bench.text("k.o")?)
}

/// A file system of a few pages, mounted for the test in a mount name space of its own.
fn on_tiny_disk(script: &str, bench: &Bench) -> Result<crate::bench::Answer, String> {
    let script = format!("mount -t tmpfs -o size=16k tmpfs disk && {script}");
    let mut command = std::process::Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", &script]).current_dir(bench.path(""));
    command.env("NVCC", env!("CARGO_BIN_EXE_wavefold")).env("WAVEFOLD_HOME", toolkit()?);
    crate::bench::answer(command)
}

fn full_disk() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.write("disk/x", "")?;
    let script =
        "echo old > disk/k.o; $NVCC nvcc -c k.cu -o disk/k.o -g; echo code $?; cat disk/k.o; ls -A disk";
    let answer = on_tiny_disk(script, &bench)?;
    same("stderr", "nvcc: error: cannot write 'disk/k.o': No space left on device\n", &answer.stderr)?;
    same("stdout", "code 1\nold\nk.o\n", &answer.stdout)
}

fn full_scratch() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.write("disk/x", "")?;
    let script =
        "TMPDIR=$PWD/disk $NVCC nvcc -c k.cu -o k.o -g; echo code $?; ls -A disk; ls k.o 2>/dev/null";
    let answer = on_tiny_disk(script, &bench)?;
    contains("stderr", &answer.stderr.to_lowercase(), "no space left on device")?;
    same("stdout", "code 1\n", &answer.stdout)
}

fn modes() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "umask 027; $NVCC nvcc -c k.cu && $NVCC nvcc k.o -o program && stat -c %a k.o program"]);
    command
        .current_dir(bench.path(""))
        .env("NVCC", env!("CARGO_BIN_EXE_wavefold"))
        .env("WAVEFOLD_HOME", toolkit()?);
    let answer = crate::bench::answer(command)?;
    same("modes", "640\n750\n", &answer.stdout)
}

fn dev_null() -> Result<(), String> {
    let bench = Bench::new(FILES)?;
    bench.succeed(&["nvcc", "-c", "k.cu", "-o", "/dev/null"])?;
    use std::os::unix::fs::FileTypeExt;
    let device = std::fs::metadata("/dev/null").map_err(|e| e.to_string())?.file_type().is_char_device();
    same("/dev/null is a device", "true", &device.to_string())
}
