//! `shfl.sync` (PTX ISA 9.7.9.6): constant patterns by DPP or `ds_swizzle`, the rest by `ds_bpermute`.
//!
//! A constant shuffle is written out as a table: for each of the warp's 32 lanes, which lane it reads and whether that
//! is inside its segment. The table is then compared with what gfx90a's cheap forms read, cheapest first. Their meaning
//! is the ISA manual's; those that cross the two warps of a wavefront are never used alone.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::warp::lane_mask;
use crate::codegen::emitter::Value;
use inkwell::IntPredicate;
use inkwell::values::IntValue;
use ptx_frontend::isa::{Opcode, ScalarType, ShuffleMode};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

const LANES: usize = 32;

/// DPP control words (ISA manual, DPP_CTRL).
mod dpp {
    pub const ROW_SHL: u32 = 0x100;
    pub const ROW_SHR: u32 = 0x110;
    pub const ROW_ROR: u32 = 0x120;
    pub const WAVE_SHL_1: u32 = 0x130;
    pub const WAVE_SHR_1: u32 = 0x138;
    pub const ROW_MIRROR: u32 = 0x140;
    pub const ROW_HALF_MIRROR: u32 = 0x141;
    pub const ROW_NEWBCAST: u32 = 0x150;
    pub const ALL_BANKS: u32 = 0xF;
    pub const ALL_ROWS: u32 = 0xF;
}

/// `ds_swizzle` offsets: rotation of the 32 lanes, down and up.
const SWIZZLE_ROTATE_DOWN: u32 = 0xC000;
const SWIZZLE_ROTATE_UP: u32 = 0xC400;

/// What a shuffle with constant operands reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// The lane each lane reads; itself if that would leave its segment.
    source: [u8; LANES],
    /// The lanes that stay inside their segment: the destination predicate.
    inside: u32,
}

impl Table {
    /// The table of a shuffle, by the formulas of the PTX manual.
    fn new(mode: ShuffleMode, b: u32, c: u32) -> Self {
        let (segment, clamp, b) = (c >> 8 & 31, c & 31, b & 31);
        let mut table = Table { source: [0; LANES], inside: 0 };
        for lane in 0..32u32 {
            let last = (lane & segment) | (clamp & !segment);
            let (source, inside) = match mode {
                ShuffleMode::Up => (lane.wrapping_sub(b), lane as i32 - b as i32 >= last as i32),
                ShuffleMode::Down => (lane + b, lane + b <= last),
                ShuffleMode::Bfly => (lane ^ b, lane ^ b <= last),
                ShuffleMode::Idx => {
                    let source = (lane & segment) | (b & !segment);
                    (source, source <= last)
                }
            };
            table.source[lane as usize] = if inside { source as u8 } else { lane as u8 };
            table.inside |= u32::from(inside) << lane;
        }
        table
    }

    fn is(&self, source: impl Fn(usize) -> usize) -> bool {
        self.source.iter().enumerate().all(|(lane, &from)| usize::from(from) == source(lane))
    }

    /// The lanes that read another lane.
    fn moved(&self) -> u32 {
        (0..LANES).filter(|&lane| usize::from(self.source[lane]) != lane).map(|lane| 1 << lane).sum()
    }
}

/// How to do a constant shuffle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Every lane reads itself.
    Identity,
    /// A DPP move whose every lane reads an active lane of its row.
    Dpp(u32),
    /// A DPP move that leaves the old value where it reads beyond the row or a bank is masked off.
    DppKeep { control: u32, banks: u32 },
    /// A DPP move over the whole wavefront, then the own value for the lanes that must not cross.
    DppSelect { control: u32, moved: u32 },
    /// A `ds_swizzle`, exact.
    Swizzle(u32),
    /// A rotation of the warp by `ds_swizzle`, then the own value for the lanes outside.
    SwizzleSelect { offset: u32, moved: u32 },
}

/// The cheapest form that reads what the table says.
fn plan(table: &Table) -> Option<Plan> {
    if table.is(|lane| lane) {
        return Some(Plan::Identity);
    }
    let quad = [0, 1, 2, 3].map(|lane| table.source[lane]);
    if quad.iter().all(|&source| source < 4) && table.is(|lane| (lane & !3) | usize::from(quad[lane & 3])) {
        let control = (0u32..).zip(quad).map(|(lane, source)| u32::from(source) << (2 * lane)).sum();
        return Some(Plan::Dpp(control));
    }
    if table.is(|lane| lane ^ 7) {
        return Some(Plan::Dpp(dpp::ROW_HALF_MIRROR));
    }
    if table.is(|lane| lane ^ 15) {
        return Some(Plan::Dpp(dpp::ROW_MIRROR));
    }
    if table.is(|lane| lane ^ 8) {
        return Some(Plan::Dpp(dpp::ROW_ROR | 8));
    }
    if let Some(k) = (0..16).find(|&k| table.is(|lane| (lane & 16) | k)) {
        return Some(Plan::Dpp(dpp::ROW_NEWBCAST | k as u32));
    }
    for banks in [0xF, 0x5, 0xA, 0x7, 0xE, 0x1, 0x3, 0x8, 0xC] {
        let enabled = |lane: usize| banks >> ((lane & 15) / 4) & 1 == 1;
        for distance in 1..16 {
            let down = |lane: usize| {
                if enabled(lane) && (lane & 15) + distance < 16 { lane + distance } else { lane }
            };
            let up =
                |lane: usize| if enabled(lane) && lane & 15 >= distance { lane - distance } else { lane };
            if table.is(down) {
                return Some(Plan::DppKeep { control: dpp::ROW_SHL | distance as u32, banks });
            }
            if table.is(up) {
                return Some(Plan::DppKeep { control: dpp::ROW_SHR | distance as u32, banks });
            }
        }
    }
    let moved = table.moved();
    let shifted_by = |distance: usize| {
        (0..LANES).all(|lane| {
            moved >> lane & 1 == 0 || usize::from(table.source[lane]) == (lane + distance) % LANES
        })
    };
    let next_to = |step: isize| {
        (0..LANES).all(|lane| {
            moved >> lane & 1 == 0 || usize::from(table.source[lane]) == lane.wrapping_add_signed(step)
        })
    };
    if next_to(1) {
        return Some(Plan::DppSelect { control: dpp::WAVE_SHL_1, moved });
    }
    if next_to(-1) {
        return Some(Plan::DppSelect { control: dpp::WAVE_SHR_1, moved });
    }
    if let Some(offset) = bit_mask_swizzle(table) {
        return Some(Plan::Swizzle(offset));
    }
    (1..LANES).find(|&distance| shifted_by(distance)).map(|distance| {
        // Rotating down by more than half is rotating up by the rest; both have five bits, so either would do.
        let offset = if distance <= LANES / 2 {
            SWIZZLE_ROTATE_DOWN | (distance as u32) << 5
        } else {
            SWIZZLE_ROTATE_UP | ((LANES - distance) as u32) << 5
        };
        Plan::SwizzleSelect { offset, moved }
    })
}

/// `ds_swizzle` in bit mask mode reads `((lane & and) | or) ^ xor`: each bit of the source is the lane's own, flipped,
/// or constant.
fn bit_mask_swizzle(table: &Table) -> Option<u32> {
    let (mut and, mut or, mut xor) = (0, 0, 0);
    for bit in 0..5 {
        let at = |lane: usize| table.source[lane] >> bit & 1;
        match (at(0), at(1 << bit)) {
            (0, 0) => {}
            (1, 1) => or |= 1 << bit,
            (0, _) => and |= 1 << bit,
            (_, _) => {
                and |= 1 << bit;
                xor |= 1 << bit;
            }
        }
    }
    let fits = table.is(|lane| (lane & and | or) ^ xor);
    fits.then_some((xor << 10 | or << 5 | and) as u32)
}

/// Lowers `shfl` and `shfl.sync`.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let mode = ins.form.modifiers.shuffle.ok_or_else(|| ins.unsupported())?;
    debug_assert!(matches!(ins.form.opcode, Opcode::Shfl | Opcode::ShflSync));
    let value = cx.read_bits(ins, 1, 32)?;
    let predicate = match ins.operand(0)? {
        Operand::Pair(_, predicate) => predicate,
        _ => None,
    };
    let constants = match (ins.operand(2)?, ins.operand(3)?) {
        (Operand::Immediate(b), Operand::Immediate(c)) => Some((b.bits() as u32, c.bits() as u32)),
        _ => None,
    };
    if let Some((b, c)) = constants {
        let table = Table::new(mode, b, c);
        if let Some(plan) = plan(&table) {
            let result = by_plan(cx, value, plan);
            if let Some(register) = predicate {
                let inside = lane_mask(cx, both_halves(table.inside));
                cx.write_register(register, ScalarType::Pred, inside.into());
            }
            return cx.write(ins, 0, ScalarType::B32, result);
        }
    }
    let (b, c) = (cx.read_bits(ins, 2, 32)?, cx.read_bits(ins, 3, 32)?);
    let (result, inside) = by_address(cx, mode, value, b, c);
    if let Some(register) = predicate {
        cx.write_register(register, ScalarType::Pred, inside.into());
    }
    cx.write(ins, 0, ScalarType::B32, result)
}

/// A mask of a warp's lanes for both warps of a wavefront.
fn both_halves(mask: u32) -> u64 {
    u64::from(mask) << 32 | u64::from(mask)
}

fn by_plan<'ctx>(cx: &Cx<'_, 'ctx>, value: IntValue<'ctx>, plan: Plan) -> IntValue<'ctx> {
    match plan {
        Plan::Identity => value,
        Plan::Dpp(control) => {
            let old = value.get_type().get_poison();
            dpp_move(cx, old, value, control, dpp::ALL_BANKS, true)
        }
        Plan::DppKeep { control, banks } => dpp_move(cx, value, value, control, banks, false),
        Plan::DppSelect { control, moved } => {
            let old = value.get_type().get_poison();
            let shifted = dpp_move(cx, old, value, control, dpp::ALL_BANKS, true);
            cx.emit.select_int(lane_mask(cx, both_halves(moved)), shifted, value)
        }
        Plan::Swizzle(offset) => swizzle(cx, value, offset),
        Plan::SwizzleSelect { offset, moved } => {
            let rotated = swizzle(cx, value, offset);
            cx.emit.select_int(lane_mask(cx, both_halves(moved)), rotated, value)
        }
    }
}

fn dpp_move<'ctx>(
    cx: &Cx<'_, 'ctx>,
    old: IntValue<'ctx>,
    value: IntValue<'ctx>,
    control: u32,
    banks: u32,
    bound: bool,
) -> IntValue<'ctx> {
    let e = &cx.emit;
    let arguments: [Value<'ctx>; 6] = [
        old.into(),
        value.into(),
        e.word(control).into(),
        e.word(dpp::ALL_ROWS).into(),
        e.word(banks).into(),
        e.bool(bound).into(),
    ];
    e.intrinsic("llvm.amdgcn.update.dpp", &[value.get_type().into()], &arguments).into_int_value()
}

fn swizzle<'ctx>(cx: &Cx<'_, 'ctx>, value: IntValue<'ctx>, offset: u32) -> IntValue<'ctx> {
    cx.emit
        .intrinsic("llvm.amdgcn.ds.swizzle", &[], &[value.into(), cx.emit.word(offset).into()])
        .into_int_value()
}

/// The general form: the source lane computed, then `ds_bpermute`.
fn by_address<'ctx>(
    cx: &Cx<'_, 'ctx>,
    mode: ShuffleMode,
    value: IntValue<'ctx>,
    b: IntValue<'ctx>,
    c: IntValue<'ctx>,
) -> (IntValue<'ctx>, IntValue<'ctx>) {
    let e = &cx.emit;
    let low5 = |v| e.and(v, e.word(31));
    let (segment, clamp, b) = (low5(e.lshr(c, e.word(8))), low5(c), low5(b));
    // Lane numbers keep the half's bit, so that sums and comparisons stay within the warp.
    let lane = cx.lane;
    let outside = e.and(e.not(segment), e.word(31));
    let start = e.and(lane, e.or(segment, e.word(32)));
    let last = e.or(start, e.and(clamp, outside));
    let (source, inside) = match mode {
        ShuffleMode::Up => {
            let source = e.sub(lane, b);
            (source, e.icmp(IntPredicate::SGE, source, last))
        }
        ShuffleMode::Down => {
            let source = e.add(lane, b);
            (source, e.icmp(IntPredicate::ULE, source, last))
        }
        ShuffleMode::Bfly => {
            let source = e.xor(lane, b);
            (source, e.icmp(IntPredicate::ULE, source, last))
        }
        ShuffleMode::Idx => {
            let source = e.or(start, e.and(b, outside));
            (source, e.icmp(IntPredicate::ULE, source, last))
        }
    };
    let chosen = e.select_int(inside, source, lane);
    let address = e.shl(chosen, e.word(2));
    let read = e.intrinsic("llvm.amdgcn.ds.bpermute", &[], &[address.into(), value.into()]);
    (read.into_int_value(), inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan_of(mode: ShuffleMode, b: u32, c: u32) -> Option<Plan> {
        plan(&Table::new(mode, b, c))
    }

    #[test]
    fn every_butterfly_and_constant_index_is_cheap() {
        for b in 0..32 {
            assert!(plan_of(ShuffleMode::Bfly, b, 31).is_some(), "bfly {b}");
            assert!(plan_of(ShuffleMode::Idx, b, 31).is_some(), "idx {b}");
        }
    }

    #[test]
    fn every_constant_shift_of_every_width_is_cheap() {
        for width in [2u32, 4, 8, 16, 32] {
            let segment = (32 - width) << 8;
            for b in 0..width {
                assert!(plan_of(ShuffleMode::Down, b, segment | 31).is_some(), "down {b} of {width}");
                assert!(plan_of(ShuffleMode::Up, b, segment).is_some(), "up {b} of {width}");
            }
        }
    }

    /// What a plan reads for each lane of a wavefront, typed from the ISA manual's words on DPP and `ds_swizzle`.
    fn reads(plan: Plan) -> Vec<usize> {
        let dpp = |control: u32, lane: usize| -> Option<usize> {
            let (row, at) = (lane & !15, lane & 15);
            let in_row = |at: isize| (0..16).contains(&at).then(|| row + at as usize);
            match control {
                0..=0xFF => Some((lane & !3) + (control >> (2 * (lane & 3)) & 3) as usize),
                0x101..=0x10F => in_row(at as isize + (control & 15) as isize),
                0x111..=0x11F => in_row(at as isize - (control & 15) as isize),
                0x121..=0x12F => Some(row + (at + 16 - (control & 15) as usize) % 16),
                0x130 => (lane < 63).then_some(lane + 1),
                0x138 => lane.checked_sub(1),
                0x140 => Some(row + 15 - at),
                0x141 => Some((lane & !7) + 7 - (lane & 7)),
                0x150..=0x15F => Some(row + (control & 15) as usize),
                other => panic!("control {other:#x}"),
            }
        };
        let swizzle = |offset: u32, lane: usize| -> usize {
            let (half, at) = (lane & 32, (lane & 31) as u32);
            let from = match offset & 0xC000 {
                0xC000 => {
                    let by = offset >> 5 & 31;
                    if offset & 0x400 == 0 { (at + by) & 31 } else { at.wrapping_sub(by) & 31 }
                }
                _ => (at & offset & 31 | offset >> 5 & 31) ^ (offset >> 10 & 31),
            };
            half + from as usize
        };
        let kept = |moved: u32, lane: usize, from: Option<usize>| match from {
            Some(from) if moved >> (lane & 31) & 1 == 1 => from,
            _ => lane,
        };
        (0..64)
            .map(|lane| match plan {
                Plan::Identity => lane,
                Plan::Dpp(control) => dpp(control, lane).expect("reads a lane of its row"),
                Plan::DppKeep { control, banks } => {
                    let enabled = banks >> ((lane & 15) / 4) & 1 == 1;
                    dpp(control, lane).filter(|_| enabled).unwrap_or(lane)
                }
                Plan::DppSelect { control, moved } => kept(moved, lane, dpp(control, lane)),
                Plan::Swizzle(offset) => swizzle(offset, lane),
                Plan::SwizzleSelect { offset, moved } => kept(moved, lane, Some(swizzle(offset, lane))),
            })
            .collect()
    }

    #[test]
    fn every_plan_reads_what_ptx_says() {
        for mode in [ShuffleMode::Up, ShuffleMode::Down, ShuffleMode::Bfly, ShuffleMode::Idx] {
            for segment in [0, 16, 24, 28, 30, 31] {
                for clamp in [0, 31] {
                    for b in 0..32 {
                        let table = Table::new(mode, b, segment << 8 | clamp);
                        let Some(plan) = plan(&table) else { continue };
                        for (lane, from) in reads(plan).into_iter().enumerate() {
                            let expected = (lane & 32) + usize::from(table.source[lane & 31]);
                            assert_eq!(
                                from, expected,
                                "{mode} b={b} segment={segment} clamp={clamp} lane {lane}: {plan:?}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn known_patterns_get_their_forms() {
        assert_eq!(plan_of(ShuffleMode::Bfly, 1, 31), Some(Plan::Dpp(0xB1)));
        assert_eq!(plan_of(ShuffleMode::Bfly, 2, 31), Some(Plan::Dpp(0x4E)));
        assert_eq!(plan_of(ShuffleMode::Bfly, 8, 31), Some(Plan::Dpp(0x128)));
        assert_eq!(plan_of(ShuffleMode::Bfly, 16, 31), Some(Plan::Swizzle(0x401F)));
        assert_eq!(plan_of(ShuffleMode::Down, 16, 31), Some(Plan::Swizzle(0x20F)));
        assert_eq!(plan_of(ShuffleMode::Up, 16, 0), Some(Plan::Swizzle(0x00F)));
        assert_eq!(plan_of(ShuffleMode::Idx, 5, 31), Some(Plan::Swizzle(5 << 5)));
        assert_eq!(
            plan_of(ShuffleMode::Down, 8, 31),
            Some(Plan::SwizzleSelect { offset: 0xC100, moved: 0x00FF_FFFF })
        );
        assert_eq!(
            plan_of(ShuffleMode::Up, 8, 0),
            Some(Plan::SwizzleSelect { offset: 0xC500, moved: 0xFFFF_FF00 })
        );
        assert_eq!(
            plan_of(ShuffleMode::Down, 4, 0x1800 | 31),
            Some(Plan::DppKeep { control: 0x104, banks: 5 })
        );
        assert_eq!(plan_of(ShuffleMode::Down, 2, 0x1C00 | 31), Some(Plan::Dpp(0xEE)));
    }
}
