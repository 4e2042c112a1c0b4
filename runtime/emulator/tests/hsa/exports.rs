//! The exported names are AMD's, under AMD's version node, and nothing of Rust's shows.

use std::collections::BTreeSet;

use goblin::elf::Elf;

use super::api::library_path;

/// What ROCr 5.2.3 exports (`nm -D --defined-only` of Debian 12's libhsa-runtime64.so.1).
const ROCR_5: &str = include_str!("rocr-5.2.3.txt");

/// What clients of ROCr 6 (HIP 6, LLVM's offload plugin) use beyond it.
const ROCR_6: &[&str] = &[
    "hsa_amd_agent_set_async_scratch_limit",
    "hsa_amd_memory_async_copy_on_engine",
    "hsa_amd_memory_copy_engine_status",
    "hsa_amd_portable_close_dmabuf",
    "hsa_amd_portable_export_dmabuf",
    "hsa_amd_queue_get_info",
    "hsa_amd_spm_acquire",
    "hsa_amd_spm_release",
    "hsa_amd_spm_set_dest_buffer",
    "hsa_amd_vmem_address_free",
    "hsa_amd_vmem_address_reserve",
    "hsa_amd_vmem_address_reserve_align",
    "hsa_amd_vmem_export_shareable_handle",
    "hsa_amd_vmem_get_access",
    "hsa_amd_vmem_get_alloc_properties_from_handle",
    "hsa_amd_vmem_handle_create",
    "hsa_amd_vmem_handle_release",
    "hsa_amd_vmem_import_shareable_handle",
    "hsa_amd_vmem_map",
    "hsa_amd_vmem_retain_alloc_handle",
    "hsa_amd_vmem_set_access",
    "hsa_amd_vmem_unmap",
];

#[test]
fn exactly_the_names_of_the_runtime_are_exported() {
    let bytes = std::fs::read(library_path()).expect("the library");
    let elf = Elf::parse(&bytes).expect("an ELF file");
    let exported: BTreeSet<&str> = elf
        .dynsyms
        .iter()
        .filter(|symbol| symbol.st_shndx != 0 && symbol.st_bind() != 0)
        .filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name))
        .filter(|name| *name != "ROCR_1")
        .collect();
    let mut expected: BTreeSet<&str> = ROCR_5.lines().collect();
    expected.extend(ROCR_6);
    expected.insert("wavefold_emulator_statistics");
    assert_eq!(exported.difference(&expected).collect::<Vec<_>>(), Vec::<&&str>::new(), "too much");
    assert_eq!(expected.difference(&exported).collect::<Vec<_>>(), Vec::<&&str>::new(), "missing");
}

#[test]
fn the_library_has_the_name_and_version_that_clients_link_to() {
    let bytes = std::fs::read(library_path()).expect("the library");
    let elf = Elf::parse(&bytes).expect("an ELF file");
    assert_eq!(elf.soname, Some("libhsa-runtime64.so.1"));
    let definitions = elf.verdef.as_ref().expect("version definitions");
    let names: Vec<_> = definitions
        .iter()
        .flat_map(|definition| {
            definition.iter().next().and_then(|auxiliary| elf.dynstrtab.get_at(auxiliary.vda_name))
        })
        .collect();
    assert_eq!(names, ["libhsa-runtime64.so.1", "ROCR_1"]);
}
