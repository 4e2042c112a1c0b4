//! What each dotted word of an opcode says: which field of [`Modifiers`] it fills.
//!
//! A row names a class (`.CmpOp`) where the same word means different things in different instructions (`.lo` is a
//! comparison in `setp` and a half in `mul`); every other word is decoded by [`apply`] alone.

use super::modifiers::*;
use super::types::{ScalarType, StateSpace};

/// How a word of a slot is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// By itself.
    Plain,
    /// A comparison.
    Comparison,
    /// A boolean operation.
    Boolean,
    /// An operation of `atom`, `red`, `redux`.
    Atomic,
    /// A mode of `vote`.
    Vote,
    /// No field: kept among the other words.
    Other,
}

/// The shapes of `wgmma` for one depth: every eighth width up to 256.
macro_rules! wgmma_shapes {
    ($depth:literal) => {
        wgmma_shapes!(@ $depth: 8 16 24 32 40 48 56 64 72 80 88 96 104 112 120 128 136 144 152 160 168 176 184 192
            200 208 216 224 232 240 248 256)
    };
    (@ $depth:literal: $($width:literal)*) => {
        &[$(concat!("m64n", $width, "k", $depth)),*]
    };
}

/// The words of a class, by the name that rows call it.
pub(crate) fn class(name: &str) -> Option<(Class, &'static [&'static str])> {
    Some(match name {
        "CmpUnsigned" => (Class::Comparison, &["eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs"]),
        "CmpSigned" => (Class::Comparison, &["eq", "ne", "lt", "le", "gt", "ge"]),
        "CmpBits" => (Class::Comparison, &["eq", "ne"]),
        "CmpFloat" => (
            Class::Comparison,
            &["eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"],
        ),
        "BoolOp" => (Class::Boolean, &["and", "or", "xor"]),
        "RedOp" => (Class::Boolean, &["and", "or"]),
        "AtomInt" => (Class::Atomic, &["add", "min", "max"]),
        "AtomBits" => (Class::Atomic, &["and", "or", "xor"]),
        "AtomCount" => (Class::Atomic, &["inc", "dec"]),
        "Exch" => (Class::Atomic, &["exch"]),
        "Cas" => (Class::Atomic, &["cas"]),
        "AddOp" => (Class::Atomic, &["add"]),
        "MinMax" => (Class::Atomic, &["min", "max"]),
        "AllAny" => (Class::Vote, &["all", "any", "uni"]),
        "Ballot" => (Class::Vote, &["ballot"]),
        "Rnd" => (Class::Plain, &["rn", "rz", "rm", "rp"]),
        "IRnd" => (Class::Plain, &["rni", "rzi", "rmi", "rpi"]),
        "Scope" => (Class::Plain, &["cta", "cluster", "gpu", "sys"]),
        "AtomSem" => (Class::Plain, &["relaxed", "acquire", "release", "acq_rel"]),
        "LdCop" => (Class::Plain, &["ca", "cg", "cs", "lu", "cv"]),
        "StCop" => (Class::Plain, &["wb", "cg", "cs", "wt"]),
        "NcCop" => (Class::Plain, &["ca", "cg", "cs"]),
        "Vec" => (Class::Plain, &["v2", "v4"]),
        "L1Evict" => (
            Class::Other,
            &[
                "L1::evict_normal",
                "L1::evict_unchanged",
                "L1::evict_first",
                "L1::evict_last",
                "L1::no_allocate",
            ],
        ),
        "L2Evict" => (Class::Other, &["L2::evict_normal", "L2::evict_first", "L2::evict_last"]),
        "Prefetch" => (Class::Other, &["L2::64B", "L2::128B", "L2::256B"]),
        "LdSpace" => (
            Class::Plain,
            &[
                "const",
                "global",
                "local",
                "param",
                "param::entry",
                "param::func",
                "shared",
                "shared::cta",
                "shared::cluster",
            ],
        ),
        "StSpace" => (
            Class::Plain,
            &["global", "local", "param", "param::func", "shared", "shared::cta", "shared::cluster"],
        ),
        "AccessSpace" => {
            (Class::Plain, &["const", "global", "local", "shared", "shared::cta", "shared::cluster"])
        }
        "AtomSpace" => (Class::Plain, &["global", "shared", "shared::cta", "shared::cluster"]),
        "Shared" => (Class::Plain, &["shared", "shared::cta", "shared::cluster"]),
        "IntTypes" => (Class::Plain, &["u16", "u32", "u64", "s16", "s32", "s64"]),
        "LdTypes" => (
            Class::Plain,
            &["b8", "b16", "b32", "b64", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64"],
        ),
        "Geom" => (Class::Plain, &["1d", "2d", "3d", "a1d", "a2d", "cube", "acube", "2dms", "a2dms"]),
        "SurfGeom" => (Class::Plain, &["1d", "2d", "3d", "a1d", "a2d"]),
        "SurfClamp" => (Class::Plain, &["trap", "clamp", "zero"]),
        "CtaGroup" => (Class::Other, &["cta_group::1", "cta_group::2"]),
        "Comp" => (Class::Other, &["r", "g", "b", "a"]),
        "I32" => (Class::Plain, &["u32", "s32"]),
        "CmpVideo" => (Class::Comparison, &["eq", "ne", "lt", "le", "gt", "ge"]),
        "WmmaSpace" => (Class::Plain, &["global", "shared", "shared::cta"]),
        "SharedCta" => (Class::Plain, &["shared", "shared::cta"]),
        "WgmmaK8" => (Class::Other, wgmma_shapes!(8)),
        "WgmmaK16" => (Class::Other, wgmma_shapes!(16)),
        "WgmmaK32" => (Class::Other, wgmma_shapes!(32)),
        "WgmmaK64" => (Class::Other, wgmma_shapes!(64)),
        "WgmmaInt" => (
            Class::Other,
            wgmma_shapes!(@ 32: 8 16 24 32 48 64 80 96 112 128 144 160 176 192 208 224 240 256),
        ),
        "WgmmaIntSp" => (
            Class::Other,
            wgmma_shapes!(@ 64: 8 16 24 32 48 64 80 96 112 128 144 160 176 192 208 224 240 256),
        ),
        "WgmmaK256" => (
            Class::Other,
            wgmma_shapes!(@ 256: 8 16 24 32 48 64 80 96 112 128 144 160 176 192 208 224 240 256),
        ),
        "Dim" => (Class::Plain, &["1d", "2d", "3d", "4d", "5d"]),
        _ => return None,
    })
}

/// Decodes one word into its field.
pub(crate) fn apply(
    word: &'static str,
    class: Class,
    modifiers: &mut Modifiers,
    types: &mut Vec<ScalarType>,
) {
    match class {
        Class::Comparison => modifiers.comparison = Comparison::from_word(word),
        Class::Boolean => modifiers.boolean = BooleanOp::from_word(word),
        Class::Atomic => modifiers.atomic = AtomicOp::from_word(word),
        Class::Vote => modifiers.vote = VoteMode::from_word(word),
        Class::Other => modifiers.others.push(OtherWord(word)),
        Class::Plain => apply_plain(word, modifiers, types),
    }
}

fn apply_plain(word: &'static str, modifiers: &mut Modifiers, types: &mut Vec<ScalarType>) {
    if let Some(ty) = ScalarType::from_word(word) {
        return types.push(ty);
    }
    if let Some(space) = StateSpace::from_word(word) {
        let field =
            if modifiers.space.is_none() { &mut modifiers.space } else { &mut modifiers.source_space };
        *field = Some(space);
        return;
    }
    let flag = match word {
        "ftz" => &mut modifiers.ftz,
        "sat" => &mut modifiers.sat,
        "satfinite" => &mut modifiers.satfinite,
        "relu" => &mut modifiers.relu,
        "NaN" => &mut modifiers.nan,
        "abs" => &mut modifiers.abs,
        "oob" => &mut modifiers.oob,
        "cc" => &mut modifiers.carry_out,
        "shiftamt" => &mut modifiers.shift_amount,
        "to" => &mut modifiers.to,
        "nc" => &mut modifiers.non_coherent,
        "volatile" => &mut modifiers.volatile,
        "mmio" => &mut modifiers.mmio,
        "unified" => &mut modifiers.unified,
        "L2::cache_hint" => &mut modifiers.cache_hint,
        "noftz" => &mut modifiers.noftz,
        "uni" => &mut modifiers.uniform,
        "sync" => &mut modifiers.sync,
        "aligned" => &mut modifiers.aligned,
        "trans" => &mut modifiers.trans,
        _ => return apply_valued(word, modifiers),
    };
    *flag = true;
}

fn apply_valued(word: &'static str, modifiers: &mut Modifiers) {
    /// Fills the first field whose enum knows the word.
    macro_rules! first_known {
        ($($field:ident $ty:ident),*) => {
            $(if let Some(value) = $ty::from_word(word) {
                modifiers.$field = Some(value);
                return;
            })*
        };
    }
    match word {
        "gl" => modifiers.scope = Some(Scope::Gpu),
        "v2" => modifiers.vector = Some(2),
        "v4" => modifiers.vector = Some(4),
        "v8" => modifiers.vector = Some(8),
        "and" | "or" | "xor" => modifiers.boolean = BooleanOp::from_word(word),
        "row" => modifiers.layouts.push(Layout::Row),
        "col" => modifiers.layouts.push(Layout::Col),
        "xorsign" => {
            modifiers.xorsign_abs = true;
        }
        _ => {
            first_known!(
                rounding Rounding, precision Precision, half MulHalf, cache CacheOperator, scope Scope,
                semantics Semantics, shuffle ShuffleMode, test TestProperty, clamp Clamp, direction Direction,
                permute PermuteMode, geometry Geometry, shape Shape
            );
            if let "add" | "min" | "max" | "inc" | "dec" = word {
                modifiers.atomic = AtomicOp::from_word(word);
                return;
            }
            match word.strip_prefix('x').and_then(|number| number.parse().ok()) {
                Some(count) => modifiers.count = Some(count),
                None => modifiers.others.push(OtherWord(word)),
            }
        }
    }
}
