//! Integer arithmetic and carry chains (PTX ISA 9.7.1, 9.7.2).

use super::row::rows;

rows! {
    pure {
        10 0 Add "add.IntTypes d, a, b";
        10 0 Add "add.sat.s32 d, a, b";
        80 90 Add "add{.u16x2,.s16x2} d, a, b";
        92 (120 a) Add "add{.u8x4,.s8x4} d, a, b";
        92 (120 a) Add "add.sat{.u16x2,.s16x2,.u32} d, a, b";
        10 0 Sub "sub.IntTypes d, a, b";
        10 0 Sub "sub.sat.s32 d, a, b";
        92 (120 a) Sub "sub{.u8x4,.s8x4} d, a, b";
        10 0 Mul "mul{.hi,.lo}.IntTypes d, a, b";
        10 0 Mul "mul.wide{.u16,.u32,.s16,.s32} d:x2, a, b";
        10 0 Mad "mad{.hi,.lo}.IntTypes d, a, b, c";
        10 0 Mad "mad.wide{.u16,.u32,.s16,.s32} d:x2, a, b, c:x2";
        10 0 Mad "mad.hi.sat.s32 d, a, b, c";
        10 0 Mul24 "mul24{.hi,.lo}{.u32,.s32} d, a, b";
        10 0 Mad24 "mad24{.hi,.lo}{.u32,.s32} d, a, b, c";
        10 0 Mad24 "mad24.hi.sat.s32 d, a, b, c";
        93 80 Clmad "clmad{.lo,.hi}.u64 d, a, b, c";
        10 0 Sad "sad.IntTypes d, a, b, c";
        10 0 Div "div.IntTypes d, a, b";
        10 0 Rem "rem.IntTypes d, a, b";
        10 0 Abs "abs{.s16,.s32,.s64} d, a";
        10 0 Neg "neg{.s16,.s32,.s64} d, a";
        92 (120 a) Neg "neg.s8x4 d, a";
        10 0 Min "min.IntTypes d, a, b";
        80 90 Min "min{.u16x2,.s16x2} d, a, b";
        80 90 Min "min.relu{.s16x2,.s32} d, a, b";
        92 (120 a) Min "min{.u8x4,.s8x4} d, a, b";
        10 0 Max "max.IntTypes d, a, b";
        80 90 Max "max{.u16x2,.s16x2} d, a, b";
        80 90 Max "max.relu{.s16x2,.s32} d, a, b";
        92 (120 a) Max "max{.u8x4,.s8x4} d, a, b";
        20 20 Popc "popc{.b32,.b64} d:u32, a";
        20 20 Clz "clz{.b32,.b64} d:u32, a";
        20 20 Bfind "bfind[.shiftamt]{.u32,.u64,.s32,.s64} d:u32, a";
        60 30 Fns "fns.b32 d, a, b:b32, c:s32";
        20 20 Brev "brev{.b32,.b64} d, a";
        20 20 Bfe "bfe{.u32,.u64,.s32,.s64} d, a, b:u32, c:u32";
        20 20 Bfi "bfi{.b32,.b64} d, a, b, c:u32, e:u32";
        76 70 Szext "szext{.clamp,.wrap}{.u32,.s32} d, a, b:u32";
        76 70 Bmsk "bmsk{.clamp,.wrap}.b32 d, a, b";
        50 61 Dp4a "dp4a{.u32,.s32}{.u32,.s32} d:b32, a:b32, b:b32, c:b32";
        50 61 Dp2a "dp2a{.lo,.hi}{.u32,.s32}{.u32,.s32} d:b32, a:b32, b:b32, c:b32";
    }
    pure {
        12 0 Add "add.cc{.u32,.s32} d, a, b";
        43 20 Add "add.cc{.u64,.s64} d, a, b";
        12 0 Addc "addc[.cc]{.u32,.s32} d, a, b";
        43 20 Addc "addc[.cc]{.u64,.s64} d, a, b";
        12 0 Sub "sub.cc{.u32,.s32} d, a, b";
        43 20 Sub "sub.cc{.u64,.s64} d, a, b";
        12 0 Subc "subc[.cc]{.u32,.s32} d, a, b";
        43 20 Subc "subc[.cc]{.u64,.s64} d, a, b";
        30 20 Mad "mad{.hi,.lo}.cc{.u32,.s32} d, a, b, c";
        43 20 Mad "mad{.hi,.lo}.cc{.u64,.s64} d, a, b, c";
        30 20 Madc "madc{.hi,.lo}[.cc]{.u32,.s32} d, a, b, c";
        43 20 Madc "madc{.hi,.lo}[.cc]{.u64,.s64} d, a, b, c";
    }
}
