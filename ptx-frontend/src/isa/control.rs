//! Control flow (PTX ISA 9.7.12) and the end of things (9.7.19).

use super::row::rows;

rows! {
    control {
        10 0 Bra "bra[.uni] t:label";
        60 30 BrxIdx "brx.idx[.uni] a:u32, b:targets";
        10 0 Ret "ret[.uni]";
        10 0 Exit "exit";
        10 0 Trap "trap";
    }
    anything {
        10 0 Call "call[.uni] r:list, f:callee, a:list{, e:targets}";
    }
    writes {
        10 0 Brkpt "brkpt";
    }
}
