//! Fragments from and to memory (PTX ISA 9.7.14.4, 9.7.14.5): `wmma.load`, `wmma.store`, `ldmatrix`, `stmatrix`, and the
//! transposition in registers, `movmatrix`.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use super::matrix::fragment;
use super::matrix_layout::{self as layout, Size};
use super::special::warp_lane;
use super::warp::read_lane;
use crate::codegen::emitter::{Access, Value, space};
use inkwell::types::BasicTypeEnum;
use inkwell::values::{IntValue, PointerValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Layout, Opcode, ScalarType, Shape};
use ptx_frontend::module::Operand;

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::WmmaLoad if ins.form.modifiers.has("c") => results(cx, ins, true),
        Opcode::WmmaLoad => load_factors(cx, ins),
        Opcode::WmmaStore => results(cx, ins, false),
        Opcode::MovMatrix => transpose(cx, ins),
        Opcode::Ldmatrix | Opcode::Stmatrix if ins.form.modifiers.shape == Some(Shape::M8n8) => {
            rows(cx, ins, ins.form.opcode == Opcode::Ldmatrix)
        }
        Opcode::Ldmatrix if ins.form.modifiers.shape == Some(Shape::M8n16) => unpacked_rows(cx, ins),
        _ => Err(ins.unsupported()),
    }
}

/// The lane's row or column group, 0 to 7, and its place among four.
fn group_and_place<'ctx>(cx: &Cx<'_, 'ctx>) -> (IntValue<'ctx>, IntValue<'ctx>) {
    let (e, lane) = (&cx.emit, warp_lane(cx));
    (e.lshr(lane, e.word(2)), e.and(lane, e.word(3)))
}

fn plain(bytes: u32) -> Access {
    Access { alignment: bytes, ..Access::default() }
}

/// A matrix in memory.
struct Matrix<'ctx> {
    base: PointerValue<'ctx>,
    /// Elements from one row (or, column by column, one column) to the next.
    stride: IntValue<'ctx>,
    by_rows: bool,
    bits: u32,
}

impl<'ctx> Matrix<'ctx> {
    /// Reads the address, the stride and the layout of a `wmma` access of a matrix of so many rows and columns.
    fn read(
        cx: &Cx<'_, 'ctx>,
        ins: &Ins<'_>,
        (address, stride): (usize, usize),
        (rows, columns): (u32, u32),
    ) -> Result<Matrix<'ctx>, Diagnostic> {
        let base = cx.address(ins, address, ins.form.modifiers.space)?;
        let by_rows = ins.form.modifiers.layouts.first() == Some(&Layout::Row);
        let stride = match ins.operands.get(stride) {
            Some(_) => cx.read_bits(ins, stride, 32)?,
            None => cx.emit.word(if by_rows { columns } else { rows }),
        };
        Ok(Matrix { base, stride, by_rows, bits: ins.ty().bits() })
    }

    /// The address of an element.
    fn at(&self, cx: &Cx<'_, 'ctx>, row: IntValue<'ctx>, column: IntValue<'ctx>) -> PointerValue<'ctx> {
        let e = &cx.emit;
        let (major, minor) = if self.by_rows { (row, column) } else { (column, row) };
        let wide = |value| e.zext_or_trunc(value, 64);
        let index = e.add(e.mul(wide(major), wide(self.stride)), wide(minor));
        let offset = e.mul(index, e.int(64, u64::from(self.bits)));
        e.pointer_offset(self.base, e.lshr(offset, e.int(64, 3)))
    }
}

/// `wmma.load.a` and `.b`.
fn load_factors(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let shape = ins.form.modifiers.shape.ok_or_else(|| ins.unsupported())?;
    let size = Size::of(shape).ok_or_else(|| ins.unsupported())?;
    let of_a = ins.form.modifiers.has("a");
    let matrix = Matrix::read(cx, ins, (1, 2), if of_a { (size.m, size.k) } else { (size.k, size.n) })?;
    let ty = ins.ty();
    let width = layout::per_register(ty);
    let e = &cx.emit;
    let (group, place) = group_and_place(cx);
    let runs = size.k / (4 * width);
    // Neighbours along k are neighbours in memory: a register is one word.
    let contiguous = matrix.by_rows == of_a;
    if !contiguous && ty.bits() < 8 {
        return Err(ins.unsupported());
    }
    let register_bits = width * ty.bits();
    let load = |line: u32, run: u32| -> IntValue<'_> {
        let line = e.add(group, e.word(8 * line));
        let first = e.add(e.mul(place, e.word(width)), e.word(run * 4 * width));
        let at = |index: u32| {
            let k = e.add(first, e.word(index));
            if of_a { matrix.at(cx, line, k) } else { matrix.at(cx, k, line) }
        };
        if contiguous {
            let ty: BasicTypeEnum<'_> = e.int_type(register_bits).into();
            return e.load(ty, at(0), plain(register_bits / 8)).into_int_value();
        }
        let mut word = e.int(register_bits, 0);
        for index in 0..width {
            let part = e.load(e.int_type(ty.bits()).into(), at(index), plain(ty.bytes())).into_int_value();
            let part = e.zext_or_trunc(part, register_bits);
            word = e.or(word, e.shl(part, e.int(register_bits, u64::from(index * ty.bits()))));
        }
        word
    };
    let mut loaded = Vec::new();
    let blocks = if of_a { size.m / size.block_rows() } else { size.n / 8 };
    let halves = if of_a { size.block_rows() / 8 } else { 1 };
    for block in 0..blocks {
        for run in 0..runs {
            for half in 0..halves {
                loaded.push(load(block * halves + half, run));
            }
        }
    }
    let registers = fragment(cx, ins, 0)?;
    if registers.len() < loaded.len() {
        return Err(ins.unsupported());
    }
    let target = if ty == ScalarType::F64 { ScalarType::B64 } else { ScalarType::B32 };
    // A fragment may have more registers than it needs: they repeat.
    for (&register, &value) in registers.iter().zip(loaded.iter().cycle()) {
        cx.write_operand(ins, register, target, value.into())?;
    }
    Ok(())
}

/// `wmma.load.c` and `wmma.store.d`.
fn results(cx: &mut Cx<'_, '_>, ins: &Ins<'_>, load: bool) -> Lowered {
    let shape = ins.form.modifiers.shape.ok_or_else(|| ins.unsupported())?;
    let size = Size::of(shape).ok_or_else(|| ins.unsupported())?;
    let address = if load { 1 } else { 0 };
    let matrix = Matrix::read(cx, ins, (address, 2), (size.m, size.n))?;
    let registers = fragment(cx, ins, 1 - address)?;
    let (e, ty) = (&cx.emit, ins.ty());
    let (group, place) = group_and_place(cx);
    let outputs = layout::outputs(size);
    let packed = if ty == ScalarType::F16 { 2 } else { 1 };
    if registers.len() * packed != outputs.len() {
        return Err(ins.unsupported());
    }
    let element: BasicTypeEnum<'_> = e.int_type(ty.bits()).into();
    let register_bits = ty.bits().max(32);
    let register_type = if register_bits == 64 { ScalarType::B64 } else { ScalarType::B32 };
    for (&register, parts) in registers.iter().zip(outputs.chunks(packed)) {
        let mut word = if load {
            e.int(register_bits, 0)
        } else {
            cx.read_operand(ins, register, register_type)?.into_int_value()
        };
        for (index, output) in (0u64..).zip(parts) {
            let row = e.add(group, e.word(output.row_block * size.block_rows() + 8 * output.upper));
            let column = e.add(e.shl(place, e.word(1)), e.word(8 * output.column_block + output.column));
            let at = matrix.at(cx, row, column);
            let shift = e.int(register_bits, index * 16);
            if load {
                let value = e.load(element, at, plain(ty.bytes())).into_int_value();
                word = e.or(word, e.shl(e.zext_or_trunc(value, register_bits), shift));
            } else {
                let value: Value<'_> = e.zext_or_trunc(e.lshr(word, shift), ty.bits()).into();
                e.store(at, value, plain(ty.bytes()));
            }
        }
        if load {
            cx.write_operand(ins, register, register_type, word.into())?;
        }
    }
    Ok(())
}

/// `ldmatrix` and `stmatrix` of 8x8 matrices of 16-bit elements: lane `8i + r` gives the address of row `r` of matrix `i`.
fn rows<'ctx>(cx: &mut Cx<'_, 'ctx>, ins: &Ins<'_>, load: bool) -> Lowered {
    let (address, data) = if load { (1, 0) } else { (0, 1) };
    let pointer = cx.address(ins, address, ins.form.modifiers.space)?;
    let registers = fragment(cx, ins, data)?;
    let e = &cx.emit;
    let own: PointerValue<'_> = e
        .space_cast_any(pointer, space::shared())
        .try_into()
        .map_err(|()| ins.unsupported_operand(address))?;
    let own = e.pointer_to_int(own, 32);
    let (group, place) = group_and_place(cx);
    let row_address = |matrix: u32, row: IntValue<'ctx>| -> IntValue<'ctx> {
        read_lane(cx, own, e.add(row, e.word(8 * matrix)))
    };
    let shared = e.pointer_type(space::shared());
    for (matrix, &register) in (0u32..).zip(&registers) {
        if !ins.form.modifiers.trans {
            let at = e.add(row_address(matrix, group), e.shl(place, e.word(2)));
            let at = e.int_to_pointer(at, shared);
            if load {
                let value = e.load(e.int_type(32).into(), at, plain(4));
                cx.write_operand(ins, register, ScalarType::B32, value)?;
            } else {
                let value = cx.read_operand(ins, register, ScalarType::B32)?;
                e.store(at, value, plain(4));
            }
            continue;
        }
        let mut word =
            if load { e.word(0) } else { cx.read_operand(ins, register, ScalarType::B32)?.into_int_value() };
        for half in 0..2u32 {
            let row = e.or(e.shl(place, e.word(1)), e.word(half));
            let at = e.add(row_address(matrix, row), e.shl(group, e.word(1)));
            let at = e.int_to_pointer(at, shared);
            if load {
                let value = e.load(e.int_type(16).into(), at, plain(2)).into_int_value();
                word = e.or(word, e.shl(e.zext_or_trunc(value, 32), e.word(16 * half)));
            } else {
                let value = e.zext_or_trunc(e.lshr(word, e.word(16 * half)), 16);
                e.store(at, value.into(), plain(2));
            }
        }
        if load {
            cx.write_operand(ins, register, ScalarType::B32, word.into())?;
        }
    }
    Ok(())
}

/// `ldmatrix` of 8x16 matrices of six or four bits: rows lie packed at the start of 16 bytes; every element gets a byte. Lane
/// `4g + t` holds the elements `4t` to `4t + 3` of row `g`.
fn unpacked_rows(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    const ELEMENTS: u32 = 4;
    let width = if ins.form.types.contains(&ScalarType::B4x16P64) { 4 } else { 6 };
    let pointer = cx.address(ins, 1, ins.form.modifiers.space)?;
    let registers = fragment(cx, ins, 0)?;
    let e = &cx.emit;
    let own: PointerValue<'_> =
        e.space_cast_any(pointer, space::shared()).try_into().map_err(|()| ins.unsupported_operand(1))?;
    let own = e.pointer_to_int(own, 32);
    let (group, place) = group_and_place(cx);
    let bytes = ELEMENTS * width / 8;
    for (matrix, &register) in (0u32..).zip(&registers) {
        let row = read_lane(cx, own, e.add(group, e.word(8 * matrix)));
        let first = e.add(row, e.mul(place, e.word(bytes)));
        let mut packed = e.word(0);
        for byte in 0..bytes {
            let at = e.int_to_pointer(e.add(first, e.word(byte)), e.pointer_type(space::shared()));
            let value = e.load(e.int_type(8).into(), at, plain(1)).into_int_value();
            packed = e.or(packed, e.shl(e.zext_or_trunc(value, 32), e.word(8 * byte)));
        }
        let mut word = e.word(0);
        for index in 0..ELEMENTS {
            let number = e.and(e.lshr(packed, e.word(index * width)), e.word((1 << width) - 1));
            word = e.or(word, e.shl(number, e.word(8 * index)));
        }
        cx.write_operand(ins, register, ScalarType::B32, word.into())?;
    }
    Ok(())
}

/// `movmatrix.trans`: the elements `(2t, g)` and `(2t + 1, g)` of the matrix whose row `g` four lanes hold in pairs.
fn transpose(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let value = match ins.operand(1)? {
        operand @ Operand::Register(_) => cx.read_operand(ins, operand, ScalarType::B32)?.into_int_value(),
        _ => return Err(ins.unsupported_operand(1)),
    };
    let e = &cx.emit;
    let (group, place) = group_and_place(cx);
    let shift = e.shl(e.and(group, e.word(1)), e.word(4));
    let mut word = e.word(0);
    for half in 0..2u32 {
        let row = e.or(e.shl(place, e.word(1)), e.word(half));
        let lane = e.or(e.shl(row, e.word(2)), e.lshr(group, e.word(1)));
        let pair = e.lshr(read_lane(cx, value, lane), shift);
        word = e.or(word, e.shl(e.and(pair, e.word(0xFFFF)), e.word(16 * half)));
    }
    cx.write(ins, 0, ScalarType::B32, word)
}
