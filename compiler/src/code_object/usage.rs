//! What `-v` prints of each kernel: registers, LDS, scratch, mapping and occupancy, read back from the code object.

use wavefold_formats::code_object::{CodeObject, CodeObjectError, KernelMetadata};
use wavefold_formats::note::WarpMapping;

/// Registers of a lane of a SIMD unit, and the granule they are given out by.
const VGPRS: u32 = 512;
const VGPR_GRANULE: u32 = 8;
/// Wavefront slots of a SIMD unit, SIMD units of a compute unit, LDS bytes of a compute unit.
const WAVEFRONTS: u32 = 8;
const SIMDS: u32 = 4;
const LDS_BYTES: u32 = 65536;
const WAVEFRONT_SIZE: u32 = 64;

/// One line for each kernel.
pub fn describe(bytes: &[u8]) -> Result<Vec<String>, CodeObjectError> {
    let object = CodeObject::parse(bytes)?;
    let note = object.note.as_ref();
    Ok(object
        .kernels
        .iter()
        .map(|kernel| {
            let about = note.and_then(|note| note.kernels.iter().find(|other| other.name == kernel.name));
            let mapping = about.map_or(WarpMapping::Fold, |about| about.mapping);
            line(kernel, mapping)
        })
        .collect())
}

fn line(kernel: &KernelMetadata, mapping: WarpMapping) -> String {
    // The metadata's VGPR count is of the unified file, accumulation registers included.
    let spills = match kernel.vgpr_spills + kernel.sgpr_spills {
        0 => String::new(),
        _ => format!(", {} VGPRs and {} SGPRs spilled", kernel.vgpr_spills, kernel.sgpr_spills),
    };
    let cost = match mapping {
        WarpMapping::Fold => "two warps a wavefront",
        WarpMapping::Split => "one warp a wavefront: half the vector rate, at most 512 threads a block",
    };
    format!(
        "{}: {} VGPRs ({} AGPRs), {} SGPRs, {} bytes LDS, {} bytes scratch{}{spills}; {mapping} ({cost}); \
         occupancy {} wavefronts a SIMD",
        kernel.name,
        kernel.vgprs,
        kernel.agprs,
        kernel.sgprs,
        kernel.group_size,
        kernel.private_size,
        if kernel.dynamic_stack { " and a dynamic stack" } else { "" },
        occupancy(kernel),
    )
}

/// Wavefronts that fit on a SIMD unit at the kernel's largest block.
fn occupancy(kernel: &KernelMetadata) -> u32 {
    let by_registers = VGPRS / kernel.vgprs.max(1).next_multiple_of(VGPR_GRANULE).min(VGPRS);
    let wavefronts = kernel.max_workgroup_size.max(1).div_ceil(WAVEFRONT_SIZE);
    let by_lds = match kernel.group_size {
        0 => WAVEFRONTS,
        bytes => (LDS_BYTES / bytes.min(LDS_BYTES)) * wavefronts / SIMDS,
    };
    by_registers.min(by_lds.max(1)).min(WAVEFRONTS)
}
