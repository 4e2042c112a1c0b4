//! Instructions made from rows: operands of the right kind for any form, and a module that declares them.
//!
//! Takes a decoded [`Form`]; gives the text of one instruction that the checker accepts, or nothing where a form needs
//! more context than one instruction has. What the tests of every row, the list of lowered rows and the fuzzers have
//! in common.

use std::fmt::Write as _;

use super::{Access, Form, Geometry, Opcode, OperandSpec, OperandType, ScalarType, StateSpace};

/// Variables and functions of the module.
pub const MODULE: &str = "\
.global .align 16 .b8 global_variable[256];
.shared .align 16 .b8 shared_variable[256];
.const .align 16 .b8 const_variable[256];
.global .texref texture_variable;
.global .samplerref sampler_variable;
.global .surfref surface_variable;
.func (.param .b32 result) callee(.param .b64 argument)
{
\t.reg .b32 %r<2>;\n\tld.param.b32 %r0, [argument];\n\tst.param.b32 [result], %r0;\n\tret;
}
";

/// Registers and variables of the kernel.
pub const KERNEL: &str = "\
\t.reg .pred %p<20>;\n\t.reg .b8 %b<140>;\n\t.reg .b16 %h<140>;\n\t.reg .b32 %r<140>;\n\t.reg .b64 %rd<140>;
\t.reg .b128 %q<20>;\n\t.reg .f32 %f<300>;\n\t.reg .f64 %fd<140>;\n\t.local .align 16 .b8 local_variable[256];
\t.param .b32 call_result;\n\t.param .b64 call_argument;\ntargets: .branchtargets done;
";

/// A `.version` and a `.target` that have the form: the newest, but for what was withdrawn.
pub fn home(form: &Form) -> (&'static str, &'static str) {
    match form.opcode {
        Opcode::Shfl | Opcode::Vote => ("6.3", "sm_60"),
        _ => ("9.5", "sm_121a"),
    }
}

/// A module whose kernel `kernel` holds the instructions, each a line that ends in a semicolon.
pub fn module(version: &str, target: &str, instructions: &[String]) -> String {
    let mut source = format!(".version {version}\n.target {target}\n.address_size 64\n{MODULE}");
    source.push_str(".visible .entry kernel(.param .align 16 .b8 kernel_parameter[256])\n{\n");
    source.push_str(KERNEL);
    for instruction in instructions {
        let _ = writeln!(source, "\t{instruction}");
    }
    source.push_str("done:\n\tret;\n}\n");
    source
}

/// An instruction of the form with an operand for each of its first `count` specs. `draw(n)` chooses: it gives numbers
/// below `n`.
pub fn instruction(form: &Form, count: usize, draw: &mut dyn FnMut(usize) -> usize) -> Option<String> {
    match form.opcode {
        Opcode::Call => return Some(format!("{} (call_result), callee, (call_argument);", form.text)),
        Opcode::BrxIdx => {
            return Some(format!("{} {}, targets;", form.text, register(ScalarType::B32, draw)));
        }
        _ => {}
    }
    let mut addresses = 0;
    let mut text = form.text.to_string();
    for (at, spec) in form.operands.iter().take(count).enumerate() {
        text.push_str(if at == 0 { " " } else { ", " });
        if spec.access == Access::Address {
            text.push_str(&address(form, spec, addresses, draw)?);
            addresses += 1;
        } else {
            text.push_str(&operand(form, spec, draw)?);
        }
    }
    text.push(';');
    Some(text)
}

fn operand(form: &Form, spec: &OperandSpec, draw: &mut dyn FnMut(usize) -> usize) -> Option<String> {
    let text = match spec.ty {
        OperandType::Scalar(ty) | OperandType::Part(ty) => register(ty, draw),
        OperandType::Predicate => register(ScalarType::Pred, draw),
        OperandType::Vector { element, count } => vector(element, if count == 0 { 4 } else { count }, draw),
        OperandType::Constant => constant(form, draw),
        OperandType::Label => "done".to_owned(),
        OperandType::Callee | OperandType::List | OperandType::Targets | OperandType::None => return None,
    };
    Some(match spec.second {
        Some(second) => format!("{text}|{}", register(second, draw)),
        None => text,
    })
}

/// A constant that the form takes.
fn constant(form: &Form, draw: &mut dyn FnMut(usize) -> usize) -> String {
    match form.opcode {
        Opcode::Lop3 => draw(256).to_string(),
        Opcode::MmaSp | Opcode::StBulk => "0".to_owned(),
        Opcode::Pmevent => "3".to_owned(),
        Opcode::CpAsync if form.text.contains(".ca.") => ["4", "8", "16"][draw(3)].to_owned(),
        Opcode::Setmaxnreg => "64".to_owned(),
        Opcode::Discard | Opcode::Applypriority | Opcode::FenceProxyTensormap => "128".to_owned(),
        Opcode::TensormapCpFenceproxy => "128".to_owned(),
        _ if form.text.starts_with("wgmma.mma_async") => "1".to_owned(),
        _ => "16".to_owned(),
    }
}

fn vector(element: ScalarType, count: u8, draw: &mut dyn FnMut(usize) -> usize) -> String {
    let parts: Vec<String> = (0..count).map(|_| register(element, draw)).collect();
    format!("{{{}}}", parts.join(", "))
}

/// Address number `index` of the instruction.
fn address(
    form: &Form,
    spec: &OperandSpec,
    index: usize,
    draw: &mut dyn FnMut(usize) -> usize,
) -> Option<String> {
    if let Some(geometry) = form.modifiers.geometry
        && spec.name.contains(',')
    {
        return Some(indexed(form, geometry, draw));
    }
    if spec.name.contains(',') {
        return None;
    }
    match form.opcode {
        Opcode::Txq => return Some("[texture_variable]".to_owned()),
        Opcode::Suq => return Some("[surface_variable]".to_owned()),
        _ => {}
    }
    // Tensor memory has addresses of 32 bits.
    let tensor = form.text.starts_with("tcgen05") && matches!(spec.name, "a" | "d" | "m" | "s" | "t");
    if tensor && !form.text.contains("alloc.") && !form.text.contains("commit") {
        return Some(format!("[{}]", register(ScalarType::B32, draw)));
    }
    let second = form.modifiers.source_space.filter(|_| index > 0);
    let space = if spec.name == "mbar" { Some(StateSpace::Shared) } else { second.or(form.modifiers.space) };
    let in_register = format!("[{}]", register(ScalarType::B64, draw));
    let mut or_in_register =
        |variable: &str| if draw(2) == 0 { format!("[{variable}]") } else { in_register.clone() };
    Some(match space.map(StateSpace::base) {
        Some(StateSpace::Param) => {
            let of_call = form.modifiers.space == Some(StateSpace::ParamFunc);
            match form.opcode {
                Opcode::St => "[call_argument]".to_owned(),
                _ if of_call => "[call_result]".to_owned(),
                _ => "[kernel_parameter]".to_owned(),
            }
        }
        Some(StateSpace::Shared | StateSpace::SharedCluster) => or_in_register("shared_variable"),
        Some(StateSpace::Const) => or_in_register("const_variable"),
        Some(StateSpace::Local) => or_in_register("local_variable"),
        Some(StateSpace::Global) => or_in_register("global_variable"),
        _ => in_register,
    })
}

/// `[texture, {x, y}]`, or what else has coordinates.
fn indexed(form: &Form, geometry: Geometry, draw: &mut dyn FnMut(usize) -> usize) -> String {
    let texture = matches!(form.opcode, Opcode::Tex | Opcode::Tld4);
    let surface = matches!(form.opcode, Opcode::Suld | Opcode::Sust | Opcode::Sured);
    let coordinate = if texture { form.source_type() } else { ScalarType::S32 };
    // Surfaces and textures take their coordinates in vectors of 1, 2 or 4.
    let (layers, coordinates) = match geometry {
        Geometry::D1 => (0, 1),
        Geometry::D2 => (0, 2),
        Geometry::D3 => (0, if texture || surface { 4 } else { 3 }),
        Geometry::D4 => (0, 4),
        Geometry::D5 => (0, 5),
        Geometry::A1 => (1, 1),
        Geometry::A2 | Geometry::ACube | Geometry::Ms2d | Geometry::AMs2d => (1, 3),
        Geometry::Cube => (0, 4),
    };
    let mut parts = vec![];
    for at in 0..layers + coordinates {
        parts.push(register(if at < layers { ScalarType::B32 } else { coordinate }, draw));
    }
    let base = match (texture, surface) {
        (true, _) => "texture_variable".to_owned(),
        (_, true) => "surface_variable".to_owned(),
        _ => register(ScalarType::B64, draw),
    };
    format!("[{base}, {{{}}}]", parts.join(", "))
}

/// A register that can hold the type.
fn register(ty: ScalarType, draw: &mut dyn FnMut(usize) -> usize) -> String {
    let (prefix, count) = match (ty, ty.bits()) {
        (ScalarType::Pred, _) => ("p", 20),
        (ScalarType::F32, _) => ("f", 300),
        (ScalarType::F64, _) => ("fd", 140),
        (_, 8) => ("b", 140),
        (_, 16) => ("h", 140),
        (_, 32) => ("r", 140),
        (_, 64) => ("rd", 140),
        (_, 128) => ("q", 20),
        _ => ("r", 140),
    };
    format!("%{prefix}{}", draw(count))
}
