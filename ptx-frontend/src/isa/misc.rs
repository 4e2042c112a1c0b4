//! The stack and the odds and ends (PTX ISA 9.7.17, 9.7.19).

use super::row::rows;

rows! {
    writes {
        73 52 Stacksave "stacksave{.u32,.u64} d";
        73 52 Stackrestore "stackrestore{.u32,.u64} a";
        73 52 Alloca "alloca{.u32,.u64} d, a{, b:imm}";
        63 70 Nanosleep "nanosleep.u32 a";
        14 0 Pmevent "pmevent a:imm";
        30 20 Pmevent "pmevent.mask a:imm";
        80 (90 a) Setmaxnreg "setmaxnreg{.inc,.dec}.sync.aligned.u32 a:imm";
    }
}
