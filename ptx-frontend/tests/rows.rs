//! Every row of the instruction set: its spellings parse, give the row's opcode, and survive printing.

mod common;

use ptx_frontend::isa::row::Row;
use ptx_frontend::isa::{Form, OperandType, all_rows, decode, example};

/// The forms of a spelling that belong to the row.
fn forms(row: &Row, spelling: &str) -> Vec<Form> {
    let mut forms = decode(spelling);
    forms.retain(|form| form.opcode == row.opcode);
    forms
}

/// Whether a target has it: `[.Vec].LdTypes` also spells accesses of 256 bits, which only some spaces have.
fn is_narrow(form: &Form) -> bool {
    u32::from(form.modifiers.vector.unwrap_or(1)) * form.ty().bits() <= 128
}

/// Instructions for every spelling of a row, with the fewest and the most operands.
fn instructions(row: &Row) -> Vec<String> {
    let mut instructions = Vec::new();
    let mut number = 0;
    // Every register is another one.
    let mut draw = |count: usize| {
        number += 1;
        number % count
    };
    for spelling in row.typed_spellings() {
        for form in forms(row, &spelling) {
            let fewest = form.operands.iter().filter(|spec| !spec.optional).count();
            for count in [fewest, form.operands.len()] {
                if is_narrow(&form)
                    && form.conflict().is_none()
                    && let Some(text) = example::instruction(&form, count, &mut draw)
                    && !instructions.contains(&text)
                {
                    instructions.push(text);
                }
            }
        }
    }
    instructions
}

#[test]
fn every_spelling_of_every_row_decodes_to_its_opcode() {
    for row in all_rows() {
        for spelling in row.spellings() {
            assert!(!forms(row, &spelling).is_empty(), "`{spelling}` of `{}`", row.syntax);
        }
    }
}

#[test]
fn every_opcode_has_a_row() {
    for &opcode in ptx_frontend::isa::Opcode::ALL {
        assert!(all_rows().any(|row| row.opcode == opcode), "{opcode:?} has no row");
    }
}

#[test]
fn every_operand_of_every_row_has_a_type() {
    for row in all_rows() {
        for spelling in row.spellings() {
            for form in forms(row, &spelling) {
                for spec in &form.operands {
                    let untyped =
                        spec.ty == OperandType::None && spec.access != ptx_frontend::isa::Access::Address;
                    assert!(!untyped, "operand `{}` of `{}`", spec.name, row.syntax);
                }
            }
        }
    }
}

#[test]
fn every_row_parses_and_survives_printing() {
    let mut made = 0;
    for row in all_rows() {
        let instructions = instructions(row);
        if instructions.is_empty() {
            continue;
        }
        made += instructions.len();
        let forms = decode(&row.spellings()[0]);
        let (version, target) = example::home(&forms[0]);
        let module = example::module(version, target, &instructions);
        let parsed = common::round_trip(&module, row.syntax);
        let kernel = parsed.functions.last().expect("the kernel");
        assert_eq!(kernel.instructions.len(), instructions.len() + 1, "{}", row.syntax);
    }
    assert!(made > 1_000, "only {made} instructions");
}

/// Writes the instructions of all rows, one a line with the row's `.version` and `.target`, to the file that
/// `WAVEFOLD_DUMP_ROWS` names: for comparing with another assembler.
#[test]
fn dump_rows() {
    let Ok(path) = std::env::var("WAVEFOLD_DUMP_ROWS") else { return };
    let mut text = String::new();
    for row in all_rows() {
        for instruction in instructions(row) {
            text += &format!("{}\t{}\t{}\t{instruction}\n", row.version, row.target, row.syntax);
        }
    }
    std::fs::write(path, text).expect("the file");
}
