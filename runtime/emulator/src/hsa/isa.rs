//! Specification 2.8: instruction set architectures. There is one, with one wavefront size.

use std::ffi::c_void;

use super::abi::{Agent, Dim3, Isa, Out, Outcome, Text, Wavefront, hsa_functions, iterate};
use super::device::{self, ISA_NAME};
use super::status::Status;

/// The handle of the one instruction set.
pub const HANDLE: Isa = Isa { handle: 0x5746_4953_0000_0001 };
const WAVEFRONT: Wavefront = Wavefront { handle: 0x5746_5746_0000_0040 };

fn check(isa: Isa) -> Outcome {
    if isa == HANDLE { Ok(()) } else { Err(Status::ERROR_INVALID_ISA) }
}

fn info(isa: Isa, attribute: u32, value: Out<c_void>) -> Outcome {
    check(isa)?;
    let word = |figure: u32| value.of::<u32>().put(figure);
    match attribute {
        // AMD's runtime counts the terminating NUL.
        0 => word(ISA_NAME.len() as u32 + 1),
        1 => value.of::<u8>().put_all(ISA_NAME.bytes().chain([0])),
        2 => word(1),
        3 => word(64),
        4 => word(32),
        5 => value.of::<[bool; 2]>().put([false, true]),
        6 => value.of::<[bool; 2]>().put([true, false]),
        7 => value.of::<[bool; 3]>().put([false, false, true]),
        8 => value.of::<[bool; 3]>().put([false, false, true]),
        9 => value.of::<bool>().put(true),
        12 => value.of::<[u16; 3]>().put([1024; 3]),
        13 => word(1024),
        14 => value.of::<Dim3>().put(Dim3 { x: u32::MAX, y: u32::MAX, z: u32::MAX }),
        16 => value.of::<u64>().put(u64::MAX),
        17 => word(32),
        _ => Err(Status::ERROR_INVALID_ARGUMENT),
    }
}

hsa_functions! {
    fn hsa_isa_from_name(name: Text, isa: Out<Isa>) {
        let name = name.required()?;
        // A name that leaves a feature open means either setting of it.
        let (processor, features) = name.split_once(':').unwrap_or((&name, ""));
        let fits = |feature: &str| matches!(feature, "" | "sramecc+" | "xnack-");
        if processor != "amdgcn-amd-amdhsa--gfx90a" || !features.split(':').all(fits) {
            return Err(Status::ERROR_INVALID_ISA_NAME);
        }
        isa.put(HANDLE)
    }

    fn hsa_agent_iterate_isas(agent: Agent, callback: Option<extern "C" fn(Isa, usize) -> u32>, data: usize) {
        let index = device::agent_index(agent)?;
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        iterate((index != 0).then_some(HANDLE), |isa| callback(isa, data))
    }

    fn hsa_isa_get_info(isa: Isa, attribute: u32, index: u32, value: Out<c_void>) {
        check(isa)?;
        if index != 0 {
            return Err(Status::ERROR_INVALID_INDEX);
        }
        info(isa, attribute, value)
    }

    fn hsa_isa_get_info_alt(isa: Isa, attribute: u32, value: Out<c_void>) {
        info(isa, attribute, value)
    }

    fn hsa_isa_get_exception_policies(isa: Isa, profile: u32, mask: Out<u16>) {
        check(isa)?;
        if profile > 1 {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        mask.put(0)
    }

    fn hsa_isa_get_round_method(isa: Isa, fp_type: u32, flush_mode: u32, method: Out<u32>) {
        check(isa)?;
        if !matches!(fp_type, 1 | 2 | 4) || !matches!(flush_mode, 1 | 2) {
            return Err(Status::ERROR_INVALID_ARGUMENT);
        }
        method.put(1)
    }

    fn hsa_isa_iterate_wavefronts(
        isa: Isa,
        callback: Option<extern "C" fn(Wavefront, usize) -> u32>,
        data: usize,
    ) {
        check(isa)?;
        let callback = callback.ok_or(Status::ERROR_INVALID_ARGUMENT)?;
        iterate([WAVEFRONT], |wavefront| callback(wavefront, data))
    }

    fn hsa_wavefront_get_info(wavefront: Wavefront, attribute: u32, value: Out<c_void>) {
        if wavefront != WAVEFRONT {
            return Err(Status::ERROR_INVALID_WAVEFRONT);
        }
        match attribute {
            0 => value.of::<u32>().put(64),
            _ => Err(Status::ERROR_INVALID_ARGUMENT),
        }
    }

    fn hsa_isa_compatible(code_object_isa: Isa, agent_isa: Isa, result: Out<bool>) {
        check(code_object_isa)?;
        check(agent_isa)?;
        result.put(true)
    }
}
