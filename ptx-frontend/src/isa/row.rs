//! A row of the instruction tables, and what its text compiles to.
//!
//! Takes the manual's own syntax: `setp.CmpInt[.BoolOp]{.u16,.u32} p|q, a, b{, {!}c:pred}`. Left of the first space are
//! the dotted words: `.word` as it is, `[.word]` optional, `{.x,.y}` one of several, `.Name` a class of words
//! (`words.rs`). Right of it are the operands, each a name as in the manual with what differs from the type of the
//! instruction behind a colon (see `operand_specs`). Gives patterns for `matcher.rs`; a test compiles every row.

use super::words::{Class, class};
use super::{Access, Effects, Opcode, OperandSpec, OperandType, ScalarType};

/// A requirement on `.target`: the `sm_` number, with this bit if only the `a` or `f` variants have it.
pub const VARIANT: u16 = 0x8000;

/// One form of an instruction.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The instruction.
    pub opcode: Opcode,
    /// The manual's syntax.
    pub syntax: &'static str,
    /// What it does besides computing.
    pub effects: Effects,
    /// `.version` that introduced it, times ten.
    pub version: u16,
    /// `sm_` number that introduced it, perhaps with [`VARIANT`].
    pub target: u16,
}

/// A table of rows, grouped by effects; each row states `version target Opcode "syntax"`.
macro_rules! rows {
    ($($effects:ident { $($version:literal $target:tt $opcode:ident $syntax:literal;)* })*) => {
        /// The rows of the chapter.
        pub static ROWS: &[$crate::isa::row::Row] = &[$($(
            $crate::isa::row::Row {
                opcode: $crate::isa::Opcode::$opcode,
                syntax: $syntax,
                effects: $crate::isa::row::effects::$effects,
                version: $version,
                target: $crate::isa::row::target!($target),
            },
        )*)*];
    };
}
pub(crate) use rows;

/// `70`, or `(100 a)` for what only architecture-specific targets have.
macro_rules! target {
    (($number:literal a)) => {
        $number | $crate::isa::row::VARIANT
    };
    ($number:literal) => {
        $number
    };
}
pub(crate) use target;

/// The groups of rows by effect.
#[allow(non_upper_case_globals, reason = "they are the words of the tables")]
pub(crate) mod effects {
    use super::Effects;

    const NONE: Effects = Effects::PURE;
    /// Nothing but the destination.
    pub const pure: Effects = NONE;
    /// Reads memory.
    pub const reads: Effects = Effects { reads: true, ..NONE };
    /// Writes memory, or must not be dropped.
    pub const writes: Effects = Effects { writes: true, ..NONE };
    /// Both.
    pub const reads_writes: Effects = Effects { reads: true, writes: true, ..NONE };
    /// Depends on who executes it together; no memory.
    pub const convergent: Effects = Effects { convergent: true, ..NONE };
    /// Depends on who executes it together, and orders or changes memory.
    pub const convergent_memory: Effects =
        Effects { reads: true, writes: true, convergent: true, control: false };
    /// May leave the straight line.
    pub const control: Effects = Effects { control: true, ..NONE };
    /// A call: anything.
    pub const anything: Effects = Effects { reads: true, writes: true, convergent: true, control: true };
}

/// A place for one dotted word (or a fixed sequence of them).
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub choices: Vec<Choice>,
    pub optional: bool,
}

/// What may stand in a slot.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub words: Vec<&'static str>,
    pub class: Class,
}

impl Row {
    /// The text of the words, up to the first space.
    pub fn opcode_syntax(&self) -> &'static str {
        self.syntax.split(' ').next().unwrap_or("")
    }

    /// The text of the operands.
    pub fn operand_syntax(&self) -> &'static str {
        self.syntax.split_once(' ').map_or("", |(_, operands)| operands.trim())
    }

    /// The first word of the mnemonic: the key under which rows are looked up.
    pub fn base(&self) -> &'static str {
        let end = self.syntax.find(['.', '[', '{', ' ']).unwrap_or(self.syntax.len());
        &self.syntax[..end]
    }

    /// Spellings that between them have every choice of every word: for tests of every row.
    pub fn spellings(&self) -> Vec<String> {
        let slots = self.slots();
        let longest = slots.iter().map(|slot| slot.choices.len()).max().unwrap_or(0) + 1;
        let mut spellings: Vec<String> = Vec::new();
        for turn in 0..longest {
            let mut text = self.base().to_owned();
            for slot in &slots {
                // An optional word is left out in the first turn.
                let choice = if slot.optional {
                    (turn + slot.choices.len()) % (slot.choices.len() + 1)
                } else {
                    turn % slot.choices.len()
                };
                if let Some(choice) = slot.choices.get(choice) {
                    for word in &choice.words {
                        text.push('.');
                        text.push_str(word);
                    }
                }
            }
            if !spellings.contains(&text) {
                spellings.push(text);
            }
        }
        spellings
    }

    /// Spellings that between them have every combination of dotted types, each with no optional word too, and every
    /// choice of every other word.
    pub fn typed_spellings(&self) -> Vec<String> {
        let slots = self.slots();
        let (typed, other): (Vec<usize>, Vec<usize>) = (0..slots.len()).partition(|&at| {
            slots[at].choices.iter().all(|choice| ScalarType::from_word(choice.words[0]).is_some())
        });
        let ways = |at: usize| slots[at].choices.len() + usize::from(slots[at].optional);
        let combinations: usize = typed.iter().map(|&at| ways(at)).product();
        let most = other.iter().map(|&at| ways(at)).max().unwrap_or(1);
        let mut spellings: Vec<String> = Vec::new();
        for turn in 0..combinations.max(most) {
            for plain in [true, false] {
                let mut left = turn % combinations.max(1);
                let mut text = self.base().to_owned();
                for (at, slot) in slots.iter().enumerate() {
                    let pick = if typed.contains(&at) {
                        let pick = left % ways(at);
                        left /= ways(at);
                        pick
                    } else if plain && slot.optional {
                        slot.choices.len()
                    } else {
                        turn % ways(at)
                    };
                    for word in slot.choices.get(pick).map_or(&[][..], |choice| &choice.words) {
                        text.push('.');
                        text.push_str(word);
                    }
                }
                if !spellings.contains(&text) {
                    spellings.push(text);
                }
            }
        }
        spellings
    }

    /// The choices of each place for a dotted word, as written; an optional place has an empty choice too.
    pub fn choices(&self) -> Vec<Vec<String>> {
        let choices = |slot: &Slot| {
            let words = slot.choices.iter().map(|choice| choice.words.join("."));
            words.chain(slot.optional.then(String::new)).collect()
        };
        self.slots().iter().map(choices).collect()
    }

    /// The compiled words behind the base.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        compile_slots(&self.opcode_syntax()[self.base().len()..])
    }
}

/// Splits `.a[.b]{.c,.d}.Class` into slots. Wrong text gives slots that match nothing; a test finds that.
fn compile_slots(mut text: &'static str) -> Vec<Slot> {
    let mut slots = Vec::new();
    while !text.is_empty() {
        let (body, optional, rest) = match text.as_bytes()[0] {
            b'[' => {
                let end = text.find(']').unwrap_or(text.len() - 1);
                (&text[1..end], true, &text[end + 1..])
            }
            b'{' => {
                let end = text.find('}').unwrap_or(text.len() - 1);
                (&text[..=end], false, &text[end + 1..])
            }
            _ => {
                let end = text[1..].find(['.', '[', '{']).map_or(text.len(), |at| at + 1);
                (&text[..end], false, &text[end..])
            }
        };
        let alternatives = body.strip_prefix('{').map_or(body, |inner| inner.trim_end_matches('}'));
        let mut choices = Vec::new();
        for alternative in alternatives.split(',') {
            let words: Vec<&'static str> = alternative.trim_start_matches('.').split('.').collect();
            match class(words[0]) {
                Some((class, members)) => {
                    choices.extend(members.iter().map(|&word| Choice { words: vec![word], class }));
                }
                None => choices.push(Choice { words, class: Class::Plain }),
            }
        }
        slots.push(Slot { choices, optional });
        text = rest;
    }
    slots
}

/// The operands of a row, for the types and vector length that an opcode gave.
///
/// An operand is `name`, `name:what`, `{!}name`, `d|p`, `[name]` (an address) or `[name, ...]` (an address of several
/// parts); `{, ...}` marks those that may be left out. `what` is a type; `0` or `1` for the first or second dotted
/// type; `x2` for twice the width of the first; `v` or `v1` for as many elements as `.v2`, `.v4` say, of the first or
/// second type; `T*4` for four in braces, `T*` for any number; `imm` for a constant; `label`, `callee`, `list` and
/// `targets` for control flow. `T?word` is there if and only if the
/// dotted word is. A trailing `>` lets a register be wider than the type (as `ld`, `st` and `cvt` do).
pub(crate) fn operand_specs(
    syntax: &'static str,
    types: &[ScalarType],
    vector: Option<u8>,
    has_word: impl Fn(&str) -> bool,
) -> Vec<OperandSpec> {
    let mut specs = Vec::new();
    let mut optional = false;
    let mut rest = syntax.trim();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix("{,") {
            optional = true;
            rest = inner.trim_start();
            continue;
        }
        let trimmed = rest.trim_start_matches([',', ' ', '}']);
        if trimmed.len() < rest.len() {
            rest = trimmed;
            continue;
        }
        let end = item_end(rest);
        let (item, word) =
            rest[..end].split_once('?').map_or((&rest[..end], None), |(item, word)| (item, Some(word)));
        if word.is_none_or(&has_word) {
            specs.push(operand_spec(item, types, vector, optional, specs.is_empty()));
        }
        rest = rest[end..].trim_start();
    }
    specs
}

/// Where an operand of the syntax ends: at a comma, or at the brace that opens or closes an optional part.
fn item_end(text: &str) -> usize {
    let mut depth = 0;
    let start = if text.starts_with("{!}") { 3 } else { 0 };
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            b'[' => depth += 1,
            b']' => depth -= 1,
            b',' | b'{' | b'}' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

fn operand_spec(
    item: &'static str,
    types: &[ScalarType],
    vector: Option<u8>,
    optional: bool,
    first: bool,
) -> OperandSpec {
    let item = item.trim();
    let mut spec = OperandSpec {
        name: item,
        access: Access::Read,
        ty: OperandType::None,
        optional,
        second: None,
        negatable: false,
        wider: false,
        packable: false,
    };
    if let Some(inner) = item.strip_prefix('[') {
        spec.name = inner.trim_end_matches(']');
        spec.access = Access::Address;
        return spec;
    }
    let item = item.strip_prefix("{!}").inspect(|_| spec.negatable = true).unwrap_or(item);
    let (item, second) = item.split_once('|').map_or((item, None), |(item, second)| (item, Some(second)));
    let (name, what) = item.split_once(':').unwrap_or((item, ""));
    spec.name = name;
    spec.second = second.map(|_| ScalarType::Pred);
    if (first && name.starts_with(['d', 'p', 'r'])) || (name.starts_with('d') && name != "desc") {
        spec.access = Access::Write;
    }
    let narrow = what.trim_end_matches('>');
    spec.wider = narrow.len() < what.len();
    spec.packable = narrow == "pack";
    spec.ty = operand_type(name, narrow, types, vector);
    if matches!(narrow, "label" | "callee" | "list" | "targets") {
        spec.access = Access::Control;
    }
    spec
}

fn operand_type(name: &str, what: &str, types: &[ScalarType], vector: Option<u8>) -> OperandType {
    let first = types.first().copied();
    let scalar = |ty: Option<ScalarType>| match ty {
        Some(ScalarType::Pred) => OperandType::Predicate,
        Some(ty) => OperandType::Scalar(ty),
        None => OperandType::None,
    };
    let element_type = |word: &str| match word.parse::<usize>() {
        Ok(index) => types.get(index).copied(),
        Err(_) => ScalarType::from_word(word),
    };
    match what {
        "" if name == "p" || name == "q" => OperandType::Predicate,
        "" | "pack" => scalar(first),
        "x2" => scalar(first.map(double_width)),
        "imm" => OperandType::Constant,
        "label" => OperandType::Label,
        "callee" => OperandType::Callee,
        "list" => OperandType::List,
        "targets" => OperandType::Targets,
        _ if what.starts_with("part") => {
            let ty = if what.len() > 4 { element_type(&what[4..]) } else { first };
            ty.map_or(OperandType::None, OperandType::Part)
        }
        _ if what.starts_with('v') => {
            let ty = if what.len() > 1 { element_type(&what[1..]) } else { first };
            match (ty, vector) {
                (Some(element), Some(count)) => OperandType::Vector { element, count },
                (ty, _) => scalar(ty),
            }
        }
        _ => match what.split_once('*') {
            Some((word, count)) => match element_type(word) {
                Some(element) => OperandType::Vector { element, count: count.parse().unwrap_or(0) },
                None => OperandType::None,
            },
            None => scalar(element_type(what)),
        },
    }
}

/// The type of a product of two of `ty`.
fn double_width(ty: ScalarType) -> ScalarType {
    match ty {
        ScalarType::U16 => ScalarType::U32,
        ScalarType::S16 => ScalarType::S32,
        ScalarType::U32 => ScalarType::U64,
        ScalarType::S32 => ScalarType::S64,
        other => other,
    }
}
