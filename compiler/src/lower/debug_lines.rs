//! Line tables: where each instruction comes from, told to LLVM as debug locations.
//!
//! Takes the `.file` and `.loc` directives of the PTX (PTX ISA 11.5), which name lines of the program that the PTX was made
//! from, or, if line information is asked for and there are none, the lines of the PTX itself. Gives each function a
//! subprogram and each instruction a location; code that `.loc` calls inlined gets the chain of its callers.

use inkwell::context::Context;
use inkwell::debug_info::{
    AsDIScope, DICompileUnit, DIFile, DIFlags, DIFlagsConstants, DILocation, DIScope, DISubprogram,
    DWARFEmissionKind, DWARFSourceLanguage, DebugInfoBuilder,
};
use inkwell::module::{FlagBehavior, Module as LlvmModule};
use inkwell::values::FunctionValue;
use ptx_frontend::Module;
use ptx_frontend::module::{Function, InlinedAt, SourceLocation};
use std::cell::RefCell;
use std::collections::HashMap;

/// DWARF's version in the code object; ROCm's tools read it.
const DWARF_VERSION: u64 = 5;
/// How deep a chain of inlined calls is followed; a wrong chain may lead to itself.
const DEEPEST_CALL: u32 = 64;

/// The debug information of a module.
pub struct Lines<'ctx> {
    builder: DebugInfoBuilder<'ctx>,
    unit: DICompileUnit<'ctx>,
    context: &'ctx Context,
    files: RefCell<HashMap<u32, DIFile<'ctx>>>,
    /// Names of inlined functions, by the label of `.debug_str` and the offset from it.
    strings: HashMap<String, Vec<u8>>,
    inlined: RefCell<HashMap<(String, u32), DISubprogram<'ctx>>>,
    /// Where the lines of the PTX begin, if its own lines are meant.
    own_lines: Option<Vec<u32>>,
}

impl<'ctx> Lines<'ctx> {
    /// The debug information of `source`, if it has any or `own` is the text whose lines are asked for.
    pub fn begin(
        context: &'ctx Context,
        llvm: &LlvmModule<'ctx>,
        source: &Module,
        own: Option<&[u8]>,
    ) -> Option<Self> {
        let has_locations = source.functions.iter().any(|function| !function.locations.is_empty());
        let own_lines = match own {
            _ if has_locations => None,
            Some(text) => Some(line_starts(text)),
            None => return None,
        };
        let name = match source.files.first() {
            Some(file) if own_lines.is_none() => file.name.clone(),
            _ => absolute(&source.file_name),
        };
        let number = |value: u64| context.i32_type().const_int(value, false);
        let version = u64::from(inkwell::debug_info::debug_metadata_version());
        llvm.add_basic_value_flag("Debug Info Version", FlagBehavior::Warning, number(version));
        llvm.add_basic_value_flag("Dwarf Version", FlagBehavior::Warning, number(DWARF_VERSION));
        let (builder, unit) = llvm.create_debug_info_builder(
            true,
            DWARFSourceLanguage::CPlusPlus,
            &name,
            "",
            concat!("wavefold ptxas ", env!("CARGO_PKG_VERSION")),
            true,
            "",
            0,
            "",
            DWARFEmissionKind::LineTablesOnly,
            0,
            false,
            false,
            "",
            "",
        );
        Some(Self {
            builder,
            unit,
            context,
            files: RefCell::default(),
            strings: strings(source),
            inlined: RefCell::default(),
            own_lines,
        })
    }

    /// Gives `value` its subprogram.
    pub fn describe(&self, source: &Module, function: &Function, value: FunctionValue<'ctx>) {
        let start = match (&self.own_lines, function.locations.first()) {
            (Some(starts), _) => (0, line_of(starts, function.span.start)),
            // The first location may be inside of something inlined; its caller is in the function.
            (None, Some(mark)) => match mark.location.inlined {
                Some(call) => (call.file, call.line),
                None => (mark.location.file, mark.location.line),
            },
            (None, None) => (0, 0),
        };
        let file = self.file(source, start.0);
        value.set_subprogram(self.subprogram(source.name(function.name), file, start.1));
    }

    fn subprogram(&self, name: &str, file: DIFile<'ctx>, line: u32) -> DISubprogram<'ctx> {
        let ty = self.builder.create_subroutine_type(file, None, &[], DIFlags::ZERO);
        let scope = self.unit.as_debug_info_scope();
        self.builder.create_function(scope, name, None, file, line, ty, true, true, line, DIFlags::ZERO, true)
    }

    /// The location of an instruction of `function`, which begins at `offset` of the text.
    pub fn location(
        &self,
        source: &Module,
        function: &Function,
        value: FunctionValue<'ctx>,
        place: Option<SourceLocation>,
        offset: u32,
    ) -> Option<DILocation<'ctx>> {
        let scope = value.get_subprogram()?;
        let place = match (&self.own_lines, place) {
            (Some(starts), _) => {
                SourceLocation { file: 0, line: line_of(starts, offset), column: 0, inlined: None }
            }
            (None, Some(place)) => place,
            // Before the first `.loc`: the compiler's own, which DWARF calls line 0.
            (None, None) => SourceLocation { file: 0, line: 0, column: 0, inlined: None },
        };
        Some(self.locate(source, function, scope, place, DEEPEST_CALL))
    }

    fn locate(
        &self,
        source: &Module,
        function: &Function,
        subprogram: DISubprogram<'ctx>,
        place: SourceLocation,
        deepest: u32,
    ) -> DILocation<'ctx> {
        let Some(call) = place.inlined.filter(|_| deepest > 0) else {
            let scope = if place.line == 0 {
                subprogram.as_debug_info_scope()
            } else {
                self.scope_in(source, subprogram, place.file)
            };
            return self.builder.create_debug_location(self.context, place.line, place.column, scope, None);
        };
        // The call may itself be in inlined code, which then has a `.loc` of its own.
        let caller = function
            .locations
            .iter()
            .map(|mark| mark.location)
            .find(|at| (at.file, at.line, at.column) == (call.file, call.line, call.column))
            .unwrap_or(SourceLocation {
                file: call.file,
                line: call.line,
                column: call.column,
                inlined: None,
            });
        let caller = self.locate(source, function, subprogram, caller, deepest - 1);
        let callee = self.inlined_function(source, &call, place.file);
        let scope = callee.as_debug_info_scope();
        self.builder.create_debug_location(self.context, place.line, place.column, scope, Some(caller))
    }

    /// The subprogram itself, or a block of it in another file (an include, a macro).
    fn scope_in(&self, source: &Module, subprogram: DISubprogram<'ctx>, file: u32) -> DIScope<'ctx> {
        let file = self.file(source, file);
        self.builder.create_lexical_block(subprogram.as_debug_info_scope(), file, 0, 0).as_debug_info_scope()
    }

    fn inlined_function(&self, source: &Module, call: &InlinedAt, file: u32) -> DISubprogram<'ctx> {
        let label = source.name(call.function);
        let name = self
            .strings
            .get(label)
            .and_then(|bytes| bytes.get(usize::try_from(call.offset).ok()?..))
            .and_then(|bytes| bytes.split(|&byte| byte == 0).next())
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .filter(|name| !name.is_empty())
            .unwrap_or(label)
            .to_owned();
        if let Some(&known) = self.inlined.borrow().get(&(name.clone(), file)) {
            return known;
        }
        let made = self.subprogram(&name, self.file(source, file), 0);
        self.inlined.borrow_mut().insert((name, file), made);
        made
    }

    fn file(&self, source: &Module, number: u32) -> DIFile<'ctx> {
        if let Some(&known) = self.files.borrow().get(&number) {
            return known;
        }
        let file = match source.files.iter().find(|file| file.number == number) {
            Some(file) => self.builder.create_file(&file.name, ""),
            None => self.unit.get_file(),
        };
        self.files.borrow_mut().insert(number, file);
        file
    }

    /// Ends the debug information; the module can then be verified.
    pub fn finish(&self) {
        self.builder.finalize();
    }
}

fn absolute(name: &str) -> String {
    std::path::absolute(name).map_or_else(|_| name.to_owned(), |path| path.display().to_string())
}

fn line_starts(text: &[u8]) -> Vec<u32> {
    let behind = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(behind).map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect()
}

fn line_of(starts: &[u32], offset: u32) -> u32 {
    u32::try_from(starts.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
}

/// The bytes behind each label of `.debug_str`.
fn strings(source: &Module) -> HashMap<String, Vec<u8>> {
    let mut found: HashMap<String, Vec<u8>> = HashMap::new();
    for section in source.sections.iter().filter(|section| source.name(section.name) == ".debug_str") {
        let mut label = String::new();
        for line in section.text.lines().map(str::trim) {
            if let Some(bytes) = line.strip_prefix(".b8") {
                let values = bytes.split(',').filter_map(|value| value.trim().parse::<u8>().ok());
                found.entry(label.clone()).or_default().extend(values);
            } else if let Some((name, rest)) = line.split_once(':') {
                name.trim().clone_into(&mut label);
                if let Some(bytes) = rest.trim().strip_prefix(".b8") {
                    let values = bytes.split(',').filter_map(|value| value.trim().parse::<u8>().ok());
                    found.entry(label.clone()).or_default().extend(values);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{line_of, line_starts};

    #[test]
    fn lines_count_from_one() {
        let starts = line_starts(b"a\nbc\n\nd");
        let lines: Vec<u32> = (0..7).map(|offset| line_of(&starts, offset)).collect();
        assert_eq!(lines, [1, 1, 2, 2, 2, 3, 4]);
    }
}
