//! Texture reads and queries (PTX ISA 9.7.10): calls of the device code in `compiler/device`, by name.
//!
//! A handle is the address of a descriptor (`wavefold_formats::texture`), so texture objects, `.texref` variables and
//! their addresses in registers are one thing. A read gives four words whose meaning the descriptor decides; the type of
//! the instruction only says whether halves are wanted. Every element is resident: the predicate of a read is true.

use super::function::{FunctionLowering, Lowered};
use super::instruction::Ins;
use crate::codegen::emitter::{Access, Value, space};
use inkwell::IntPredicate;
use inkwell::values::{FloatValue, IntValue, PointerValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{Geometry, Opcode, ScalarType};
use ptx_frontend::module::{AddressBase, Immediate, Operand};
use wavefold_formats::texture::{self, tag};

type Cx<'a, 'ctx> = FunctionLowering<'a, 'ctx>;

/// Lowers an instruction of the chapter.
pub fn lower(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    match ins.form.opcode {
        Opcode::Tex | Opcode::Tld4 => read(cx, ins),
        Opcode::Txq | Opcode::Suq => query(cx, ins),
        Opcode::Istypep => is_type(cx, ins),
        _ => Err(ins.unsupported()),
    }
}

/// What stands in the brackets of a texture or surface instruction.
pub struct Place<'ctx> {
    /// The descriptor of the texture or surface.
    pub object: PointerValue<'ctx>,
    /// The descriptor of the sampler; the texture's own in unified mode.
    pub sampler: PointerValue<'ctx>,
    /// Layer, or none.
    layer: Option<Operand>,
    /// Coordinates in the order x, y, z.
    coordinates: Vec<Operand>,
}

impl<'ctx> Place<'ctx> {
    /// Reads operand `index`, whose coordinates are as the geometry says.
    pub fn of(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, index: usize) -> Result<Self, Diagnostic> {
        let Operand::Indexed(range) = ins.operand(index)? else { return Err(ins.unsupported_operand(index)) };
        let parts = cx.function.elements_of(range);
        let (first, sampler, last) = match *parts {
            [first, last] => (first, first, last),
            [first, sampler, last] => (first, sampler, last),
            _ => return Err(ins.unsupported_operand(index)),
        };
        let mut coordinates = match last {
            Operand::Vector(range) => cx.function.elements_of(range).to_vec(),
            single => vec![single],
        };
        let (layered, axes) = match ins.form.modifiers.geometry {
            Some(Geometry::D1) => (false, 1),
            Some(Geometry::D2) => (false, 2),
            Some(Geometry::D3 | Geometry::Cube) => (false, 3),
            Some(Geometry::A1) => (true, 1),
            Some(Geometry::A2) => (true, 2),
            Some(Geometry::ACube) => (true, 3),
            Some(Geometry::Ms2d | Geometry::AMs2d) => {
                return Err(ins.unsupported_because("CUDA makes no multisampled textures"));
            }
            _ => return Err(ins.unsupported()),
        };
        if coordinates.len() < axes + usize::from(layered) {
            let span = ins.spans.get(index).copied().unwrap_or(ins.span);
            let message = format!("`{}` has too few coordinates", ins.form.text);
            return Err(Diagnostic::error(span, message));
        }
        let layer = layered.then(|| coordinates.remove(0));
        coordinates.truncate(axes);
        let (object, sampler) = (descriptor(cx, ins, first)?, descriptor(cx, ins, sampler)?);
        Ok(Place { object, sampler, layer, coordinates })
    }

    /// The layer as an integer, 0 without one.
    pub fn layer(&self, cx: &Cx<'_, 'ctx>, ins: &Ins<'_>) -> Result<IntValue<'ctx>, Diagnostic> {
        self.layer.map_or(Ok(cx.emit.word(0)), |layer| word(cx, ins, layer))
    }

    /// Coordinate `axis` as an integer, 0 past the geometry's last.
    pub fn whole(&self, cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, axis: usize) -> Result<IntValue<'ctx>, Diagnostic> {
        self.coordinates.get(axis).map_or(Ok(cx.emit.word(0)), |&operand| word(cx, ins, operand))
    }
}

fn word<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, operand: Operand) -> Result<IntValue<'ctx>, Diagnostic> {
    Ok(cx.read_operand(ins, operand, ScalarType::B32)?.into_int_value())
}

fn float<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, operand: Operand) -> Result<FloatValue<'ctx>, Diagnostic> {
    Ok(cx.read_operand(ins, operand, ScalarType::F32)?.into_float_value())
}

/// The descriptor that a handle is the address of. Constant memory, so that one for all lanes is read by scalar loads.
fn descriptor<'ctx>(
    cx: &Cx<'_, 'ctx>,
    ins: &Ins<'_>,
    operand: Operand,
) -> Result<PointerValue<'ctx>, Diagnostic> {
    let operand = match operand {
        Operand::Address { base: AddressBase::Register(register), offset: 0 } => Operand::Register(register),
        Operand::Address { base: AddressBase::Symbol(symbol), offset: 0 } => {
            Operand::Symbol { symbol, offset: 0 }
        }
        Operand::Address { .. } => {
            let message = format!("`{}`: a handle has no offset", ins.form.text);
            return Err(Diagnostic::error(ins.span, message));
        }
        other => other,
    };
    let e = &cx.emit;
    let raw = cx.read_raw(ins, operand, 64)?;
    if let Value::PointerValue(pointer) = raw
        && let Value::PointerValue(object) = e.space_cast_any(pointer, space::constant())
    {
        return Ok(object);
    }
    let address = cx.resize(raw, e.int_type(64).into()).into_int_value();
    Ok(e.int_to_pointer(address, e.pointer_type(space::constant())))
}

/// The part of the device functions' names that says the geometry.
fn geometry_name(ins: &Ins<'_>) -> &'static str {
    match ins.form.modifiers.geometry {
        Some(Geometry::D1 | Geometry::A1) => "1d",
        Some(Geometry::D2 | Geometry::A2) => "2d",
        Some(Geometry::D3) => "3d",
        _ => "cube",
    }
}

/// The optional operands behind the address.
#[derive(Default)]
struct Extras {
    /// Of `.level` the level, of `.grad` the first derivative.
    level: Option<Operand>,
    /// The second derivative.
    gradient: Option<Operand>,
    /// Offsets in texels.
    offsets: Option<Operand>,
    /// The value that a depth texture is compared with.
    reference: Option<Operand>,
}

impl Extras {
    fn of(cx: &Cx<'_, '_>, ins: &Ins<'_>) -> Extras {
        let mut extras = Extras::default();
        let one_axis = matches!(ins.form.modifiers.geometry, Some(Geometry::D1 | Geometry::A1));
        for (operand, spec) in ins.operands.iter().zip(&ins.form.operands).skip(2) {
            // Without braces it is an offset only where one number is enough, and no float.
            let plain = match operand {
                Operand::Register(register) => {
                    cx.function.register_type(*register) == ScalarType::F32 || !one_axis
                }
                Operand::Immediate(value) => !one_axis || !matches!(value, Immediate::Integer(_)),
                _ => false,
            };
            let field = match spec.name {
                "e" if plain => &mut extras.reference,
                "b" => &mut extras.level,
                "g" => &mut extras.gradient,
                "e" => &mut extras.offsets,
                _ => &mut extras.reference,
            };
            *field = Some(*operand);
        }
        extras
    }
}

fn list(cx: &Cx<'_, '_>, operand: Option<Operand>) -> Vec<Operand> {
    match operand {
        Some(Operand::Vector(range)) => cx.function.elements_of(range).to_vec(),
        other => other.into_iter().collect(),
    }
}

fn read(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let place = Place::of(cx, ins, 1)?;
    let extras = Extras::of(cx, ins);
    let name = geometry_name(ins);
    let gathers = ins.form.opcode == Opcode::Tld4;
    let by_level = ins.form.modifiers.has("level");
    let by_gradient = ins.form.modifiers.has("grad");
    let whole = !gathers && ins.form.types.get(1) == Some(&ScalarType::S32);
    let e = &cx.emit;
    let offsets = list(cx, extras.offsets);
    let offset = |axis: usize| offsets.get(axis).map_or(Ok(e.word(0)), |&operand| word(cx, ins, operand));
    let mut arguments: Vec<Value<'_>> = vec![place.object.into(), place.sampler.into()];
    if whole {
        if name == "cube" || by_gradient || extras.reference.is_some() {
            return Err(ins.unsupported_because("it takes coordinates of type .f32"));
        }
        if name == "1d" && place.layer.is_none() && offsets.is_empty() && !by_level {
            arguments.push(place.whole(cx, ins, 0)?.into());
            return finish(cx, ins, "__wavefold_fetch_buffer", &arguments);
        }
        arguments.push(place.layer(cx, ins)?.into());
        for axis in 0..3 {
            arguments.push(place.whole(cx, ins, axis)?.into());
        }
        for axis in 0..3 {
            arguments.push(offset(axis)?.into());
        }
        let level = extras.level.map_or(Ok(e.word(0)), |operand| word(cx, ins, operand))?;
        arguments.push(level.into());
        return finish(cx, ins, &format!("__wavefold_fetch_{name}"), &arguments);
    }
    arguments.push(place.layer(cx, ins)?.into());
    let floats = |operands: &[Operand]| -> Result<Vec<Value<'_>>, Diagnostic> {
        let at =
            |axis: usize| operands.get(axis).map_or(Ok(e.float(32, 0.0)), |&operand| float(cx, ins, operand));
        (0..3).map(|axis| Ok(at(axis)?.into())).collect()
    };
    arguments.extend(floats(&place.coordinates)?);
    for axis in 0..3 {
        arguments.push(offset(axis)?.into());
    }
    let what = if gathers {
        let component =
            ["r", "g", "b", "a"].iter().position(|word| ins.form.modifiers.has(word)).unwrap_or(0);
        arguments.push(e.int(32, component as u64).into());
        "tld4_"
    } else if by_level {
        let level = extras.level.ok_or_else(|| ins.unsupported())?;
        arguments.push(float(cx, ins, level)?.into());
        "tex_level_"
    } else if by_gradient {
        arguments.extend(floats(&list(cx, extras.level))?);
        arguments.extend(floats(&list(cx, extras.gradient))?);
        "tex_grad_"
    } else {
        "tex_"
    };
    let mut function = format!("__wavefold_{what}{name}");
    if let Some(reference) = extras.reference {
        if name == "3d" {
            return Err(ins.unsupported_because("there are no depth textures of three dimensions"));
        }
        arguments.push(float(cx, ins, reference)?.into());
        function += "_compare";
    }
    finish(cx, ins, &function, &arguments)
}

/// Calls the device function and writes its four words, and the predicate.
fn finish<'ctx>(cx: &Cx<'_, 'ctx>, ins: &Ins<'_>, function: &str, arguments: &[Value<'ctx>]) -> Lowered {
    let e = &cx.emit;
    let quad = cx.library(function, arguments, e.int_type(32).vec_type(4).into());
    let Operand::Vector(range) = ins.operand(0)? else { return Err(ins.unsupported_operand(0)) };
    let targets = cx.function.elements_of(range);
    let words: Vec<IntValue<'ctx>> = (0..4).map(|index| e.extract(quad, index).into_int_value()).collect();
    let half = |index: usize| {
        let narrow = e.float_resize(e.bits_float(words[index]), e.float_type(16));
        e.float_bits(narrow, 16)
    };
    let values: Vec<Value<'ctx>> = match ins.ty() {
        ScalarType::F16 => (0..4).map(|index| half(index).into()).collect(),
        ScalarType::F16x2 => (0..2)
            .map(|index| {
                e.bitcast(
                    e.vector(&[half(2 * index).into(), half(2 * index + 1).into()]),
                    e.int_type(32).into(),
                )
            })
            .collect(),
        _ => words.iter().map(|&word| word.into()).collect(),
    };
    for (&target, &value) in targets.iter().zip(&values) {
        cx.write_operand(ins, target, ScalarType::B32, value)?;
    }
    match targets.get(values.len()) {
        Some(&resident) => cx.write_operand(ins, resident, ScalarType::Pred, e.bool(true).into()),
        None => Ok(()),
    }
}

/// The word of a descriptor at a field.
pub fn field<'ctx>(cx: &Cx<'_, 'ctx>, object: PointerValue<'ctx>, name: &str) -> IntValue<'ctx> {
    let (field, part) = name.split_once('.').unwrap_or((name, "0"));
    let offset =
        texture::fields().into_iter().find(|(known, _)| *known == field).map_or(0, |(_, offset)| offset);
    let at = offset as u64 + 4 * part.parse::<u64>().unwrap_or(0);
    let e = &cx.emit;
    let pointer = e.offset(object, e.int(64, at));
    let access = Access { alignment: 4, ..Access::default() };
    e.load(e.int_type(32).into(), pointer, access).into_int_value()
}

/// `txq` and `suq`. The numbers of enumerations are PTX's (wrap, mirror, clamp_ogl, clamp_to_edge, clamp_to_border) or, for
/// the channels, CUDA's: `CUarray_format` and the number of channels.
fn query(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let object = descriptor(cx, ins, ins.operand(1)?)?;
    let e = &cx.emit;
    let has = |word: &str| ins.form.modifiers.has(word);
    let flag = |name: &str, bit: u64| e.and(e.lshr(field(cx, object, name), e.word(bit as u32)), e.word(1));
    let plain = [
        ("channel_data_type", "array_format"),
        ("channel_order", "channels"),
        ("array_size", "layers"),
        ("num_mipmap_levels", "levels"),
    ];
    let sizes = ["width", "height", "depth"];
    let modes = [
        ("addr_mode_0", "address_mode.0"),
        ("addr_mode_1", "address_mode.1"),
        ("addr_mode_2", "address_mode.2"),
    ];
    let value = if let Some(size) = sizes.iter().find(|word| has(word)) {
        let size = field(cx, object, size);
        if has("level") {
            let level = cx.read_bits(ins, 2, 32)?;
            let level = e.select_int(e.icmp(IntPredicate::ULT, level, e.word(31)), level, e.word(31));
            let shifted = e.lshr(size, level);
            e.select_int(e.icmp(IntPredicate::EQ, shifted, e.word(0)), e.word(1), shifted)
        } else {
            size
        }
    } else if let Some((_, name)) = plain.iter().find(|(word, _)| has(word)) {
        field(cx, object, name)
    } else if let Some((_, name)) = modes.iter().find(|(word, _)| has(word)) {
        /// PTX's number for each of CUDA's modes (wrap, clamp, mirror, border), a digit each from the right.
        const MODES: u32 = 0x4130;
        let shift = e.shl(field(cx, object, name), e.word(2));
        e.and(e.lshr(e.word(MODES), shift), e.word(15))
    } else if has("normalized_coords") {
        flag("sampler_flags", 0)
    } else if has("force_unnormalized_coords") {
        e.xor(flag("sampler_flags", 0), e.word(1))
    } else if has("filter_mode") {
        flag("sampler_flags", 1)
    } else if has("memory_layout") {
        flag("texture_flags", 3)
    } else if has("num_samples") {
        e.word(1)
    } else {
        return Err(ins.unsupported());
    };
    cx.write(ins, 0, ScalarType::B32, value)
}

/// `istypep`: whether an address is that of a texture, sampler or surface variable.
fn is_type(cx: &mut Cx<'_, '_>, ins: &Ins<'_>) -> Lowered {
    let object = descriptor(cx, ins, ins.operand(1)?)?;
    let wanted = match ins.ty() {
        ScalarType::TexRef => tag::TEXTURE,
        ScalarType::SamplerRef => tag::SAMPLER,
        ScalarType::SurfRef => tag::SURFACE,
        _ => return Err(ins.unsupported()),
    };
    let same = cx.emit.icmp(IntPredicate::EQ, field(cx, object, "tag"), cx.emit.word(wanted));
    cx.write(ins, 0, ScalarType::Pred, same)
}
