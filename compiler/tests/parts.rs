//! Large modules, which are compiled in parts: the parts must fit together, and the number of threads must not show.

mod common;

use common::complaint;
use std::path::Path;
use std::process::Command;
use wavefold_compiler::{Options, Threads, compile};
use wavefold_formats::CodeObject;

/// A module of several kernels of some length that share variables and functions.
fn module() -> String {
    let mut text = ".version 8.0\n.target sm_70\n.address_size 64\n\
        .visible .global .align 4 .u32 seen;\n.global .align 4 .u32 counter;\n\
        .const .align 4 .b32 table[2] = {1, 2};\n.shared .align 4 .b8 block[64];\n\
        .func (.reg .u32 %r0) helper(.reg .u32 %r1)\n{\nst.volatile.shared.u32 [block+4], %r1;\nadd.u32 %r0, %r1, 1;\nret;\n}\n"
        .to_owned();
    for (kernel, name) in ["e", "d", "c", "b", "a"].into_iter().enumerate() {
        let long: String = (0..200 + 20 * kernel)
            .map(|i| format!("mad.lo.u32 %r1, %r1, {}, %r2;\nxor.b32 %r2, %r2, %r1;\n", i * 7 + kernel))
            .collect();
        text += &format!(
            ".visible .entry {name}(.param .u64 p)\n{{\n.reg .b32 %r<9>;\n.reg .b64 %rd<9>;\n\
             .shared .align 4 .b8 own[{bytes}];\nld.param.u64 %rd1, [p];\nld.global.u32 %r1, [%rd1];\n\
             ld.const.u32 %r2, [table+4];\n{long}call (%r3), helper, (%r1);\nst.volatile.shared.u32 [own], %r3;\n\
             ld.volatile.shared.u32 %r4, [block+4];\nadd.u32 %r3, %r3, %r4;\n\
             red.global.add.u32 [seen], %r3;\nred.global.add.u32 [counter], %r2;\n\
             ld.global.u32 %r5, [counter];\nst.global.u32 [%rd1], %r5;\nret;\n}}\n",
            bytes = 64 * (kernel + 1),
        );
    }
    text
}

fn build(ptx: &str, threads: Threads) -> Vec<u8> {
    let options = Options { threads, ..Options::default() };
    compile(ptx.as_bytes(), "test.ptx", &options).unwrap_or_else(|error| panic!("{error}")).bytes
}

/// What an LLVM tool says of a code object.
fn ask(tool: &str, arguments: &[&str], object: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("module.hsaco");
    std::fs::write(&path, object).expect("written");
    let beside = option_env!("LLVM_SYS_221_PREFIX").map(|prefix| Path::new(prefix).join("bin").join(tool));
    let tool = beside.filter(|path| path.is_file()).unwrap_or_else(|| format!("{tool}-22").into());
    let output = Command::new(tool).args(arguments).arg(&path).output().expect("LLVM's tools are installed");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_number_of_threads_does_not_show() {
    let ptx = module();
    let one = build(&ptx, Threads::Fixed(1));
    for threads in [2, 7] {
        assert!(build(&ptx, Threads::Fixed(threads)) == one, "{threads} threads give other bytes");
    }
}

#[test]
fn one_metadata_note_has_all_kernels_in_order() {
    let bytes = build(&module(), Threads::Processors);
    let object = CodeObject::parse(&bytes).expect("a code object");
    let kernels: Vec<(&str, u32)> =
        object.kernels.iter().map(|kernel| (kernel.name.as_str(), kernel.group_size)).collect();
    // Each kernel's own shared variable and the one of the module, which the function uses too.
    assert_eq!(kernels, [("e", 128), ("d", 192), ("c", 256), ("b", 320), ("a", 384)]);
    assert_eq!(object.note.expect("our note").kernels.len(), 5);
    let notes = ask("llvm-readelf", &["--notes"], &bytes);
    assert_eq!(notes.matches("NT_AMDGPU_METADATA").count(), 1, "{notes}");
}

#[test]
fn each_variable_is_defined_once_and_reached_directly() {
    let bytes = build(&module(), Threads::Processors);
    let symbols = ask("llvm-nm", &[], &bytes);
    let count = |name: &str| symbols.lines().filter(|line| line.ends_with(&format!(" {name}"))).count();
    assert_eq!((count("seen"), count("counter")), (1, 1), "{symbols}");
    let sections = ask("llvm-readelf", &["-S"], &bytes);
    assert!(!sections.contains(".got"), "a variable of another part is reached through a table:\n{sections}");
}

#[test]
fn complaints_of_all_parts_come_together_each_once() {
    let wrong = "wgmma.fence.sync.aligned;\nret;\n}";
    let ptx = module().replace("ret;\n}", wrong).replace(".target sm_70", ".target sm_90a");
    let text = complaint(&ptx);
    let places: Vec<u32> = text
        .lines()
        .filter_map(|line| line.strip_prefix("test.ptx:")?.split(':').next()?.parse().ok())
        .collect();
    assert_eq!(places.len(), 6, "one in the function that all parts have, one in each kernel: {text}");
    assert!(places.is_sorted(), "{places:?}");
}
