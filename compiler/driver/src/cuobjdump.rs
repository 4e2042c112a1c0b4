//! cuobjdump: what device code an object, program, library, fat binary or code object holds.
//!
//! Takes any number of files. Without an option, or with `-lelf` and `-lptx`, it lists entries; `-ptx` prints the PTX;
//! `-elf` describes the code objects; `-xelf`/`-xptx` write entries to files; `-res-usage` shows what each kernel uses.
//! Registers, LDS and scratch are AMD's; the mapping says how warps lie in wavefronts.

use crate::failure::{Failure, Result, reason};
use crate::install::install_bytes;
use std::io::Write;
use wavefold_formats::fat_binary::{self, CONTAINER_MAGIC, Entry, EntryKind, FatBinary};
use wavefold_formats::{CodeObject, VariableSpace};

#[derive(Default)]
struct Options {
    list_elf: bool,
    list_ptx: bool,
    dump_elf: bool,
    dump_ptx: bool,
    extract_elf: Option<String>,
    extract_ptx: Option<String>,
    resources: bool,
}

/// Runs cuobjdump; returns its exit code.
pub fn main(arguments: Vec<String>) -> i32 {
    match run(arguments) {
        Ok(()) => 0,
        Err(failure) => failure.report("cuobjdump"),
    }
}

fn run(arguments: Vec<String>) -> Result<()> {
    let mut options = Options::default();
    let mut files = Vec::new();
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-'));
        match bare {
            None => files.push(word),
            Some("lelf" | "list-elf") => options.list_elf = true,
            Some("lptx" | "list-ptx") => options.list_ptx = true,
            Some("elf" | "dump-elf") => options.dump_elf = true,
            Some("ptx" | "dump-ptx") => options.dump_ptx = true,
            Some("res-usage" | "dump-resource-usage") => options.resources = true,
            Some("all" | "all-fatbin") => {}
            Some("xelf" | "extract-elf") => options.extract_elf = Some(words.next().unwrap_or_default()),
            Some("xptx" | "extract-ptx") => options.extract_ptx = Some(words.next().unwrap_or_default()),
            Some("sass" | "dump-sass") => {
                return Err(Failure::input("-sass is not supported: the code is AMD's")
                    .note("extract it by -xelf all and use llvm-objdump -d"));
            }
            Some("version" | "V") => {
                println!("cuobjdump: Wavefold {}", env!("CARGO_PKG_VERSION"));
                return Ok(());
            }
            Some("help" | "h") => {
                println!(
                    "usage: cuobjdump [-lelf] [-lptx] [-elf] [-ptx] [-xelf NAME] [-xptx NAME] [-res-usage] file..."
                );
                return Ok(());
            }
            Some(_) => return Err(Failure::input(format!("unknown option '{word}'"))),
        }
    }
    if files.is_empty() {
        return Err(Failure::input("no input files"));
    }
    let mut out = Vec::new();
    for file in &files {
        show(file, &options, &mut out)?;
    }
    // A reader that has seen enough closes the pipe.
    let _ = std::io::stdout().lock().write_all(&out);
    Ok(())
}

fn show(file: &str, options: &Options, out: &mut Vec<u8>) -> Result<()> {
    let bytes =
        std::fs::read(file).map_err(|e| Failure::input(format!("cannot read '{file}': {}", reason(&e))))?;
    let bad = |e: &dyn std::fmt::Display| Failure::input(format!("'{file}': {e}"));
    let stem = std::path::Path::new(file)
        .file_stem()
        .map_or_else(|| "a".into(), |s| s.to_string_lossy().into_owned());
    if let Ok(object) = CodeObject::parse(&bytes) {
        // A bare code object is shown like an entry.
        if options.resources {
            resources(&object, out);
        } else {
            describe(&format!("{stem}.gfx90a.elf"), &object, bytes.len(), out);
        }
        return Ok(());
    }
    let containers = containers(&bytes);
    if containers.is_empty() {
        return Err(Failure::input(format!("'{file}' contains no device code")));
    }
    let (mut elf_count, mut ptx_count) = (0, 0);
    for container in containers {
        let read = FatBinary::parse(container).map_err(|e| bad(&e))?;
        for entry in read.entries() {
            match entry.kind {
                EntryKind::AmdCodeObject => {
                    elf_count += 1;
                    let name = format!("{stem}.{elf_count}.gfx{:x}.elf", entry.arch);
                    show_elf(&name, entry, options, out).map_err(|e| bad(&e))?;
                }
                EntryKind::Ptx => {
                    ptx_count += 1;
                    let name = format!("{stem}.{ptx_count}.compute_{}.ptx", entry.arch);
                    show_ptx(&name, entry, options, out).map_err(|e| bad(&e))?;
                }
                EntryKind::Cubin => line(out, &format!("skipped: a cubin of NVIDIA's for sm_{}", entry.arch)),
                EntryKind::Other(kind) => line(out, &format!("skipped: an entry of unknown kind {kind:#x}")),
            }
        }
    }
    Ok(())
}

fn show_elf(name: &str, entry: &Entry<'_>, options: &Options, out: &mut Vec<u8>) -> Result<()> {
    let bytes = entry.payload().map_err(|e| Failure::input(e.to_string()))?;
    let object = CodeObject::parse(&bytes).map_err(|e| Failure::input(e.to_string()))?;
    if options.resources {
        resources(&object, out);
    }
    if options.dump_elf || options.is_plain() {
        describe(name, &object, bytes.len(), out);
    } else if options.list_elf {
        line(out, &format!("ELF file: {name}"));
    }
    if let Some(wanted) = &options.extract_elf
        && (wanted == "all" || name.contains(wanted.as_str()))
    {
        install_bytes(&bytes, std::path::Path::new(name))?;
        line(out, &format!("extracted: {name}"));
    }
    Ok(())
}

fn show_ptx(name: &str, entry: &Entry<'_>, options: &Options, out: &mut Vec<u8>) -> Result<()> {
    let text = entry.payload().map_err(|e| Failure::input(e.to_string()))?;
    if options.list_ptx || options.is_plain() {
        let stored = if entry.is_compressed() {
            format!(", {} compressed", entry.stored_size())
        } else {
            String::new()
        };
        line(out, &format!("PTX file: {name} ({} bytes{stored})", text.len()));
    }
    if options.dump_ptx {
        line(out, &format!("// {name}"));
        out.extend_from_slice(&text);
        out.push(b'\n');
    }
    if let Some(wanted) = &options.extract_ptx
        && (wanted == "all" || name.contains(wanted.as_str()))
    {
        install_bytes(&text, std::path::Path::new(name))?;
        line(out, &format!("extracted: {name}"));
    }
    Ok(())
}

impl Options {
    /// Nothing was asked for in particular: list everything with its kernels.
    fn is_plain(&self) -> bool {
        !(self.list_elf
            || self.list_ptx
            || self.dump_elf
            || self.dump_ptx
            || self.resources
            || self.extract_elf.is_some()
            || self.extract_ptx.is_some())
    }
}

fn describe(name: &str, object: &CodeObject, size: usize, out: &mut Vec<u8>) {
    line(out, &format!("ELF file: {name} ({size} bytes, {})", object.target));
    for kernel in &object.kernels {
        let note = object.note.as_ref().and_then(|note| note.kernels.iter().find(|k| k.name == kernel.name));
        let mapping = note.map_or_else(|| "unknown".to_string(), |note| note.mapping.to_string());
        let block = note.map_or(kernel.max_workgroup_size, |note| note.max_threads);
        line(out, &format!("  kernel {} (mapping {mapping}, at most {block} threads a block)", kernel.name));
    }
    for variable in object.note.iter().flat_map(|note| &note.variables) {
        let space = match variable.space {
            VariableSpace::Global => "global",
            VariableSpace::Constant => "constant",
        };
        line(out, &format!("  variable {} ({} bytes, {space})", variable.name, variable.size));
    }
}

fn resources(object: &CodeObject, out: &mut Vec<u8>) {
    for kernel in &object.kernels {
        let note = object.note.as_ref().and_then(|note| note.kernels.iter().find(|k| k.name == kernel.name));
        let mapping = note.map_or_else(|| "unknown".to_string(), |note| note.mapping.to_string());
        line(out, &format!("Function {}:", kernel.name));
        line(
            out,
            &format!(
                "  VGPR:{} AGPR:{} SGPR:{} SPILL:{}+{} LDS:{} SCRATCH:{} KERNARG:{} MAPPING:{mapping}",
                kernel.vgprs,
                kernel.agprs,
                kernel.sgprs,
                kernel.vgpr_spills,
                kernel.sgpr_spills,
                kernel.group_size,
                kernel.private_size,
                kernel.kernarg_size
            ),
        );
    }
}

fn line(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

/// Every container in `bytes`: containers start at multiples of 8 in an object's section, an archive's member or a
/// file of their own, so the bytes are searched for the magic number.
fn containers(bytes: &[u8]) -> Vec<&[u8]> {
    let magic = CONTAINER_MAGIC.to_le_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(rest) = bytes.get(start..) {
        let Some(offset) = rest.windows(4).position(|window| window == magic) else { break };
        let here = &rest[offset..];
        match fat_binary::container_size(here) {
            // A chance hit in code or data has no plausible entries behind it.
            Ok(size) if size <= here.len() && FatBinary::parse(here).is_ok() => {
                found.push(&here[..size]);
                start += offset + size.max(4);
            }
            _ => start += offset + 4,
        }
    }
    found
}
