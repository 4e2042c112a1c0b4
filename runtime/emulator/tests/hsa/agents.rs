//! Agents, their instruction set and their pools say what clients rely on.

use std::ffi::c_void;

use super::api::{INVALID_ARGUMENT, agents, api, collect, pools, query};

fn name(agent: u64) -> String {
    let mut field = [0u8; 64];
    assert_eq!((api().hsa_agent_get_info)(agent, 0, field.as_mut_ptr().cast()), 0);
    String::from_utf8_lossy(&field).trim_end_matches('\0').to_owned()
}

#[test]
fn a_cpu_and_two_gpus() {
    let agents = agents();
    assert_eq!(agents.len(), 3);
    let kinds: Vec<u32> =
        agents.iter().map(|agent| query(|value| (api().hsa_agent_get_info)(*agent, 17, value))).collect();
    assert_eq!(kinds, [0, 1, 1]);
    assert_eq!([name(agents[1]), name(agents[2])], ["gfx90a", "gfx90a"]);
    let units: u32 = query(|value| (api().hsa_agent_get_info)(agents[1], 0xa002, value));
    assert_eq!(units, 8, "as WAVEFOLD_EMULATOR says");
    let wavefront: u32 = query(|value| (api().hsa_agent_get_info)(agents[1], 6, value));
    assert_eq!(wavefront, 64);
}

#[test]
fn every_attribute_has_an_answer() {
    for agent in agents() {
        for attribute in (0..=24).chain(0xa000..=0xa016) {
            let mut room = [0u64; 32];
            let status = (api().hsa_agent_get_info)(agent, attribute, room.as_mut_ptr().cast());
            assert_eq!(status, 0, "attribute {attribute:#x}");
        }
        let status = (api().hsa_agent_get_info)(agent, 0xffff, [0u64; 8].as_mut_ptr().cast());
        assert_eq!(status, INVALID_ARGUMENT);
        assert_eq!((api().hsa_agent_get_info)(agent, 0, std::ptr::null_mut::<c_void>()), INVALID_ARGUMENT);
    }
    assert_eq!((api().hsa_agent_get_info)(12345, 0, [0u64; 8].as_mut_ptr().cast()), 0x1004);
}

#[test]
fn one_instruction_set() {
    let gpu = agents()[1];
    let isas = collect(|callback, data| (api().hsa_agent_iterate_isas)(gpu, callback, data));
    assert_eq!(isas.len(), 1);
    let length: u32 = query(|value| (api().hsa_isa_get_info_alt)(isas[0], 0, value));
    let mut field = vec![0u8; length as usize];
    assert_eq!((api().hsa_isa_get_info_alt)(isas[0], 1, field.as_mut_ptr().cast()), 0);
    assert_eq!(field, b"amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-\0");
}

#[test]
fn pools_as_the_hip_runtime_expects_them() {
    let flags = |agent: u64| -> Vec<(u32, u32)> {
        pools(agent)
            .into_iter()
            .map(|pool| {
                let segment: u32 = query(|value| (api().hsa_amd_memory_pool_get_info)(pool, 0, value));
                let flags: u32 = query(|value| (api().hsa_amd_memory_pool_get_info)(pool, 1, value));
                (segment, flags)
            })
            .collect()
    };
    let agents = agents();
    assert_eq!(flags(agents[0]), [(0, 2), (0, 3), (0, 4)]);
    assert_eq!(flags(agents[1]), [(0, 4), (0, 2), (3, 0)]);
    let size: usize = query(|value| (api().hsa_amd_memory_pool_get_info)(pools(agents[1])[0], 2, value));
    assert_eq!(size, 256 << 20);
}
