//! Valid modules made from the rows that are lowered: kernels and functions of random instructions and random branches.

use crate::draw::Draw;
use ptx_frontend::isa::{Form, Opcode, StateSpace, example};
use std::fmt::Write as _;
use std::sync::LazyLock;
use wavefold_compiler::coverage::{self, Outcome};

/// The forms that the compiler lowers.
static LIVE: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let entries = coverage::list().expect("every form is lowered or refused");
    let live = entries.into_iter().filter(|entry| entry.outcome == Outcome::Live);
    live.map(|entry| entry.form).collect()
});

/// Most blocks of a function.
const BLOCKS: usize = 8;

/// A module of the newest version with a kernel and perhaps functions that it calls.
pub fn module(data: &[u8]) -> String {
    let mut draw = Draw::new(data);
    let mut source = format!(".version 9.5\n.target sm_121a\n.address_size 64\n{}", example::MODULE);
    let functions = draw.below(3);
    for number in 0..functions {
        let _ = writeln!(
            source,
            ".func (.param .b32 out) f{number}(.param .b64 in)\n{{\n{}\
             \tld.param.b64 %rd0, [in];\n",
            example::KERNEL
        );
        body(&mut source, &mut draw, number, false, 24);
        source.push_str("done:\n\tst.param.b32 [out], %r0;\n\tret;\n}\n");
    }
    let bound = [32, 64, 128, 256, 1024][draw.below(5)];
    let _ = writeln!(
        source,
        ".visible .entry kernel(.param .align 16 .b8 kernel_parameter[256])\n.maxntid {bound}, 1, 1\n{{\n{}",
        example::KERNEL
    );
    body(&mut source, &mut draw, functions, true, 200);
    source.push_str("done:\n\tret;\n}\n");
    source
}

/// Blocks that branch to one another; functions below number `callable` may be called.
fn body(source: &mut String, draw: &mut Draw<'_>, callable: usize, is_kernel: bool, most: usize) {
    let blocks = 1 + draw.below(BLOCKS);
    let mut count = 0;
    for block in 0..blocks {
        let _ = writeln!(source, "B{block}:");
        for _ in 0..draw.below(24) {
            if draw.is_empty() || count >= most {
                break;
            }
            count += 1;
            statement(source, draw, callable, is_kernel);
        }
        branch(source, draw, blocks);
    }
}

fn statement(source: &mut String, draw: &mut Draw<'_>, callable: usize, is_kernel: bool) {
    let form = draw.of(&LIVE);
    let space = form.modifiers.space.map(StateSpace::base);
    // Parameters of the kernel are no function's; a call's own are stored before it.
    if space == Some(StateSpace::Param) && (!is_kernel || form.opcode == Opcode::St) {
        return;
    }
    if form.opcode == Opcode::Call {
        let callee = match draw.below(callable + 1) {
            0 => "callee".to_owned(),
            number => format!("f{}", number - 1),
        };
        let _ = writeln!(
            source,
            "\tst.param.b64 [call_argument], %rd{};\n\tcall.uni (call_result), {callee}, (call_argument);\n\
             \tld.param.b32 %r{}, [call_result];",
            draw.below(8),
            draw.below(8)
        );
        return;
    }
    let optional = form.operands.iter().filter(|spec| spec.optional).count();
    let operands = form.operands.len() - draw.below(optional + 1);
    // Few registers, so that results are used.
    let mut pick = |count: usize| draw.below(count.min(8));
    let Some(text) = example::instruction(form, operands, &mut pick) else { return };
    // What all threads of a warp do together is guarded in real programs only where it is uniform.
    match draw.below(6) {
        0 => drop(writeln!(source, "\t@%p{} {text}", draw.below(8))),
        1 => drop(writeln!(source, "\t@!%p{} {text}", draw.below(8))),
        _ => drop(writeln!(source, "\t{text}")),
    }
}

fn branch(source: &mut String, draw: &mut Draw<'_>, blocks: usize) {
    let target = draw.below(blocks);
    let predicate = draw.below(8);
    let _ = match draw.below(8) {
        0..=2 => writeln!(source, "\t@%p{predicate} bra B{target};"),
        3 => writeln!(source, "\t@!%p{predicate} bra.uni B{target};"),
        4 => writeln!(source, "\tbra B{target};"),
        5 => writeln!(source, "\t@%p{predicate} bra done;"),
        _ => Ok(()),
    };
}
