//! fatbinary: puts code objects and PTX into NVIDIA's container.
//!
//! Takes the options that nvcc, clang and CMake give NVIDIA's tool: `--create F` (or `--create=F`), `-64`,
//! `--image3=kind=elf|ptx,sm=NN,file=F` (also `--image=profile=...,file=F`). A code object is read before it is taken: an
//! ELF file that is not for gfx90a is refused.

use crate::failure::{Failure, Result, reason};
use crate::install::install_bytes;
use std::path::{Path, PathBuf};
use wavefold_formats::CodeObject;
use wavefold_formats::fat_binary::{ARCH_GFX90A, EntryKind, FatBinaryBuilder};

/// One `--image`.
struct Image {
    elf: bool,
    arch: String,
    file: PathBuf,
}

/// Runs fatbinary; returns its exit code.
pub fn main(arguments: Vec<String>) -> i32 {
    match run(arguments) {
        Ok(()) => 0,
        Err(failure) => failure.report("fatbinary"),
    }
}

fn run(arguments: Vec<String>) -> Result<()> {
    let mut target = None;
    let mut compress = true;
    let mut images = Vec::new();
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        let (name, mut value) = match word.split_once('=') {
            Some((name, value)) => (name.to_string(), Some(value.to_string())),
            None => (word.clone(), None),
        };
        let mut needed = |what: &str| {
            value
                .take()
                .or_else(|| words.next())
                .ok_or_else(|| Failure::input(format!("option '{name}' needs {what}")))
        };
        match name.as_str() {
            "--create" | "-create" => target = Some(PathBuf::from(needed("a file name")?)),
            "--image3" | "--image" | "-image3" | "-image" => images.push(image(&needed("an image")?)?),
            "--no-compress" => compress = false,
            // What NVIDIA's tool needs to be told and ours knows, or has no use for.
            "-64" | "--64" | "-c" | "--cuda" | "-g" | "--device-c" | "--compress-all" | "-compress-all" => {}
            "--ident" | "-ident" | "--cicc-cmdline" | "--compress" | "-compress" => {
                needed("a value")?;
            }
            "--embedded-fatbin" | "-embedded-fatbin" => {
                return Err(Failure::input("--embedded-fatbin is not supported; compile the object by nvcc"));
            }
            "--version" | "-V" => {
                println!("fatbinary: Wavefold {}", env!("CARGO_PKG_VERSION"));
                return Ok(());
            }
            _ => return Err(Failure::input(format!("unknown option '{word}'"))),
        }
    }
    let target = target.ok_or_else(|| Failure::input("no output: --create names it"))?;
    if images.is_empty() {
        return Err(Failure::input("no images: --image3=kind=elf,sm=gfx90a,file=NAME names one"));
    }
    let mut builder = FatBinaryBuilder::new();
    for image in &images {
        add(&mut builder, image, compress)?;
    }
    install_bytes(&builder.finish(), &target)
}

fn image(text: &str) -> Result<Image> {
    let (mut elf, mut arch) = (None, String::new());
    // The file comes last, and its name may have commas of its own.
    let (description, file) = match text.split_once("file=") {
        Some((description, file)) if !file.is_empty() => (description, Some(PathBuf::from(file))),
        _ => (text, None),
    };
    for part in description.split(',').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("kind", "elf")) => elf = Some(true),
            Some(("kind", "ptx")) => elf = Some(false),
            Some(("kind", other)) => {
                return Err(Failure::input(format!("images of kind '{other}' are not supported")));
            }
            Some(("sm", number)) => arch = number.to_string(),
            Some(("profile", name)) => {
                elf = elf.or(Some(!name.starts_with("compute_")));
                arch = name.trim_start_matches("compute_").trim_start_matches("sm_").to_string();
            }
            _ => return Err(Failure::input(format!("'{part}' is no part of an image's description"))),
        }
    }
    match (elf, file) {
        (Some(elf), Some(file)) => Ok(Image { elf, arch, file }),
        _ => Err(Failure::input(format!("the image '{text}' needs a kind and a file"))),
    }
}

fn add(builder: &mut FatBinaryBuilder, image: &Image, compress: bool) -> Result<()> {
    let bytes = read(&image.file)?;
    if image.elf {
        let object = CodeObject::parse(&bytes)
            .map_err(|e| Failure::input(format!("'{}' is no code object: {e}", image.file.display())))?;
        if object.processor() != "gfx90a" {
            let found = object.processor();
            return Err(Failure::input(format!("'{}' is for {found}, not for gfx90a", image.file.display())));
        }
        builder.entry(EntryKind::AmdCodeObject, ARCH_GFX90A, &bytes, None);
        return Ok(());
    }
    let digits: String = image.arch.chars().take_while(char::is_ascii_digit).collect();
    let arch =
        digits.parse().map_err(|_| Failure::input(format!("'{}' is no architecture of PTX", image.arch)))?;
    if compress {
        builder.ptx(arch, &bytes);
    } else {
        let mut terminated = bytes;
        terminated.push(0);
        builder.entry(EntryKind::Ptx, arch, &terminated, None);
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path)
        .map_err(|e| Failure::input(format!("cannot read '{}': {}", path.display(), reason(&e))))
}
