//! Where the elements of a matrix fragment lie in the lanes and registers of a warp (PTX ISA 9.7.14.5).
//!
//! All `mma` shapes but Volta's share one layout. Lane `4g + t` holds of A the rows `g` and `g + 8`, of B the column `g`, of
//! C and D the rows `g` and `g + 8` at the columns `2t` and `2t + 1`. Along k a register of A or B holds neighbours, and
//! four lanes with one register each hold a run. `wmma`, whose layout is nobody's business, uses the same in blocks.

use ptx_frontend::isa::{ScalarType, Shape};

/// Rows, columns and depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Rows of A, C and D.
    pub m: u32,
    /// Columns of B, C and D.
    pub n: u32,
    /// Columns of A, rows of B.
    pub k: u32,
}

impl Size {
    /// The size of a shape of `mma` and `wmma`.
    pub fn of(shape: Shape) -> Option<Size> {
        let (m, rest) = shape.as_str().strip_prefix('m')?.split_once('n')?;
        let (n, k) = rest.split_once('k')?;
        Some(Size { m: m.parse().ok()?, n: n.parse().ok()?, k: k.parse().ok()? })
    }

    /// Rows of one block of A: 16, or 8 where there are no more.
    pub fn block_rows(self) -> u32 {
        self.m.min(16)
    }
}

/// Elements of a type that a register of a fragment of A or B holds.
pub fn per_register(ty: ScalarType) -> u32 {
    if ty == ScalarType::F64 { 1 } else { 32 / ty.bits() }
}

/// The place of an element of A or B along k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The lane among the four of a row or column.
    pub lane: u32,
    /// The register, counted along k.
    pub register: u32,
    /// The element in the register.
    pub element: u32,
}

/// Where index `k` lies, with `width` elements a register.
pub fn along_k(k: u32, width: u32) -> Place {
    Place { lane: k % (4 * width) / width, register: k / (4 * width), element: k % width }
}

/// Registers of a fragment of A without repetition.
pub fn registers_of_a(size: Size, width: u32) -> u32 {
    size.m.div_ceil(8) * (size.k / (4 * width))
}

/// Registers of a fragment of B without repetition.
pub fn registers_of_b(size: Size, width: u32) -> u32 {
    size.n / 8 * (size.k / (4 * width))
}

/// The register of A for a block of rows, its upper half, and a place along k.
pub fn register_of_a(size: Size, width: u32, block: u32, upper: u32, along: u32) -> u32 {
    let halves = size.block_rows() / 8;
    (block * (size.k / (4 * width)) + along) * halves + upper
}

/// The register of B for a block of eight columns and a place along k.
pub fn register_of_b(size: Size, width: u32, block: u32, along: u32) -> u32 {
    block * (size.k / (4 * width)) + along
}

/// An element of C and D in a lane, counted from 0: its block of rows, half of it, block of columns, and which of two columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Block of 16 (or 8) rows.
    pub row_block: u32,
    /// 1 for the rows from 8 on.
    pub upper: u32,
    /// Block of eight columns.
    pub column_block: u32,
    /// 0 or 1: column `2t` or `2t + 1`.
    pub column: u32,
}

/// The elements of C and D that a lane holds, in their order.
pub fn outputs(size: Size) -> Vec<Output> {
    let mut all = Vec::new();
    for row_block in 0..size.m / size.block_rows() {
        for column_block in 0..size.n / 8 {
            for upper in 0..size.block_rows() / 8 {
                for column in 0..2 {
                    all.push(Output { row_block, upper, column_block, column });
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_s_layout_of_m16n8k16() {
        let size = Size::of(Shape::M16n8k16).expect("a shape of mma");
        assert_eq!(size, Size { m: 16, n: 8, k: 16 });
        assert_eq!((registers_of_a(size, 2), registers_of_b(size, 2)), (4, 2));
        // a2 holds row g at k = 8 + 2t.
        let place = along_k(8 + 2 * 3 + 1, 2);
        assert_eq!(place, Place { lane: 3, register: 1, element: 1 });
        assert_eq!(register_of_a(size, 2, 0, 0, place.register), 2);
        assert_eq!(register_of_a(size, 2, 0, 1, place.register), 3);
        assert_eq!(outputs(size).len(), 4);
    }

    #[test]
    fn fragments_of_wmma_fit() {
        let size = Size::of(Shape::M32n8k16).expect("a shape of wmma");
        assert_eq!((registers_of_a(size, 2), registers_of_b(size, 2)), (8, 2));
        assert_eq!(outputs(size).len(), 8);
    }
}
