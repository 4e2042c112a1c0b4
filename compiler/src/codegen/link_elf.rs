//! Links one relocatable object to the code object that the HSA loader takes: ET_DYN, by LLVM's own `ld.lld`.
//!
//! Takes the object's bytes, gives the shared object's; temporary files live in a private folder that goes away.

use super::CodegenError;
use std::path::PathBuf;
use std::process::Command;

/// The folder of the LLVM that this program was built with, where its `ld.lld` lies.
const LLVM_PREFIX: Option<&str> = option_env!("LLVM_SYS_221_PREFIX");

/// Finds `ld.lld`: beside the LLVM we were built with, then under its versioned and its plain name on `PATH`.
pub fn find_linker() -> Result<PathBuf, CodegenError> {
    let beside_llvm = LLVM_PREFIX.map(|prefix| PathBuf::from(prefix).join("bin/ld.lld"));
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let named = ["ld.lld-22", "ld.lld"]
        .into_iter()
        .flat_map(|name| std::env::split_paths(&on_path).map(move |folder| folder.join(name)));
    beside_llvm.into_iter().chain(named).find(|candidate| candidate.is_file()).ok_or_else(|| {
        CodegenError::Tool(
            "no ld.lld found, neither beside LLVM 22 nor on PATH (Debian: package lld-22)".into(),
        )
    })
}

/// Links the objects, in order, into one code object.
pub fn link(objects: &[Vec<u8>]) -> Result<Vec<u8>, CodegenError> {
    let linker = find_linker()?;
    let folder = tempfile::Builder::new()
        .prefix("wavefold-")
        .tempdir()
        .map_err(|e| CodegenError::Io("cannot make a temporary folder".into(), e))?;
    let output = folder.path().join("module.hsaco");
    let mut command = Command::new(&linker);
    command.args(["-flavor", "gnu", "-m", "elf64_amdgpu", "--no-undefined", "-shared"]);
    for (index, object) in objects.iter().enumerate() {
        let path = folder.path().join(format!("module{index}.o"));
        std::fs::write(&path, object)
            .map_err(|e| CodegenError::Io(format!("cannot write {}", path.display()), e))?;
        command.arg(path);
    }
    command.arg("-o").arg(&output);
    let result =
        command.output().map_err(|e| CodegenError::Io(format!("cannot start {}", linker.display()), e))?;
    if !result.status.success() {
        let complaint = String::from_utf8_lossy(&result.stderr);
        return Err(CodegenError::Tool(format!("ld.lld failed: {}", complaint.trim())));
    }
    std::fs::read(&output).map_err(|e| CodegenError::Io("cannot read the linked code object".into(), e))
}
