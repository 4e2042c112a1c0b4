//! Atomic operations: what each makes of the old value, and how it is done in host memory.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};

use super::value::F16;

/// An operation on a 32- or 64-bit location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub(crate) enum Atomic {
    Swap,
    /// Writes the first operand where the second equals the old value.
    CompareSwap,
    /// As above, compared as floats.
    CompareSwapFloat,
    Add,
    Subtract,
    ReverseSubtract,
    SignedMin,
    UnsignedMin,
    SignedMax,
    UnsignedMax,
    And,
    Or,
    Xor,
    Increment,
    Decrement,
    AddFloat,
    MinFloat,
    MaxFloat,
    AddHalves,
    /// Clears the bits of the first operand and sets those of the second.
    MaskOr,
    /// Subtracts the first operand where the old value is not below it, else adds the second.
    Wrap,
    /// `ds_condxchg32`: writes each dword of the operand whose top bit is set.
    ConditionalExchange,
}

impl Atomic {
    const ALL: [Atomic; 22] = [
        Atomic::Swap,
        Atomic::CompareSwap,
        Atomic::CompareSwapFloat,
        Atomic::Add,
        Atomic::Subtract,
        Atomic::ReverseSubtract,
        Atomic::SignedMin,
        Atomic::UnsignedMin,
        Atomic::SignedMax,
        Atomic::UnsignedMax,
        Atomic::And,
        Atomic::Or,
        Atomic::Xor,
        Atomic::Increment,
        Atomic::Decrement,
        Atomic::AddFloat,
        Atomic::MinFloat,
        Atomic::MaxFloat,
        Atomic::AddHalves,
        Atomic::MaskOr,
        Atomic::Wrap,
        Atomic::ConditionalExchange,
    ];

    /// By the end of a global, buffer or scalar mnemonic, without `_x2`.
    pub fn named(tail: &str) -> Option<Self> {
        Some(match tail {
            "swap" => Atomic::Swap,
            "cmpswap" => Atomic::CompareSwap,
            "add" => Atomic::Add,
            "sub" => Atomic::Subtract,
            "smin" => Atomic::SignedMin,
            "umin" => Atomic::UnsignedMin,
            "smax" => Atomic::SignedMax,
            "umax" => Atomic::UnsignedMax,
            "and" => Atomic::And,
            "or" => Atomic::Or,
            "xor" => Atomic::Xor,
            "inc" => Atomic::Increment,
            "dec" => Atomic::Decrement,
            "add_f32" | "add_f64" => Atomic::AddFloat,
            "min_f64" => Atomic::MinFloat,
            "max_f64" => Atomic::MaxFloat,
            "pk_add_f16" => Atomic::AddHalves,
            _ => return None,
        })
    }

    /// By the middle of a DS mnemonic: `ds_<name>_rtn_u32` or `ds_<name>_u32`, with its type.
    pub fn named_ds(name: &str, kind: &str) -> Option<Self> {
        let float = kind.starts_with('f');
        Some(match name {
            "add" if float => Atomic::AddFloat,
            "min" if float => Atomic::MinFloat,
            "max" if float => Atomic::MaxFloat,
            "cmpst" if float => Atomic::CompareSwapFloat,
            "add" => Atomic::Add,
            "sub" => Atomic::Subtract,
            "rsub" => Atomic::ReverseSubtract,
            "inc" => Atomic::Increment,
            "dec" => Atomic::Decrement,
            "min" if kind.starts_with('i') => Atomic::SignedMin,
            "max" if kind.starts_with('i') => Atomic::SignedMax,
            "min" => Atomic::UnsignedMin,
            "max" => Atomic::UnsignedMax,
            "and" => Atomic::And,
            "or" => Atomic::Or,
            "xor" => Atomic::Xor,
            "mskor" => Atomic::MaskOr,
            "wrxchg" => Atomic::Swap,
            "cmpst" => Atomic::CompareSwap,
            "wrap" => Atomic::Wrap,
            "condxchg32" => Atomic::ConditionalExchange,
            _ => return None,
        })
    }

    /// To be kept in an instruction.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What [`Atomic::code`] gave.
    pub fn from_code(code: u8) -> Self {
        Self::ALL[usize::from(code) % Self::ALL.len()]
    }

    /// The new value. 32-bit operands are zero-extended, and only 32 bits of the result count.
    #[inline(always)]
    pub fn apply(self, wide: bool, old: u64, a: u64, b: u64) -> u64 {
        let signed = |value: u64| if wide { value as i64 } else { i64::from(value as u32 as i32) };
        match self {
            Atomic::Swap => a,
            Atomic::CompareSwap => {
                if old == b {
                    a
                } else {
                    old
                }
            }
            Atomic::CompareSwapFloat => {
                let equal = if wide {
                    f64::from_bits(old) == f64::from_bits(b)
                } else {
                    f32::from_bits(old as u32) == f32::from_bits(b as u32)
                };
                if equal { a } else { old }
            }
            Atomic::Add => old.wrapping_add(a),
            Atomic::Subtract => old.wrapping_sub(a),
            Atomic::ReverseSubtract => a.wrapping_sub(old),
            Atomic::SignedMin => {
                if signed(a) < signed(old) {
                    a
                } else {
                    old
                }
            }
            Atomic::SignedMax => {
                if signed(a) > signed(old) {
                    a
                } else {
                    old
                }
            }
            Atomic::UnsignedMin => a.min(old),
            Atomic::UnsignedMax => a.max(old),
            Atomic::And => old & a,
            Atomic::Or => old | a,
            Atomic::Xor => old ^ a,
            Atomic::Increment => {
                if old >= a {
                    0
                } else {
                    old + 1
                }
            }
            Atomic::Decrement => {
                if old == 0 || old > a {
                    a
                } else {
                    old - 1
                }
            }
            Atomic::AddFloat if wide => (f64::from_bits(old) + f64::from_bits(a)).to_bits(),
            Atomic::AddFloat => (f32::from_bits(old as u32) + f32::from_bits(a as u32)).to_bits().into(),
            Atomic::MinFloat if wide => f64::from_bits(old).min(f64::from_bits(a)).to_bits(),
            Atomic::MinFloat => f32::from_bits(old as u32).min(f32::from_bits(a as u32)).to_bits().into(),
            Atomic::MaxFloat if wide => f64::from_bits(old).max(f64::from_bits(a)).to_bits(),
            Atomic::MaxFloat => f32::from_bits(old as u32).max(f32::from_bits(a as u32)).to_bits().into(),
            Atomic::AddHalves => {
                let half = |shift: u32| {
                    let sum = F16((old >> shift) as u16).to_f32() + F16((a >> shift) as u16).to_f32();
                    u64::from(F16::from_f32(sum).0) << shift
                };
                half(0) | half(16)
            }
            Atomic::MaskOr => old & !a | b,
            Atomic::Wrap => {
                if old as u32 >= a as u32 {
                    u64::from((old as u32).wrapping_sub(a as u32))
                } else {
                    u64::from((old as u32).wrapping_add(b as u32))
                }
            }
            Atomic::ConditionalExchange => {
                let half = |shift: u32| {
                    let (old, new) = ((old >> shift) as u32, (a >> shift) as u32);
                    u64::from(if new >> 31 != 0 { new & 0x7fff_ffff } else { old }) << shift
                };
                half(0) | half(32)
            }
        }
    }
}

/// Performs `operation` on host memory and returns the old value.
///
/// An unaligned location, which the hardware refuses, is done without atomicity.
///
/// # Safety
/// The location must be mapped and writable.
#[inline(always)]
pub(crate) unsafe fn host_atomic(operation: Atomic, wide: bool, address: u64, a: u64, b: u64) -> u64 {
    // SAFETY: mapped by the caller's word; alignment is tested, and all other accesses of running waves to the
    // location are single host accesses.
    unsafe {
        if wide {
            if !address.is_multiple_of(8) {
                let pointer = address as *mut u64;
                let old = pointer.read_unaligned();
                pointer.write_unaligned(operation.apply(true, old, a, b));
                return old;
            }
            let location = AtomicU64::from_ptr(address as *mut u64);
            return match operation {
                Atomic::Add => location.fetch_add(a, SeqCst),
                Atomic::Swap => location.swap(a, SeqCst),
                Atomic::CompareSwap => {
                    location.compare_exchange(b, a, SeqCst, SeqCst).unwrap_or_else(|old| old)
                }
                _ => location.update(SeqCst, SeqCst, |old| operation.apply(true, old, a, b)),
            };
        }
        if !address.is_multiple_of(4) {
            let pointer = address as *mut u32;
            let old = pointer.read_unaligned();
            pointer.write_unaligned(operation.apply(false, old.into(), a, b) as u32);
            return old.into();
        }
        let location = AtomicU32::from_ptr(address as *mut u32);
        let (x, y) = (a as u32, b as u32);
        let old = match operation {
            Atomic::Add => location.fetch_add(x, SeqCst),
            Atomic::Subtract => location.fetch_sub(x, SeqCst),
            Atomic::Or => location.fetch_or(x, SeqCst),
            Atomic::And => location.fetch_and(x, SeqCst),
            Atomic::Xor => location.fetch_xor(x, SeqCst),
            Atomic::Swap => location.swap(x, SeqCst),
            Atomic::CompareSwap => location.compare_exchange(y, x, SeqCst, SeqCst).unwrap_or_else(|old| old),
            _ => location.update(SeqCst, SeqCst, |old| operation.apply(false, old.into(), a, b) as u32),
        };
        old.into()
    }
}
