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

    /// Rows and columns of the elements `a_i` of A and `b_i` of B as the manual states them, section by section of 9.7.14.5
    /// ("Matrix Fragments for mma.m16n8k64" and so on), as functions of groupID, threadID_in_group and i.
    #[test]
    fn layouts_as_the_manual_states_them() {
        type Formula = fn(u32, u32, u32) -> (u32, u32);
        let cases: [(Shape, u32, u32, Formula, u32, Formula); 6] = [
            (
                Shape::M16n8k64,
                8,
                32,
                |g, t, i| {
                    let row = if i < 8 || (16..24).contains(&i) { g } else { g + 8 };
                    (row, t * 8 + (i & 7) + if i < 16 { 0 } else { 32 })
                },
                16,
                |g, t, i| (t * 8 + (i & 7) + if i < 8 { 0 } else { 32 }, g),
            ),
            (
                Shape::M16n8k32,
                4,
                16,
                |g, t, i| {
                    let row = if i < 4 || (8..12).contains(&i) { g } else { g + 8 };
                    (row, t * 4 + (i & 3) + if i < 8 { 0 } else { 16 })
                },
                8,
                |g, t, i| (t * 4 + (i & 3) + if i < 4 { 0 } else { 16 }, g),
            ),
            (
                Shape::M16n8k16,
                4,
                8,
                |g, t, i| (if i < 4 { g } else { g + 8 }, t * 4 + (i & 3)),
                4,
                |g, t, i| (t * 4 + i, g),
            ),
            (
                Shape::M16n8k16,
                2,
                8,
                |g, t, i| {
                    let row = if i < 2 || (4..6).contains(&i) { g } else { g + 8 };
                    (row, t * 2 + (i & 1) + if i >= 4 { 8 } else { 0 })
                },
                4,
                |g, t, i| (t * 2 + (i & 1) + if i >= 2 { 8 } else { 0 }, g),
            ),
            (Shape::M16n8k4, 1, 2, |g, t, i| (if i == 0 { g } else { g + 8 }, t), 1, |g, t, _| (t, g)),
            (
                Shape::M16n8k32,
                8,
                16,
                |g, t, i| (if i < 8 { g } else { g + 8 }, t * 8 + (i & 7)),
                8,
                |g, t, i| (t * 8 + i, g),
            ),
        ];
        for (shape, width, count_a, of_a, count_b, of_b) in cases {
            let size = Size::of(shape).expect("a shape of mma");
            assert_eq!(registers_of_a(size, width) * width, count_a, "{shape:?}");
            assert_eq!(registers_of_b(size, width) * width, count_b, "{shape:?}");
            for lane in 0..32 {
                let (group, thread) = (lane / 4, lane % 4);
                for i in 0..count_a {
                    let (row, k) = of_a(group, thread, i);
                    let place = along_k(k, width);
                    assert_eq!(row % 8, group);
                    assert_eq!(place.lane, thread, "{shape:?} a{i}");
                    let register = register_of_a(size, width, 0, row / 8, place.register);
                    assert_eq!(register * width + place.element, i, "{shape:?} a{i}");
                }
                for i in 0..count_b {
                    let (k, column) = of_b(group, thread, i);
                    let place = along_k(k, width);
                    assert_eq!((column, place.lane), (group, thread), "{shape:?} b{i}");
                    let register = register_of_b(size, width, 0, place.register);
                    assert_eq!(register * width + place.element, i, "{shape:?} b{i}");
                }
            }
        }
    }

    #[test]
    fn fragments_of_wmma_fit() {
        let size = Size::of(Shape::M32n8k16).expect("a shape of wmma");
        assert_eq!((registers_of_a(size, 2), registers_of_b(size, 2)), (8, 2));
        assert_eq!(outputs(size).len(), 8);
    }
}
