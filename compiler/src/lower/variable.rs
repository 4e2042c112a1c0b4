//! Module variables and functions' own shared variables, with their initial values.
//!
//! `.global` and `.const` variables become symbols that the host can find; `.shared` ones become LDS, placed by LLVM.
//! An `.extern .shared` array of open size is the dynamic shared memory: it starts after the static LDS, 16-byte
//! aligned whatever it declares, because programs read vectors from it. Where a module is compiled in parts, a variable is
//! defined in one of them and the others refer to it; what only the parts share is hidden.

use super::module::ModuleLowering;
use crate::codegen::emitter::space;
use crate::passes::split_module::Placement;
use inkwell::GlobalVisibility;
use inkwell::module::Linkage as LlvmLinkage;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, GlobalValue, PointerValue};
use ptx_frontend::Diagnostic;
use ptx_frontend::isa::{ScalarType, StateSpace};
use ptx_frontend::module::{Function, Linkage, Module, Symbol, Variable, VariableId};
use wavefold_formats::note::{MANAGED_POINTER, MANAGED_TAG};
use wavefold_formats::texture::{self, Descriptor};

/// Alignment of dynamic shared memory and of every shared variable that a 16-byte access could be aimed at.
const SHARED_ALIGNMENT: u32 = 16;

impl<'a, 'ctx> ModuleLowering<'a, 'ctx> {
    /// Declares every module variable, then fills in the initial values, which may name each other.
    pub(super) fn declare_variables(&mut self) {
        let mut globals = Vec::new();
        for (index, variable) in self.source.variables.iter().enumerate() {
            let placement = self.part.variables[index];
            let name = self.source.name(variable.name);
            match self.declare_variable(variable, name, placement) {
                Ok(global) => {
                    if is_managed(self.source, variable) {
                        self.declare_managed_pointer(name, placement);
                    }
                    self.variables[index] = Some(global.as_pointer_value());
                    if placement != Placement::Imported {
                        globals.push((variable, global));
                    }
                }
                Err(error) => self.errors.borrow_mut().push(error),
            }
        }
        if !self.errors.borrow().is_empty() {
            return;
        }
        for (variable, global) in globals {
            if variable.space.base() == StateSpace::Shared || is_opaque(variable) {
                continue;
            }
            match self.initial_value(variable) {
                Ok(value) => global.set_initializer(&value),
                Err(error) => self.errors.borrow_mut().push(error),
            }
        }
    }

    /// A variable declared within a function that is not its own scratch: shared, global or constant memory.
    pub fn define_variable(
        &self,
        function: &Function,
        variable: &Variable,
    ) -> Result<PointerValue<'ctx>, Diagnostic> {
        let name = format!("{}.{}", self.source.name(function.name), self.source.name(variable.name));
        if is_managed(self.source, variable) {
            let message = format!("`{name}`: managed variables are not supported within a function");
            return Err(Diagnostic::error(variable.span, message));
        }
        let global = self.declare_variable(variable, &name, Placement::Private)?;
        if variable.space.base() != StateSpace::Shared {
            global.set_initializer(&self.initial_value(variable)?);
        }
        Ok(global.as_pointer_value())
    }

    fn declare_variable(
        &self,
        variable: &Variable,
        name: &str,
        placement: Placement,
    ) -> Result<GlobalValue<'ctx>, Diagnostic> {
        let refuse = |what: &str| Err(Diagnostic::error(variable.span, format!("`{name}`: {what}")));
        if variable.unified.is_some() {
            return refuse("unified variables are not supported");
        }
        match variable.space.base() {
            StateSpace::Shared => return self.declare_shared(variable, name),
            StateSpace::Global | StateSpace::Const => {}
            StateSpace::Tex => return Ok(self.declare_opaque(variable, name, placement)),
            other => return refuse(&format!("variables in .{other} are not supported")),
        }
        if variable.linkage == Linkage::Extern {
            return refuse("the variable is defined in no module that is linked here");
        }
        if is_opaque(variable) {
            return Ok(self.declare_opaque(variable, name, placement));
        }
        let ty = self.initial_type(variable)?;
        let space = if variable.space == StateSpace::Global { space::global() } else { space::constant() };
        let global = self.llvm.add_global(ty, Some(space), name);
        global.set_alignment(variable.alignment.max(4));
        if Self::is_exported(variable.linkage) || is_managed(self.source, variable) {
            global.set_visibility(GlobalVisibility::Protected);
            // The host may have written it before a kernel runs, so LLVM must not trust the initial value.
            global.set_externally_initialized(placement != Placement::Imported);
        } else if placement == Placement::Private {
            global.set_linkage(LlvmLinkage::Internal);
        } else {
            global.set_visibility(GlobalVisibility::Hidden);
        }
        if placement == Placement::Copied {
            global.set_linkage(LlvmLinkage::AvailableExternally);
            global.set_constant(true);
        }
        Ok(global)
    }

    /// A managed variable lies where the runtime says: its own symbol is the initial value, and this one its address.
    fn declare_managed_pointer(&self, name: &str, placement: Placement) {
        let pointer = self.context.ptr_type(space::global());
        let name = format!("{name}{MANAGED_POINTER}");
        let global = self.llvm.add_global(pointer, Some(space::global()), &name);
        global.set_visibility(GlobalVisibility::Protected);
        if matches!(placement, Placement::Private | Placement::Defined) {
            global.set_initializer(&pointer.const_null());
            global.set_externally_initialized(true);
        }
    }

    /// The pointer to a managed variable; `None` for any other.
    pub fn managed_pointer(&self, id: VariableId) -> Option<PointerValue<'ctx>> {
        let variable = &self.source.variables[id.index()];
        if !is_managed(self.source, variable) {
            return None;
        }
        let name = format!("{}{MANAGED_POINTER}", self.source.name(variable.name));
        Some(self.llvm.get_global(&name).expect("declared with the variable").as_pointer_value())
    }

    /// A `.texref`, `.surfref` or `.samplerref` (or the old `.tex`): a descriptor, which the host fills by the driver
    /// API's texture references; a sampler may be given in the module itself.
    fn declare_opaque(&self, variable: &Variable, name: &str, placement: Placement) -> GlobalValue<'ctx> {
        let count = (variable.size / u64::from(variable.ty.scalar.bytes()).max(1)).max(1);
        let descriptors = opaque_descriptor(self.source, variable).to_bytes().repeat(count as usize);
        let value = self.context.const_string(&descriptors, false);
        let global = self.llvm.add_global(value.get_type(), Some(space::global()), name);
        global.set_alignment(texture::DESCRIPTOR_ALIGNMENT);
        global.set_visibility(GlobalVisibility::Protected);
        if placement != Placement::Imported {
            global.set_initializer(&value);
            global.set_externally_initialized(true);
        }
        global
    }

    fn declare_shared(&self, variable: &Variable, name: &str) -> Result<GlobalValue<'ctx>, Diagnostic> {
        let dynamic = variable.linkage == Linkage::Extern;
        if dynamic && variable.size != 0 {
            let message = format!("`{name}`: shared variables of another module are not supported");
            return Err(Diagnostic::error(variable.span, message));
        }
        if variable.initializer.is_some() {
            return Err(Diagnostic::error(
                variable.span,
                format!("`{name}`: shared memory cannot be initialised"),
            ));
        }
        let ty = self.bytes_type(variable)?;
        let global = self.llvm.add_global(ty, Some(space::shared()), name);
        if dynamic {
            global.set_alignment(variable.alignment.max(SHARED_ALIGNMENT));
        } else {
            let wide = variable.size >= u64::from(SHARED_ALIGNMENT);
            global.set_alignment(variable.alignment.max(if wide { SHARED_ALIGNMENT } else { 4 }));
            global.set_linkage(LlvmLinkage::Internal);
            global.set_initializer(&ty.get_poison());
        }
        Ok(global)
    }

    fn bytes_type(&self, variable: &Variable) -> Result<inkwell::types::ArrayType<'ctx>, Diagnostic> {
        let bytes = u32::try_from(variable.size)
            .map_err(|_| Diagnostic::error(variable.span, "variables of 4 GiB or more are not supported"))?;
        Ok(self.context.i8_type().array_type(bytes))
    }

    /// The type of the variable's memory: bytes, or a packed struct if addresses stand between them.
    fn initial_type(&self, variable: &Variable) -> Result<BasicTypeEnum<'ctx>, Diagnostic> {
        let pieces = pieces(variable)?;
        if pieces.iter().all(|piece| matches!(piece, Piece::Bytes(_))) {
            return Ok(self.bytes_type(variable)?.into());
        }
        let fields: Vec<BasicTypeEnum<'ctx>> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Bytes(bytes) => {
                    let length = u32::try_from(bytes.len()).expect("below the variable's size");
                    self.context.i8_type().array_type(length).into()
                }
                Piece::Address(..) => self.context.ptr_type(space::flat()).into(),
            })
            .collect();
        Ok(self.context.struct_type(&fields, true).into())
    }

    /// The initial value: runs of bytes, and addresses between them.
    fn initial_value(&self, variable: &Variable) -> Result<BasicValueEnum<'ctx>, Diagnostic> {
        let pieces = pieces(variable)?;
        if variable.initializer.is_none() {
            return Ok(self.bytes_type(variable)?.const_zero().into());
        }
        let mut fields: Vec<BasicValueEnum<'ctx>> = Vec::new();
        let mut addresses = false;
        for piece in pieces {
            fields.push(match piece {
                Piece::Bytes(bytes) => self.context.const_string(&bytes, false).into(),
                Piece::Address(symbol, addend) => {
                    addresses = true;
                    self.address_constant(variable, symbol, addend)?
                }
            });
        }
        match fields[..] {
            [single] if !addresses => Ok(single),
            _ => Ok(self.context.const_struct(&fields, true).into()),
        }
    }

    fn address_constant(
        &self,
        variable: &Variable,
        symbol: Symbol,
        addend: i64,
    ) -> Result<BasicValueEnum<'ctx>, Diagnostic> {
        let flat = self.context.ptr_type(space::flat());
        let pointer = match symbol {
            Symbol::Variable(id) if self.source.variables[id.index()].space.base() == StateSpace::Shared => {
                return Err(Diagnostic::error(
                    variable.span,
                    "the address of shared memory is not a constant",
                ));
            }
            Symbol::Variable(id) if self.managed_pointer(id).is_some() => {
                return Err(Diagnostic::error(
                    variable.span,
                    "the address of a managed variable is not a constant",
                ));
            }
            Symbol::Variable(id) => self.variable(id).const_address_space_cast(flat),
            Symbol::Function(id) if self.function(id).is_none() => {
                let message = format!("the function `{}` has no body here", self.source.function_name(id));
                return Err(Diagnostic::error(variable.span, message));
            }
            Symbol::Function(id) => self.function_pointer(id),
            _ => {
                return Err(Diagnostic::error(
                    variable.span,
                    "a function's own variable has no constant address",
                ));
            }
        };
        if addend == 0 {
            return Ok(pointer.into());
        }
        let offset = self.context.i64_type().const_int(addend.cast_unsigned(), true);
        // SAFETY: a constant GEP over bytes without `inbounds` has no undefined behaviour of its own.
        Ok(unsafe { pointer.const_gep(self.context.i8_type(), &[offset]) }.into())
    }
}

/// Whether a variable is managed: by PTX's attribute, or by the ABI tag that our headers give it.
pub fn is_managed(source: &Module, variable: &Variable) -> bool {
    variable.managed
        || variable.space == StateSpace::Global && source.name(variable.name).contains(MANAGED_TAG)
}

/// Whether a variable is a texture, surface or sampler: a descriptor whatever its type's size.
pub fn is_opaque(variable: &Variable) -> bool {
    let scalar = variable.ty.scalar;
    variable.space.base() == StateSpace::Tex
        || matches!(scalar, ScalarType::TexRef | ScalarType::SurfRef | ScalarType::SamplerRef)
}

/// The descriptor of an opaque variable before the host writes it, with the fields that the module gives.
fn opaque_descriptor(source: &Module, variable: &Variable) -> Descriptor {
    let tag = match variable.ty.scalar {
        ScalarType::SurfRef => texture::tag::SURFACE,
        ScalarType::SamplerRef => texture::tag::SAMPLER,
        _ => texture::tag::TEXTURE,
    };
    let mut descriptor = Descriptor { tag, ..Descriptor::default() };
    for &(field, value) in &variable.opaque {
        let value = source.name(value);
        let mode = match value {
            "wrap" | "0" => texture::address_mode::WRAP,
            "mirror" | "1" => texture::address_mode::MIRROR,
            "clamp_to_border" | "4" => texture::address_mode::BORDER,
            _ => texture::address_mode::CLAMP,
        };
        let mut set = |bit: u32, on: bool| {
            descriptor.sampler_flags =
                if on { descriptor.sampler_flags | bit } else { descriptor.sampler_flags & !bit };
        };
        match source.name(field) {
            "normalized_coords" => set(texture::sampler_flag::NORMALIZED_COORDINATES, value != "0"),
            "force_unnormalized_coords" => set(texture::sampler_flag::NORMALIZED_COORDINATES, value == "0"),
            "filter_mode" => set(texture::sampler_flag::LINEAR, matches!(value, "linear" | "1")),
            "addr_mode_0" => descriptor.address_mode[0] = mode,
            "addr_mode_1" => descriptor.address_mode[1] = mode,
            "addr_mode_2" => descriptor.address_mode[2] = mode,
            _ => {}
        }
    }
    descriptor
}

/// A part of an initial value.
enum Piece {
    Bytes(Vec<u8>),
    Address(Symbol, i64),
}

fn pieces(variable: &Variable) -> Result<Vec<Piece>, Diagnostic> {
    let refuse = |what: &str| Diagnostic::error(variable.span, what);
    let Some(initializer) = &variable.initializer else { return Ok(Vec::new()) };
    let length = usize::try_from(variable.size).map_err(|_| refuse("the variable is too large"))?;
    if u32::try_from(length).is_err() {
        return Err(refuse("variables of 4 GiB or more are not supported"));
    }
    let mut bytes = initializer.bytes.clone();
    bytes.resize(length, 0);
    let mut pieces = Vec::new();
    let mut at = 0;
    for relocation in &initializer.relocations {
        let offset = usize::try_from(relocation.offset).unwrap_or(usize::MAX);
        let end = offset.saturating_add(8);
        if relocation.size != 8 || relocation.shift != 0 || offset < at || end > length {
            return Err(refuse("this form of address in an initialiser is not supported"));
        }
        if offset > at {
            pieces.push(Piece::Bytes(bytes[at..offset].to_vec()));
        }
        pieces.push(Piece::Address(relocation.symbol, relocation.addend));
        at = end;
    }
    if at < length || pieces.is_empty() {
        pieces.push(Piece::Bytes(bytes[at..].to_vec()));
    }
    Ok(pieces)
}
