//! VOP1, VOP2, VOPC, VOP3 and VOP3P, with SDWA and DPP: everything that computes lane by lane.
//!
//! A row implements [`Lane`]; `body` is the loop around it, compiled for each host instruction set. Before the loop
//! runs, sources that are not plain rows (scalars, and whatever has modifiers) are put into temporary rows; after it,
//! a result with modifiers of its own goes through [`modifiers::finish`].

use super::access::Access;
use super::level::{self, Avx2, Avx512, CHUNK, Level, Plain, current};
use super::modifiers::{self, Modifiers, RawSource};
use super::value::{Kind, Value};
use super::{Attachments, Flow, Handler, Instruction, rows};
use crate::isa::operand::{self, ConstantType, Scalar, VCC};
use crate::isa::{Decoded, Field, Format};
use crate::wave::registers::Row;
use crate::wave::{RESULT, Wave, base, mode};

/// The meaning of an instruction for one lane.
pub(crate) trait Lane: Sized {
    type A: Value;
    type B: Value;
    type C: Value;
    type R: Value;
    /// A bit of a scalar mask comes in (VCC where no operand names it).
    const MASK_IN: bool;
    /// A bit of a scalar mask goes out.
    const MASK_OUT: bool;
    /// Operands are flushed where MODE says so, though nothing is computed (minimum, maximum, median).
    const FLUSHES: bool;
    fn lane(a: Self::A, b: Self::B, c: Self::C, carry: bool, lane: u32) -> (Self::R, bool);
    /// The same for a host without fused multiplication and addition, rounding to nearest, where there is a quicker
    /// way than the library's.
    const UNFUSED: Option<Unfused<Self>> = None;
}

/// A meaning without carry and lane.
pub(crate) type Unfused<O> = fn(<O as Lane>::A, <O as Lane>::B, <O as Lane>::C) -> <O as Lane>::R;

/// One row: a mnemonic and what it does, for each host instruction set.
#[derive(Clone, Copy)]
pub(crate) struct VectorRow {
    pub mnemonic: &'static str,
    handlers: [Handler; 3],
    kinds: [Kind; 3],
    result: Kind,
    mask_in: bool,
    mask_out: bool,
}

impl VectorRow {
    pub fn new<O: Lane>(mnemonic: &'static str) -> Self {
        Self {
            mnemonic,
            handlers: [run_plain::<O>, run_avx2::<O>, run_avx512::<O>],
            kinds: [O::A::KIND, O::B::KIND, O::C::KIND],
            result: O::R::KIND,
            mask_in: O::MASK_IN,
            mask_out: O::MASK_OUT,
        }
    }
}

/// Makes a [`VectorRow`].
///
/// `row!("v_add_f32"(a: f32, b: f32) -> f32 { a + b })`. After the operands may stand `; carry c` (the lane's bit of
/// the mask operand) or `; lane l` (its number); the result may be `mask` (a bit only) or `T, mask` (both). Before the
/// name may stand `flushes`.
macro_rules! row {
    (@types $name:literal [$($a:ident: $A:ty)?] [$($b:ident: $B:ty)?] [$($c:ident: $C:ty)?] $R:ty, $in:literal,
        $out:literal, $carry:ident, $lane:ident, $body:expr) => {{
        $crate::execute::vector::row!(@flushes false, $name [$($a: $A)?] [$($b: $B)?] [$($c: $C)?] $R, $in, $out,
            $carry, $lane, $body)
    }};
    (@flushes $flushes:literal, $name:literal [$($a:ident: $A:ty)?] [$($b:ident: $B:ty)?] [$($c:ident: $C:ty)?]
        $R:ty, $in:literal, $out:literal, $carry:ident, $lane:ident, $body:expr) => {{
        struct Op;
        impl $crate::execute::vector::Lane for Op {
            type A = $crate::execute::vector::row!(@or $($A)?);
            type B = $crate::execute::vector::row!(@or $($B)?);
            type C = $crate::execute::vector::row!(@or $($C)?);
            type R = $R;
            const MASK_IN: bool = $in;
            const MASK_OUT: bool = $out;
            const FLUSHES: bool = $flushes;
            #[inline(always)]
            #[allow(unused_variables)]
            fn lane(a: Self::A, b: Self::B, c: Self::C, $carry: bool, $lane: u32) -> ($R, bool) {
                $(let $a: $A = a;)?
                $(let $b: $B = b;)?
                $(let $c: $C = c;)?
                $body
            }
        }
        $crate::execute::vector::VectorRow::new::<Op>($name)
    }};
    (flushes $name:literal ($a:ident: $A:ty, $b:ident: $B:ty) -> $R:ty $body:block) => {
        $crate::execute::vector::row!(
            @flushes true, $name [$a: $A] [$b: $B] [] $R, false, false, _carry, _lane, ($body, false))
    };
    (flushes $name:literal ($a:ident: $A:ty, $b:ident: $B:ty, $c:ident: $C:ty) -> $R:ty $body:block) => {
        $crate::execute::vector::row!(
            @flushes true, $name [$a: $A] [$b: $B] [$c: $C] $R, false, false, _carry, _lane, ($body, false))
    };
    (@fused $name:literal [$($a:ident: $A:ty)?] [$($b:ident: $B:ty)?] [$($c:ident: $C:ty)?] $fma:ident, $R:ty, $body:expr) => {{
        struct Op;
        impl $crate::execute::vector::Lane for Op {
            type A = $crate::execute::vector::row!(@or $($A)?);
            type B = $crate::execute::vector::row!(@or $($B)?);
            type C = $crate::execute::vector::row!(@or $($C)?);
            type R = $R;
            const MASK_IN: bool = false;
            const MASK_OUT: bool = false;
            const FLUSHES: bool = false;
            #[inline(always)]
            #[allow(unused_variables)]
            fn lane(a: Self::A, b: Self::B, c: Self::C, _: bool, _: u32) -> ($R, bool) {
                $(let $a: $A = a;)?
                $(let $b: $B = b;)?
                $(let $c: $C = c;)?
                let $fma = f32::mul_add;
                ($body, false)
            }
            const UNFUSED: Option<$crate::execute::vector::Unfused<Self>> = {
                use $crate::execute::vector::Lane;
                #[inline(always)]
                #[allow(unused_variables)]
                fn unfused(a: <Op as Lane>::A, b: <Op as Lane>::B, c: <Op as Lane>::C) -> $R {
                    $(let $a: $A = a;)?
                    $(let $b: $B = b;)?
                    $(let $c: $C = c;)?
                    let $fma = $crate::execute::vector::fma_in_double;
                    $body
                }
                Some(unfused)
            };
        }
        $crate::execute::vector::VectorRow::new::<Op>($name)
    }};
    (fused $name:literal ($a:ident: $A:ty; $fma:ident) -> $R:ty $body:block) => {
        $crate::execute::vector::row!(@fused $name [$a: $A] [] [] $fma, $R, $body)
    };
    (fused $name:literal ($a:ident: $A:ty, $b:ident: $B:ty, $c:ident: $C:ty; $fma:ident) -> $R:ty $body:block) => {
        $crate::execute::vector::row!(@fused $name [$a: $A] [$b: $B] [$c: $C] $fma, $R, $body)
    };
    (@or $T:ty) => { $T };
    (@or) => { () };
    (@args $name:literal () $($rest:tt)*) => { $crate::execute::vector::row!(@types $name [] [] [] $($rest)*) };
    (@args $name:literal ($a:ident: $A:ty) $($rest:tt)*) => { $crate::execute::vector::row!(@types $name [$a: $A] [] [] $($rest)*) };
    (@args $name:literal ($a:ident: $A:ty, $b:ident: $B:ty) $($rest:tt)*) => {
        $crate::execute::vector::row!(@types $name [$a: $A] [$b: $B] [] $($rest)*)
    };
    (@args $name:literal ($a:ident: $A:ty, $b:ident: $B:ty, $c:ident: $C:ty) $($rest:tt)*) => {
        $crate::execute::vector::row!(@types $name [$a: $A] [$b: $B] [$c: $C] $($rest)*)
    };
    ($name:literal ($($v:ident: $T:ty),*) -> mask $body:block) => {
        $crate::execute::vector::row!(@args $name ($($v: $T),*) (), false, true, _carry, _lane, ((), $body))
    };
    ($name:literal ($($v:ident: $T:ty),*) -> $R:ty $body:block) => {
        $crate::execute::vector::row!(@args $name ($($v: $T),*) $R, false, false, _carry, _lane, ($body, false))
    };
    ($name:literal ($($v:ident: $T:ty),*) -> $R:ty, mask $body:block) => {
        $crate::execute::vector::row!(@args $name ($($v: $T),*) $R, false, true, _carry, _lane, $body)
    };
    ($name:literal ($($v:ident: $T:ty),*; carry $carry:ident) -> $R:ty $body:block) => {
        $crate::execute::vector::row!(@args $name ($($v: $T),*) $R, true, false, $carry, _lane, ($body, false))
    };
    ($name:literal ($($v:ident: $T:ty),*; carry $carry:ident) -> $R:ty, mask $body:block) => {
        $crate::execute::vector::row!(@args $name ($($v: $T),*) $R, true, true, $carry, _lane, $body)
    };
    ($name:literal ($($v:ident: $T:ty),*; lane $lane:ident) -> $R:ty $body:block) => {
        $crate::execute::vector::row!(@args $name ($($v: $T),*) $R, false, false, _carry, $lane, ($body, false))
    };
}
pub(crate) use row;

/// In [`Instruction::flags`]: the scalar register of the outgoing mask.
const MASK_REGISTER: u16 = 0xff;
/// In [`Instruction::flags`]: the outgoing mask goes to EXEC too.
const WRITES_EXEC: u16 = 0x100;

/// The address of a source's first row.
///
/// # Safety
/// The instruction must have been built by this module.
#[inline(always)]
pub(crate) unsafe fn source(wave: &Wave, instruction: &Instruction, index: usize) -> *const u32 {
    let start = wave.bases[(instruction.from[index] & 3) as usize];
    start.wrapping_add(instruction.source[index] as usize) as *const u32
}

/// The loop around a row, which calls nothing: all sources are rows, and the result goes where it belongs.
#[inline(always)]
unsafe fn body<O: Lane, L: Level>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    let switches = uses_wide_mode::<O>() && wave.mxcsr.differ();
    if switches {
        mode::set_mxcsr(wave.mxcsr.double);
    }
    let exec = wave.exec();
    let start = wave.bases[(instruction.target_base & 3) as usize];
    let target = start.wrapping_add(instruction.target as usize).cast::<u32>();
    // Twice, so that the usual case tests no lanes.
    // SAFETY: decoding resolved operands to rows; see `Wave` for why they are there.
    let out = unsafe {
        if exec == u64::MAX {
            lanes::<O, L>(wave, instruction, target, u64::MAX)
        } else {
            lanes::<O, L>(wave, instruction, target, exec)
        }
    };
    if O::MASK_OUT {
        put_mask(wave, instruction, out & exec);
    }
    if switches {
        mode::set_mxcsr(wave.mxcsr.single);
    }
    Flow::Next
}

/// An instruction whose sources have to be prepared, or whose result has to be finished: does that around the plain
/// one that [`Modifiers::plain`] holds.
#[inline(always)]
pub(crate) unsafe fn with_modifiers<L: Access>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: decoding attached the modifiers; the plain instruction was built with this one.
    unsafe {
        let modifiers = &*instruction.extra;
        let exec = wave.exec();
        let mask = modifiers::prepare::<L>(wave, instruction);
        // The plain one works on EXEC: all lanes where the result is blended later, fewer where DPP holds some back.
        let override_mask = if instruction.finish { u64::MAX } else { mask };
        if override_mask == exec && !instruction.finish {
            return (modifiers.plain.run)(wave, &modifiers.plain);
        }
        wave.set_exec(override_mask);
        let flow = (modifiers.plain.run)(wave, &modifiers.plain);
        wave.set_exec(exec);
        if instruction.flags & HAS_MASK != 0 {
            let register = (instruction.flags & MASK_REGISTER).into();
            wave.set_sgpr64(register, wave.sgpr64(register) & mask);
        }
        if instruction.finish {
            modifiers::finish::<L>(wave, instruction, mask);
        }
        flow
    }
}

/// In [`Instruction::flags`]: there is an outgoing mask.
const HAS_MASK: u16 = 0x200;

/// Whether the operation rounds and flushes as the 64- and 16-bit half of MODE says.
#[inline(always)]
fn uses_wide_mode<O: Lane>() -> bool {
    let wide = |kind: Kind| matches!(kind, Kind::Double | Kind::Half | Kind::PackedHalf);
    wide(O::A::KIND) || wide(O::R::KIND)
}

#[inline(always)]
fn put_mask(wave: &mut Wave, instruction: &Instruction, mask: u64) {
    wave.set_sgpr64((instruction.flags & MASK_REGISTER).into(), mask);
    if instruction.flags & WRITES_EXEC != 0 {
        wave.set_exec(mask);
    }
}

/// Computes the lanes in `mask` and returns the outgoing mask of all lanes of the chunks they lie in.
#[inline(always)]
unsafe fn lanes<O: Lane, L: Level>(
    wave: &Wave,
    instruction: &Instruction,
    target: *mut u32,
    mask: u64,
) -> u64 {
    let unfuses = !L::FUSES && O::UNFUSED.is_some() && wave.mode & 3 == 0;
    let flushes = O::FLUSHES && flush_bits(wave, O::R::KIND);
    let carry = if O::MASK_IN { wave.sgpr64(instruction.mask.into()) } else { 0 };
    // SAFETY: the caller's word.
    let (a, b, c) =
        unsafe { (source(wave, instruction, 0), source(wave, instruction, 1), source(wave, instruction, 2)) };
    let mut out = 0u64;
    for chunk in 0..64 / CHUNK {
        let first = chunk * CHUNK;
        let active = (mask >> first) as u16;
        // The usual case by itself, so that it tests nothing in between.
        if mask != u64::MAX && active == 0 {
            continue;
        }
        let (mut low, mut high, mut bits) = ([0u32; CHUNK], [0u32; CHUNK], [0u32; CHUNK]);
        for lane in 0..CHUNK {
            let at = first + lane;
            // SAFETY: each source has as many rows as its type says, and `at` is below 64.
            let (a, b, c) =
                unsafe { (read::<O::A>(a.add(at)), read::<O::B>(b.add(at)), read::<O::C>(c.add(at))) };
            let (a, b, c) = if flushes { (a.flush(), b.flush(), c.flush()) } else { (a, b, c) };
            let (result, bit) = match O::UNFUSED {
                Some(unfused) if unfuses => (unfused(a, b, c), false),
                _ => O::lane(a, b, c, carry >> at & 1 != 0, at as u32),
            };
            let (result_low, result_high) = result.to_bits();
            low[lane] = result_low;
            high[lane] = result_high;
            bits[lane] = if bit { u32::MAX } else { 0 };
        }
        // SAFETY: the target has as many rows as its type says.
        unsafe {
            if O::R::ROWS > 0 {
                put::<L>(target.add(first), &low, active, mask == u64::MAX);
            }
            if O::R::ROWS > 1 {
                put::<L>(target.add(first + 64), &high, active, mask == u64::MAX);
            }
            if O::MASK_OUT {
                out |= u64::from(L::signs(&bits)) << first;
            }
        }
    }
    out
}

/// `a * b + c` rounded once: the product is exact in double precision, and a sum rounded to odd there can be rounded
/// again.
#[inline(always)]
pub(crate) fn fma_in_double(a: f32, b: f32, c: f32) -> f32 {
    rows::add_to_odd(f64::from(a) * f64::from(b), f64::from(c)) as f32
}

/// Whether MODE flushes denormals of this kind.
#[inline(always)]
fn flush_bits(wave: &Wave, kind: Kind) -> bool {
    let shift = if matches!(kind, Kind::Single | Kind::PackedSingle) { 4 } else { 6 };
    wave.mode >> shift & 3 != 3
}

#[inline(always)]
unsafe fn read<T: Value>(at: *const u32) -> T {
    // SAFETY: the caller has the rows.
    unsafe {
        match T::ROWS {
            0 => T::from_bits(0, 0),
            1 => T::from_bits(*at, 0),
            _ => T::from_bits(*at, *at.add(64)),
        }
    }
}

#[inline(always)]
unsafe fn put<L: Level>(target: *mut u32, new: &[u32; CHUNK], mask: u16, all: bool) {
    // SAFETY: the caller has the row.
    unsafe {
        if all {
            target.cast::<[u32; CHUNK]>().write_unaligned(*new);
        } else {
            L::blend(target, new, mask);
        }
    }
}

unsafe fn run_plain<O: Lane>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { body::<O, Plain>(wave, instruction) }
}

#[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn run_avx2<O: Lane>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { body::<O, Avx2>(wave, instruction) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,f16c,bmi1,bmi2,lzcnt,popcnt")]
unsafe fn run_avx512<O: Lane>(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // SAFETY: the handler's contract.
    unsafe { body::<O, Avx512>(wave, instruction) }
}

/// Byte offset of a vector register.
pub(crate) fn row_offset(register: u32) -> u32 {
    register * size_of::<Row>() as u32
}

fn constant_type(kind: Kind) -> ConstantType {
    match kind {
        Kind::Half | Kind::Int16 | Kind::PackedHalf => ConstantType::Half,
        Kind::Int64 => ConstantType::Integer64,
        Kind::Double => ConstantType::Double,
        _ => ConstantType::Single,
    }
}

/// Resolves the operands of a vector instruction that has a row.
pub(crate) fn build(decoded: &Decoded, attachments: &mut Attachments) -> Option<Instruction> {
    let encoding = decoded.encoding;
    let name = encoding.base_mnemonic();
    let clamps = modifiers::clamps(decoded);
    // cmpx is cmp that also writes EXEC.
    let (name, writes_exec) = match name.strip_prefix("v_cmpx_") {
        Some(rest) => (format!("v_cmp_{rest}"), true),
        None => (name.to_owned(), false),
    };
    let plain = rows::vector(&name)?;
    let float = matches!(
        plain.result,
        Kind::Half | Kind::Single | Kind::Double | Kind::PackedHalf | Kind::PackedSingle | Kind::Mixed
    );
    // A clamped integer operation saturates, which is another meaning.
    let row = if clamps && !float && plain.result != Kind::None {
        rows::vector(&format!("{name}/clamp"))?
    } else {
        plain
    };

    let mut codes: Vec<u32> = Vec::new();
    let mut mask_out = VCC;
    for (at, operand) in encoding.operands.iter().enumerate() {
        match operand.field {
            Field::Vdst => {}
            Field::Sdst | Field::SdstB => mask_out = decoded.field(operand.field),
            Field::Vcc if at == 0 || at == 1 && row.mask_out => mask_out = decoded.field(Field::Vcc),
            Field::Vcc => codes.push(VCC),
            field => codes.push(decoded.field(field)),
        }
    }
    let arity = row.kinds.iter().filter(|kind| **kind != Kind::None).count();
    let mut instruction = Instruction::new(row.handlers[current()], decoded);
    instruction.mask = VCC as u8;
    if row.mask_in && codes.len() == arity + 1 {
        let code = codes.pop()?;
        if code > 127 {
            return None;
        }
        instruction.mask = code as u8;
    }
    let target = encoding.operand(Field::Vdst).map(|_| decoded.field(Field::Vdst));
    if codes.len() + 1 == arity {
        codes.push(operand::VGPR + target?);
    }
    if codes.len() != arity {
        return None;
    }
    instruction.target = row_offset(target.unwrap_or(0));
    instruction.flags = mask_out as u16 | if writes_exec { WRITES_EXEC } else { 0 };

    let found = Modifiers::of(decoded, row.kinds, row.result, clamps && float);
    let mut raw = [RawSource::Row { from: base::ABSOLUTE, offset: 0 }; 3];
    for (index, &code) in codes.iter().enumerate() {
        let kind = row.kinds[index];
        let temporary = (index * 2 * size_of::<Row>()) as u64;
        raw[index] = if code >= operand::VGPR {
            RawSource::Row { from: base::VGPR, offset: row_offset(code - operand::VGPR).into() }
        } else {
            match operand::scalar(code, decoded.literal(), constant_type(kind)) {
                Scalar::Constant(value) => {
                    RawSource::Row { from: base::ABSOLUTE, offset: attachments.splat(value) }
                }
                Scalar::Register(register) => RawSource::Scalar(register),
                Scalar::Invalid => return None,
                other => RawSource::Asked(other),
            }
        };
        let full = found.as_ref().is_some_and(|found| found.touches(index));
        (instruction.from[index], instruction.source[index], instruction.prepare[index]) = match raw[index] {
            RawSource::Row { from, offset } if !full => (from, offset, 0),
            RawSource::Scalar(register) if !full && register < 127 && kind.rows() == 1 => {
                (base::TEMPORARY, temporary, register as u8 + 1)
            }
            RawSource::Scalar(register) if !full && register.is_multiple_of(2) && kind.rows() == 2 => {
                (base::TEMPORARY, temporary, 128 + (register / 2) as u8)
            }
            _ => (base::TEMPORARY, temporary, modifiers::FULL),
        };
    }
    // The moves between the two halves of the register file.
    if matches!(name.as_str(), "v_accvgpr_read_b32" | "v_accvgpr_mov_b32") {
        instruction.from[0] = base::ACCUMULATOR;
    }
    if matches!(name.as_str(), "v_accvgpr_write_b32" | "v_accvgpr_mov_b32") {
        instruction.target_base = base::ACCUMULATOR;
    }
    if row.mask_out {
        instruction.flags |= HAS_MASK;
    }
    if found.is_some() || instruction.prepare != [0; 3] {
        let mut modifiers = found.unwrap_or_else(|| Modifiers::none(row.kinds, row.result));
        modifiers.raw = raw;
        modifiers.plain = instruction;
        instruction.finish = modifiers.finishes();
        if instruction.finish {
            modifiers.plain.target_base = base::TEMPORARY;
            modifiers.plain.target = row_offset(RESULT as u32);
        }
        instruction.run = level::with_modifiers();
        instruction.extra = attachments.keep(modifiers);
    }
    // DPP masks lanes off even where it moves nothing.
    if matches!(encoding.format, Format::Vop1Dpp | Format::Vop2Dpp)
        && instruction.prepare[0] != modifiers::FULL
    {
        return None;
    }
    Some(instruction)
}
