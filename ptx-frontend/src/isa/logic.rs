//! Logic and shifts (PTX ISA 9.7.8).

use super::row::rows;

rows! {
    pure {
        10 0 And "and{.pred,.b16,.b32,.b64} d, a, b";
        10 0 Or "or{.pred,.b16,.b32,.b64} d, a, b";
        10 0 Xor "xor{.pred,.b16,.b32,.b64} d, a, b";
        10 0 Not "not{.pred,.b16,.b32,.b64} d, a";
        10 0 Cnot "cnot{.b16,.b32,.b64} d, a";
        43 50 Lop3 "lop3.b32 d, a, b, c, e:imm";
        82 70 Lop3 "lop3{.or,.and}.b32 d|p, a, b, c, e:imm, {!}q";
        31 32 Shf "shf{.l,.r}{.clamp,.wrap}.b32 d, a, b, c:u32";
        10 0 Shl "shl{.b16,.b32,.b64} d, a, b:u32";
        10 0 Shr "shr{.b16,.b32,.b64,.u16,.u32,.u64,.s16,.s32,.s64} d, a, b:u32";
    }
}
