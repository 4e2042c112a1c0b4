//! What a parsed module says: blocks and their successors, names, places, initial values, constants.

use ptx_frontend::isa::{MulHalf, Opcode, Rounding, ScalarType, Scope, Semantics, ShuffleMode, StateSpace};
use ptx_frontend::module::*;
use ptx_frontend::{Module, parse};

fn module(text: &str) -> Module {
    let source = format!(".version 8.0\n.target sm_75\n.address_size 64\n{text}");
    parse(&source, "test.ptx").unwrap_or_else(|errors| panic!("{}", errors.render(&source)))
}

fn kernel(body: &str) -> Module {
    module(&format!(
        ".visible .entry k(.param .u64 p)\n{{\n.reg .pred %p<4>;\n.reg .b32 %r<8>;\n.reg .b64 %rd<8>;\n.reg .f32 %f<8>;\n{body}\n}}\n"
    ))
}

fn successors(module: &Module) -> Vec<Vec<u32>> {
    let function = &module.functions[0];
    function
        .block_ids()
        .map(|id| module.successors(function, id).iter().map(|block| block.0).collect())
        .collect()
}

#[test]
fn a_straight_body_is_one_block() {
    let module = kernel("mov.b32 %r1, 1;\nret;");
    assert_eq!(successors(&module), [Vec::<u32>::new()]);
    assert_eq!(module.functions[0].instructions_of(BlockId(0)).len(), 2);
}

#[test]
fn a_guarded_branch_has_two_successors_and_a_plain_one_one() {
    let module = kernel("@%p1 bra YES;\nbra DONE;\nYES:\nmov.b32 %r1, 1;\nDONE:\nret;");
    assert_eq!(successors(&module), [vec![2, 1], vec![3], vec![3], vec![]]);
}

#[test]
fn a_guarded_return_falls_through() {
    let module = kernel("@!%p1 ret;\n@%p2 exit;\ntrap;\nmov.b32 %r1, 1;\nret;");
    assert_eq!(successors(&module), [vec![1], vec![2], vec![], vec![]]);
}

#[test]
fn a_loop_goes_back_and_a_table_goes_everywhere() {
    let module = kernel("L:\nts: .branchtargets L, M, L;\n@%p1 bra L;\nbrx.idx %r1, ts;\nM:\nret;");
    assert_eq!(successors(&module), [vec![0, 1], vec![0, 2], vec![]]);
}

#[test]
fn several_labels_may_stand_at_one_block_and_at_the_end() {
    let module = kernel("bra B;\nA: B:\nret;\nC:");
    let function = &module.functions[0];
    let labels: Vec<(&str, u32)> =
        function.labels.iter().map(|label| (module.name(label.name), label.block.0)).collect();
    assert_eq!(labels, [("A", 1), ("B", 1), ("C", 2)]);
    assert_eq!(function.blocks.len(), 3);
    assert!(function.instructions_of(BlockId(2)).is_empty());
}

#[test]
fn inner_scopes_have_their_own_names() {
    let module = kernel(
        "mov.b32 %r1, 1;\n{ .reg .b32 %r<2>; mov.b32 %r1, 2; bra L; L: }\n{ bra L; L: mov.b32 %r1, 3; }\nret;",
    );
    let function = &module.functions[0];
    let destinations: Vec<String> = function
        .instructions
        .iter()
        .filter_map(|instruction| match function.operands_of(instruction).first() {
            Some(Operand::Register(id)) => Some(module.register_name(function, *id)),
            _ => None,
        })
        .collect();
    assert_eq!(destinations, ["%r1", "%r$1$1", "%r1"]);
    assert_eq!(successors(&module), [vec![1], vec![2], vec![]]);
}

#[test]
fn locations_hold_until_the_next() {
    let module = module(
        ".file 1 \"a.cu\"\n.entry k()\n{\n.reg .b32 %r<4>;\nmov.b32 %r1, 1;\n.loc 1 10 3\nmov.b32 %r1, 2;\nmov.b32 %r1, 3;\n.loc 1 11 0\nret;\n}\n",
    );
    let function = &module.functions[0];
    let line = |at| module.source_location(function, at).map(|location| location.line);
    assert_eq!([line(0), line(1), line(2), line(3)], [None, Some(10), Some(10), Some(11)]);
    assert_eq!(module.file(1).map(|file| file.name.as_str()), Some("a.cu"));
}

#[test]
fn initial_values_are_bytes_and_addresses() {
    let module = module(
        ".global .align 4 .u16 a[4] = {1, 0x203, -1};\n.global .f32 f[2] = {1.0, 0f40000000};\n\
         .global .u32 m[2][3] = {{1}, {2, 3}};\n.global .u64 p[2] = {a+2, generic(f)};\n\
         .global .b8 b[2] = {0xFF(a), 0xFF00(a)};\n.global .b64 e = 3 - 5 * 2;\n.global .f64 open[] = {1.0, 2.0};\n",
    );
    let bytes = |at: usize| module.variables[at].initializer.as_ref().expect("a value").bytes.clone();
    assert_eq!(bytes(0), [1, 0, 3, 2, 0xFF, 0xFF]);
    assert_eq!(bytes(1), [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]);
    assert_eq!(bytes(2), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3]);
    assert_eq!(bytes(5), (-7i64).to_le_bytes());
    assert_eq!((module.variables[6].size, module.variables[6].ty.dimensions[0]), (16, 2));
    let relocations = &module.variables[3].initializer.as_ref().expect("a value").relocations;
    let symbol = |at| Symbol::Variable(VariableId(at));
    let places: Vec<_> =
        relocations.iter().map(|r| (r.offset, r.size, r.symbol, r.addend, r.generic)).collect();
    assert_eq!(places, [(0, 8, symbol(0), 2, false), (8, 8, symbol(1), 0, true)]);
    let masked = &module.variables[4].initializer.as_ref().expect("a value").relocations;
    assert_eq!([masked[0].shift, masked[1].shift], [0, 8]);
    assert_eq!([masked[0].size, masked[1].size], [1, 1]);
}

#[test]
fn words_fill_their_fields() {
    let module = kernel(
        "fma.rm.ftz.f32 %f1, %f2, %f3, %f4;\nmul.wide.s32 %rd1, %r1, %r2;\natom.acq_rel.gpu.global.add.u32 %r1, [%rd1], 1;\n\
         shfl.sync.bfly.b32 %r1|%p1, %r2, 1, 31, -1;\nld.volatile.global.v2.b32 {%r1, %r2}, [%rd1+8];\n\
         membar.gl;\ncvta.to.global.u64 %rd1, %rd2;\nadd.cc.u32 %r1, %r2, %r3;\nret;",
    );
    let function = &module.functions[0];
    let form = |at: usize| module.form(function.instructions[at].form);
    assert_eq!((form(0).opcode, form(0).ty()), (Opcode::Fma, ScalarType::F32));
    assert_eq!(form(0).modifiers.rounding, Some(Rounding::MinusInfinity));
    assert!(form(0).modifiers.ftz && form(0).effects.is_pure());
    assert_eq!(form(1).modifiers.half, Some(MulHalf::Wide));
    assert_eq!(form(2).modifiers.semantics, Some(Semantics::AcqRel));
    assert_eq!(
        (form(2).modifiers.scope, form(2).modifiers.space),
        (Some(Scope::Gpu), Some(StateSpace::Global))
    );
    assert!(form(2).effects.reads && form(2).effects.writes);
    assert_eq!(form(3).modifiers.shuffle, Some(ShuffleMode::Bfly));
    assert!(form(3).effects.convergent);
    assert!(form(4).modifiers.volatile);
    assert_eq!(form(4).modifiers.vector, Some(2));
    assert_eq!(form(5).modifiers.scope, Some(Scope::Gpu));
    assert!(form(6).modifiers.to);
    assert!(form(7).modifiers.carry_out);
    let operands = function.operands_of(&function.instructions[4]);
    let base = AddressBase::Register(match operands[1] {
        Operand::Address { base: AddressBase::Register(id), offset: 8 } => id,
        other => panic!("{other:?}"),
    });
    assert_eq!(operands[1], Operand::Address { base, offset: 8 });
    let Operand::Vector(range) = operands[0] else { panic!("{:?}", operands[0]) };
    assert_eq!(function.elements_of(range).len(), 2);
}

#[test]
fn constants_keep_their_bits() {
    let module = kernel(
        "mov.b32 %r1, -1;\nmov.b32 %r1, 0xFFFFFFFF;\nmov.b32 %r1, 0b101;\nmov.b32 %r1, 017;\nmov.b32 %r1, WARP_SZ;\n\
         mov.f32 %f1, 0f3F800000;\nmov.f32 %f1, 1.5;\nmov.b32 %r1, 1 << 4 | 3;\nmov.b32 %r1, 10U;\nret;",
    );
    let function = &module.functions[0];
    let values: Vec<Immediate> = function
        .instructions
        .iter()
        .filter_map(|instruction| match function.operands_of(instruction).get(1) {
            Some(Operand::Immediate(value)) => Some(*value),
            _ => None,
        })
        .collect();
    let integer = |value: i64| Immediate::Integer(value as u64);
    let expected = [
        integer(-1),
        integer(0xFFFF_FFFF),
        integer(5),
        integer(15),
        integer(32),
        Immediate::F32(0x3F80_0000),
        Immediate::F64(1.5f64.to_bits()),
        integer(19),
        integer(10),
    ];
    assert_eq!(values, expected);
}

#[test]
fn a_declaration_and_its_definition_are_one_function() {
    let module = module(
        ".func (.param .b32 r) f(.param .b64 a);\n.entry k()\n{\n.param .b32 r;\n.param .b64 a;\ncall (r), f, (a);\nret;\n}\n\
         .func (.param .b32 x) f(.param .b64 y)\n{\nst.param.b32 [x], 1;\nret;\n}\n.extern .func g();\n",
    );
    let names: Vec<&str> = module.functions.iter().map(|function| module.name(function.name)).collect();
    assert_eq!(names, ["f", "k", "g"]);
    assert!(module.functions[0].has_body && !module.functions[2].has_body);
    assert_eq!(module.kernels().count(), 1);
    let kernel = &module.functions[1];
    let call = kernel.operands_of(&kernel.instructions[0]);
    assert!(matches!(call[1], Operand::Symbol { symbol: Symbol::Function(FunctionId(0)), .. }));
    assert!(matches!(call, [Operand::Vector(r), _, Operand::Vector(a)] if r.count == 1 && a.count == 1));
}
