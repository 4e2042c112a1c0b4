//! SOPP: branches, waits, messages, the end; and the entries that stand for no instruction.

use super::{Flow, Handler, Instruction, fault};
use crate::dispatch::FaultKind;
use crate::isa::Decoded;
use crate::wave::Wave;

/// In [`Instruction::flags`]: the branch target lies in the same page, `source[0]` entries from this one.
pub(crate) const NEAR: u16 = 1;

/// Goes on at `pc`.
pub(crate) fn jump(wave: &mut Wave, pc: u64) -> Flow {
    match wave.code.enter(pc) {
        Some(ip) => {
            wave.ip = ip;
            Flow::Jump
        }
        None => fault(wave, FaultKind::BadProgramCounter, None, Some(pc)),
    }
}

#[inline(always)]
fn branch(wave: &mut Wave, instruction: &Instruction) -> Flow {
    if instruction.flags & NEAR != 0 {
        wave.ip = (&raw const *instruction).wrapping_offset(instruction.source[0] as i64 as isize);
        return Flow::Jump;
    }
    jump(wave, instruction.source[0])
}

/// The address that a branch goes to, for instructions that are one.
pub(crate) fn branch_target(instruction: &Instruction) -> Option<u64> {
    BRANCHES
        .iter()
        .any(|branch| std::ptr::fn_addr_eq(instruction.run, *branch))
        .then_some(instruction.source[0])
}

const BRANCHES: [Handler; 7] = [
    s_branch,
    s_cbranch_scc0,
    s_cbranch_scc1,
    s_cbranch_vccz,
    s_cbranch_vccnz,
    s_cbranch_execz,
    s_cbranch_execnz,
];

macro_rules! branches {
    ($($function:ident: |$wave:ident| $condition:expr;)*) => {
        $(unsafe fn $function($wave: &mut Wave, instruction: &Instruction) -> Flow {
            if $condition { branch($wave, instruction) } else { Flow::Next }
        })*
    };
}

branches! {
    s_branch: |wave| true;
    s_cbranch_scc0: |wave| wave.scc == 0;
    s_cbranch_scc1: |wave| wave.scc != 0;
    s_cbranch_vccz: |wave| wave.vcc() == 0;
    s_cbranch_vccnz: |wave| wave.vcc() != 0;
    s_cbranch_execz: |wave| wave.exec() == 0;
    s_cbranch_execnz: |wave| wave.exec() != 0;
}

unsafe fn nothing(_: &mut Wave, _: &Instruction) -> Flow {
    Flow::Next
}

unsafe fn give_way(_: &mut Wave, _: &Instruction) -> Flow {
    Flow::Yield
}

unsafe fn s_barrier(_: &mut Wave, _: &Instruction) -> Flow {
    Flow::Barrier
}

unsafe fn s_endpgm(_: &mut Wave, _: &Instruction) -> Flow {
    Flow::End
}

unsafe fn s_sendmsg(wave: &mut Wave, instruction: &Instruction) -> Flow {
    wave.message = instruction.bits as u32 & 0xffff;
    Flow::Message
}

unsafe fn s_trap(wave: &mut Wave, instruction: &Instruction) -> Flow {
    match instruction.bits as u8 {
        // A debugger's breakpoint: without one the handler returns.
        3 => Flow::Next,
        number => fault(wave, FaultKind::Trap(number), None, None),
    }
}

/// Undefined bits.
pub(crate) unsafe fn illegal(wave: &mut Wave, _: &Instruction) -> Flow {
    fault(wave, FaultKind::IllegalInstruction, None, None)
}

/// A defined instruction, or a form of one, that is not executed.
pub(crate) unsafe fn unimplemented(wave: &mut Wave, _: &Instruction) -> Flow {
    fault(wave, FaultKind::Unimplemented, None, None)
}

/// Code outside device memory.
pub(crate) unsafe fn outside(wave: &mut Wave, _: &Instruction) -> Flow {
    fault(wave, FaultKind::BadProgramCounter, None, None)
}

/// The end of a page's entries.
pub(crate) unsafe fn next_page(wave: &mut Wave, instruction: &Instruction) -> Flow {
    // This entry does not count as an instruction executed.
    wave.executed = wave.executed.wrapping_sub(1);
    jump(wave, instruction.source[0])
}

/// Resolves an SOPP instruction.
pub(crate) fn build(pc: u64, decoded: &Decoded) -> Option<Instruction> {
    let handler: Handler = match decoded.encoding.mnemonic {
        "s_nop" | "s_waitcnt" | "s_sethalt" | "s_setprio" | "s_setkill" | "s_icache_inv"
        | "s_incperflevel" | "s_decperflevel" | "s_ttracedata" | "s_wakeup" => nothing,
        "s_sleep" => give_way,
        "s_barrier" => s_barrier,
        "s_endpgm" | "s_endpgm_saved" => s_endpgm,
        "s_sendmsg" => s_sendmsg,
        "s_trap" => s_trap,
        "s_branch" => s_branch,
        "s_cbranch_scc0" => s_cbranch_scc0,
        "s_cbranch_scc1" => s_cbranch_scc1,
        "s_cbranch_vccz" => s_cbranch_vccz,
        "s_cbranch_vccnz" => s_cbranch_vccnz,
        "s_cbranch_execz" => s_cbranch_execz,
        "s_cbranch_execnz" => s_cbranch_execnz,
        // No debugger is attached.
        "s_cbranch_cdbgsys"
        | "s_cbranch_cdbguser"
        | "s_cbranch_cdbgsys_or_user"
        | "s_cbranch_cdbgsys_and_user" => nothing,
        "s_set_gpr_idx_off" | "s_set_gpr_idx_mode" => super::special::gpr_index_off_or_mode(decoded),
        _ => return None,
    };
    let mut instruction = Instruction::new(handler, decoded);
    instruction.source[0] = (pc + 4).wrapping_add_signed(i64::from(decoded.simm16()) * 4);
    Some(instruction)
}
