//! What nvcc says of itself. CMake and others read these texts, so their shapes are NVIDIA's; the words are ours.

use super::architectures;
use super::command_line::Print;
use super::table::{OPTIONS, Shape};
use crate::step::quoted;
use crate::toolkit::{COMPUTE_CAPABILITY, CUDA_VERSION, CUDA_VERSION_PARTS, Toolkit};
use std::io::Write;

/// Prints one of the texts that replace any work. A closed pipe is no error.
pub fn print(what: Print) {
    let text = match what {
        Print::Help => help(),
        Print::Version => version(),
        Print::Architectures => architectures::list("compute"),
        Print::Codes => architectures::list("sm"),
    };
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// The first line and `V12.4.131` are what CMake looks for.
fn version() -> String {
    let [major, minor, _] = CUDA_VERSION_PARTS;
    format!(
        "nvcc: NVIDIA (R) Cuda compiler driver, command line compatible\n\
         Wavefold {}, which compiles CUDA for AMD gfx90a; no part of it is NVIDIA's\n\
         Cuda compilation tools, release {major}.{minor}, V{CUDA_VERSION}\n",
        env!("CARGO_PKG_VERSION")
    )
}

fn help() -> String {
    let mut text = String::from(
        "usage: nvcc [options] file...\n\n\
         Compiles CUDA C++ (.cu), C++ and C sources, and links them with objects and libraries.\n\
         Device code is compiled for AMD gfx90a, whatever architecture is asked for.\n\n",
    );
    for row in OPTIONS.iter().filter(|row| !row.help.is_empty()) {
        let mut names = format!("--{}", row.long);
        if !row.short.is_empty() {
            names.push_str(&format!(", -{}", row.short));
        }
        names.push_str(match row.shape {
            Shape::Flag => "",
            Shape::Boolean => " true|false",
            Shape::Value | Shape::Joined => " <value>",
            Shape::List | Shape::JoinedList => " <value>,...",
        });
        text.push_str(&format!("  {names:<48} {}\n", row.help));
    }
    text.push_str("\nOptions that only steer NVIDIA's own tools are accepted and change nothing.\n");
    text
}

/// The options that make a linker find our libraries, as `-v` shows them and the link line repeats them.
pub fn library_options(toolkit: &Toolkit) -> Vec<String> {
    let lib = toolkit.lib();
    vec![format!("-L{}", lib.join("stubs").display()), format!("-L{}", lib.display())]
}

/// The variables that `-v` and `--dryrun` show before the first step, one a line.
pub fn variables(toolkit: &Toolkit) -> String {
    let root = toolkit.root().display().to_string();
    let include = format!("-I{}", toolkit.include().display());
    let libraries: Vec<String> = library_options(toolkit).iter().map(|option| quoted(option)).collect();
    let path = std::env::var("PATH").unwrap_or_default();
    let rows = [
        ("_NVVM_BRANCH_", "nvvm".to_string()),
        ("_SPACE_", String::new()),
        ("_CUDART_", "cudart".to_string()),
        ("_HERE_", format!("{root}/bin")),
        ("_THERE_", format!("{root}/bin")),
        ("_TARGET_SIZE_", String::new()),
        ("TOP", root.clone()),
        ("NVVMIR_LIBRARY_DIR", format!("{root}/nvvm/libdevice")),
        ("PATH", format!("{root}/bin:{path}")),
        ("INCLUDES", quoted(&include)),
        ("LIBRARIES", format!(" {}", libraries.join(" "))),
        ("CUDAFE_FLAGS", String::new()),
        ("PTXAS_FLAGS", String::new()),
        // CMake takes the default architecture from the first `-arch compute_NN` it sees.
        ("DEVICE_FLAGS", format!("-arch compute_{COMPUTE_CAPABILITY}")),
    ];
    rows.iter().map(|(name, value)| format!("#$ {name}={value}\n")).collect()
}
