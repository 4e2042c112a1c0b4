//! Which forms of which rows are lowered, found by lowering one example of each.
//!
//! Takes the instruction tables; gives for every row its spellings, each with whether it is lowered or why not. Nothing
//! is kept by hand, so the list is what the compiler does. And the forms that a PTX file uses, for the rule that every
//! row that is lowered has a test.

use crate::codegen::{CodegenError, Optimisation, Target};
use crate::lower::ModuleLowering;
use crate::passes::split_module::Part;
use crate::passes::{Facts, MappingChoice};
use inkwell::context::Context;
use ptx_frontend::isa::row::Row;
use ptx_frontend::isa::{self, Form, example};
use ptx_frontend::{Diagnostic, Diagnostics};

/// What became of one spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is lowered.
    Live,
    /// The compiler refuses it by name, with this message.
    Refused(String),
    /// The front end has no such form, with this message (a vector that is too wide, words that exclude one another).
    Invalid(String),
}

/// One spelling of a row.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The file of the row: `integer`.
    pub chapter: &'static str,
    /// The row.
    pub row: &'static Row,
    /// The form.
    pub form: Form,
    /// The instruction that was tried.
    pub instruction: String,
    /// What became of it.
    pub outcome: Outcome,
}

impl Entry {
    /// The line of `ptxas --list-instructions`: what became of it, its chapter, row, spelling, types, words by place
    /// and the reason, between tabs.
    pub fn line(&self) -> String {
        let (word, reason) = match &self.outcome {
            Outcome::Live => ("live", ""),
            Outcome::Refused(reason) => ("refused", reason.as_str()),
            Outcome::Invalid(reason) => ("invalid", reason.as_str()),
        };
        format!("{word}\t{}\t{}\t{reason}", self.chapter, describe(&self.form))
    }
}

/// Row, spelling, types and words by place of a form, between tabs.
pub fn describe(form: &Form) -> String {
    let types: Vec<&str> = form.types.iter().map(|ty| ty.as_str()).collect();
    format!("{}\t{}\t{}\t{}", form.row.syntax, form.text, types.join("."), form.words().join("|"))
}

/// Tries every spelling of every row: each combination of types, each choice of every other word.
///
/// # Errors
/// When LLVM fails, or finds what was lowered invalid: a defect of ours.
pub fn list() -> Result<Vec<Entry>, CodegenError> {
    let target = Target::new(Optimisation(0))?;
    let mut entries = Vec::new();
    for (chapter, rows) in isa::chapters() {
        for row in rows {
            for spelling in row.typed_spellings() {
                for form in isa::decode(&spelling) {
                    if std::ptr::eq(form.row, row)
                        && let Some((instruction, outcome)) = attempt_each_count(&target, &form)?
                    {
                        entries.push(Entry { chapter, row, form, instruction, outcome });
                    }
                }
            }
        }
    }
    Ok(entries)
}

/// The forms that a module uses, each once.
///
/// # Errors
/// What is wrong with the module.
pub fn used(source: &str, file_name: &str) -> Result<Vec<Form>, Diagnostics> {
    Ok(ptx_frontend::parse(source, file_name)?.forms)
}

/// Tries a form with all its operands, then without the optional ones.
fn attempt_each_count(target: &Target, form: &Form) -> Result<Option<(String, Outcome)>, CodegenError> {
    let fewest = form.operands.iter().filter(|spec| !spec.optional).count();
    let mut number = 0;
    let mut draw = |count: usize| {
        number += 1;
        number % count
    };
    let mut result = None;
    for count in [form.operands.len(), fewest] {
        let Some(instruction) = example::instruction(form, count, &mut draw) else { continue };
        let outcome = attempt(target, form, &instruction)?;
        let better = matches!(
            (&result, &outcome),
            (None, _) | (_, Outcome::Live) | (Some((_, Outcome::Invalid(_))), Outcome::Refused(_))
        );
        if better {
            result = Some((instruction, outcome));
        }
    }
    Ok(result)
}

fn attempt(llvm_target: &Target, form: &Form, instruction: &str) -> Result<Outcome, CodegenError> {
    let (version, target) = example::home(form);
    let source = example::module(version, target, &[instruction.to_owned()]);
    let module = match ptx_frontend::parse(&source, "example.ptx") {
        Ok(module) => module,
        Err(errors) => return Ok(Outcome::Invalid(first(&errors.list))),
    };
    // The split mapping has more forms of barriers.
    for mapping in [MappingChoice::Auto, MappingChoice::Split] {
        let facts = Facts::gather(&module, mapping);
        let context = Context::create();
        match ModuleLowering::run(&context, llvm_target, &module, &facts, &Part::whole(&module), None) {
            Ok(lowered) => {
                crate::codegen::target::verify(&lowered)
                    .map_err(|error| CodegenError::Invalid(format!("{instruction}: {error}")))?;
                return Ok(Outcome::Live);
            }
            Err(errors) if mapping == MappingChoice::Split => return Ok(Outcome::Refused(first(&errors))),
            Err(_) => {}
        }
    }
    unreachable!("both mappings are tried")
}

fn first(list: &[Diagnostic]) -> String {
    list.first().map(|diagnostic| diagnostic.message.clone()).unwrap_or_default()
}
