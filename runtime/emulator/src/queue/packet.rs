//! AQL packets: 64 bytes to a typed packet, and the checks that need no memory but the packet's own.

use super::signal::Condition;
use crate::hsa::status::Status;

/// LDS of a work-group.
pub const GROUP_SEGMENT_MAX: u32 = 64 << 10;
/// Scratch of a work-item: 13 bits of KiB for a wavefront of 64.
pub const PRIVATE_SEGMENT_MAX: u32 = (8191 << 10) / 64;
/// Work-items of a work-group.
pub const WORKGROUP_MAX: u32 = 1024;

/// A kernel dispatch packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Dispatch {
    pub workgroup_size: [u16; 3],
    pub grid_size: [u32; 3],
    pub private_segment_size: u32,
    pub group_segment_size: u32,
    pub kernel_object: u64,
    pub kernarg_address: u64,
}

/// A packet's kind with what only that kind has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Body {
    Dispatch(Dispatch),
    BarrierAnd([u64; 5]),
    BarrierOr([u64; 5]),
    BarrierValue { signal: u64, value: i64, mask: i64, condition: Condition },
}

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What to do.
    pub body: Body,
    /// The signal to decrement when it is done, or 0.
    pub completion_signal: u64,
}

/// Why a packet is refused: the status that the queue fails with, and a phrase for the user.
pub type Refusal = (Status, &'static str);

/// Reads a packet.
///
/// # Errors
/// The statuses are those of AMD's packet processor: dimensions that do not fit are incompatible arguments, too much
/// LDS an invalid allocation, too large a work-group an invalid argument.
pub fn parse(bytes: &[u64; 8]) -> Result<Packet, Refusal> {
    let header = bytes[0] as u16;
    let completion_signal = bytes[7];
    let signals = || [bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]];
    let body = match header & 0xff {
        0 if bytes[0] >> 16 & 0xff == 2 => Body::BarrierValue {
            signal: bytes[1],
            value: bytes[2] as i64,
            mask: bytes[3] as i64,
            condition: Condition::from_raw(bytes[4] as u32)
                .ok_or((Status::ERROR_INVALID_PACKET_FORMAT, "unknown condition"))?,
        },
        2 => Body::Dispatch(parse_dispatch(bytes)?),
        3 => Body::BarrierAnd(signals()),
        5 => Body::BarrierOr(signals()),
        _ => return Err((Status::ERROR_INVALID_PACKET_FORMAT, "unknown packet type")),
    };
    Ok(Packet { body, completion_signal })
}

fn parse_dispatch(bytes: &[u64; 8]) -> Result<Dispatch, Refusal> {
    let half = |index: usize| (bytes[index / 4] >> (index % 4 * 16)) as u16;
    let word = |index: usize| (bytes[index / 2] >> (index % 2 * 32)) as u32;
    let dimensions = usize::from(half(1) & 3);
    if dimensions == 0 {
        return Err((Status::ERROR_INCOMPATIBLE_ARGUMENTS, "a grid of no dimensions"));
    }
    let mut workgroup_size = [half(2), half(3), half(4)];
    let mut grid_size = [word(3), word(4), word(5)];
    for unused in dimensions..3 {
        if workgroup_size[unused] > 1 || grid_size[unused] > 1 {
            return Err((Status::ERROR_INCOMPATIBLE_ARGUMENTS, "a size beyond the grid's dimensions"));
        }
        workgroup_size[unused] = 1;
        grid_size[unused] = 1;
    }
    if workgroup_size.contains(&0) || grid_size.contains(&0) {
        return Err((Status::ERROR_INCOMPATIBLE_ARGUMENTS, "a size of zero"));
    }
    if workgroup_size.iter().map(|&size| u64::from(size)).product::<u64>() > u64::from(WORKGROUP_MAX) {
        return Err((Status::ERROR_INVALID_ARGUMENT, "a work-group of more than 1024 work-items"));
    }
    let dispatch = Dispatch {
        workgroup_size,
        grid_size,
        private_segment_size: word(6),
        group_segment_size: word(7),
        kernel_object: bytes[4],
        kernarg_address: bytes[5],
    };
    if dispatch.group_segment_size > GROUP_SEGMENT_MAX {
        return Err((Status::ERROR_INVALID_ALLOCATION, "more than 64 KiB of LDS"));
    }
    if dispatch.private_segment_size > PRIVATE_SEGMENT_MAX {
        return Err((Status::ERROR_OUT_OF_RESOURCES, "more scratch than a work-item can have"));
    }
    Ok(dispatch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dispatch(dimensions: u16, workgroup: [u16; 3], grid: [u32; 3], private: u32, group: u32) -> [u64; 8] {
        let mut bytes = [0u8; 64];
        bytes[0] = 2;
        bytes[2..4].copy_from_slice(&dimensions.to_le_bytes());
        for (index, size) in workgroup.into_iter().enumerate() {
            bytes[4 + 2 * index..6 + 2 * index].copy_from_slice(&size.to_le_bytes());
        }
        for (index, size) in grid.into_iter().enumerate() {
            bytes[12 + 4 * index..16 + 4 * index].copy_from_slice(&size.to_le_bytes());
        }
        bytes[24..28].copy_from_slice(&private.to_le_bytes());
        bytes[28..32].copy_from_slice(&group.to_le_bytes());
        std::array::from_fn(|index| {
            u64::from_le_bytes(bytes[8 * index..8 * index + 8].try_into().expect("eight bytes"))
        })
    }

    #[test]
    fn reads_a_dispatch() {
        let packet = parse(&dispatch(2, [8, 4, 1], [1000, 7, 1], 16, 256)).expect("valid");
        let Body::Dispatch(dispatch) = packet.body else { panic!("not a dispatch") };
        assert_eq!(dispatch.workgroup_size, [8, 4, 1]);
        assert_eq!(dispatch.grid_size, [1000, 7, 1]);
        assert_eq!((dispatch.private_segment_size, dispatch.group_segment_size), (16, 256));
    }

    #[test]
    fn refuses_bad_geometry_with_the_status_of_the_hardware() {
        for (bytes, status) in [
            (dispatch(0, [64, 1, 1], [64, 1, 1], 0, 0), Status::ERROR_INCOMPATIBLE_ARGUMENTS),
            (dispatch(1, [0, 1, 1], [64, 1, 1], 0, 0), Status::ERROR_INCOMPATIBLE_ARGUMENTS),
            (dispatch(3, [1, 1, 1], [64, 0, 1], 0, 0), Status::ERROR_INCOMPATIBLE_ARGUMENTS),
            (dispatch(1, [1, 2, 1], [64, 2, 1], 0, 0), Status::ERROR_INCOMPATIBLE_ARGUMENTS),
            (dispatch(1, [1025, 1, 1], [64, 1, 1], 0, 0), Status::ERROR_INVALID_ARGUMENT),
            (dispatch(3, [65535, 65535, 65535], [64, 1, 1], 0, 0), Status::ERROR_INVALID_ARGUMENT),
            (dispatch(1, [64, 1, 1], [64, 1, 1], 0, 65537), Status::ERROR_INVALID_ALLOCATION),
            (dispatch(1, [64, 1, 1], [64, 1, 1], u32::MAX, 0), Status::ERROR_OUT_OF_RESOURCES),
            ([4, 0, 0, 0, 0, 0, 0, 0], Status::ERROR_INVALID_PACKET_FORMAT),
            ([0; 8], Status::ERROR_INVALID_PACKET_FORMAT),
            ([255; 8], Status::ERROR_INVALID_PACKET_FORMAT),
        ] {
            assert_eq!(parse(&bytes).map_err(|(status, _)| status), Err(status));
        }
    }
}
