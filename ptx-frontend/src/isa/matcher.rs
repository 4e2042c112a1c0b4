//! From the dotted text of an opcode to its decoded forms.
//!
//! Takes `fma.rn.ftz.f32`; gives every row that has this spelling (several where only the operands tell them apart),
//! or what is wrong with it. Runs once for each distinct spelling of a module. The words may stand in another order
//! than the manual's, as `ptxas` allows; the manual's own order is tried first.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use super::row::{Row, Slot, operand_specs};
use super::words::{Class, apply};
use super::{Form, Modifiers};

/// All chapters' rows by the first word of the mnemonic.
static INDEX: LazyLock<HashMap<&'static str, Vec<Indexed>>> = LazyLock::new(|| {
    let mut index: HashMap<&'static str, Vec<Indexed>> = HashMap::new();
    for row in super::all_rows() {
        index.entry(row.base()).or_default().push(Indexed { row, slots: OnceLock::new() });
    }
    index
});

/// A row with its compiled words, made when an opcode of its name is first met.
struct Indexed {
    row: &'static Row,
    slots: OnceLock<Vec<Slot>>,
}

impl Indexed {
    fn slots(&self) -> &[Slot] {
        self.slots.get_or_init(|| self.row.slots())
    }
}

/// A form and the row it came from.
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    pub form: Form,
    pub row: &'static Row,
}

/// What is wrong with an opcode.
#[derive(Clone, Debug)]
pub(crate) enum OpcodeError {
    /// No instruction begins like this; the nearest that does, if it is near.
    Unknown { nearest: Option<&'static str> },
    /// The word at `index` (0 is the mnemonic) does not fit; these would.
    Word { index: usize, expected: Vec<String> },
    /// It ends too early; these could follow.
    Incomplete { expected: Vec<String> },
}

/// An opcode of more words than this is not tried in another order: none has so many.
const MOST_WORDS: usize = 24;

/// All forms that `text` spells.
pub(crate) fn decode(text: &str) -> Result<Vec<Decoded>, OpcodeError> {
    let mut parts = text.split('.');
    let base = parts.next().unwrap_or("");
    let words: Vec<&str> = parts.collect();
    let Some(rows) = INDEX.get(base) else {
        return Err(OpcodeError::Unknown { nearest: nearest(base, INDEX.keys().copied()) });
    };
    let mut found = Vec::new();
    for in_order in [true, false] {
        if !in_order && words.len() > MOST_WORDS {
            break;
        }
        for row in rows {
            let mut taken = Vec::new();
            if fits(row.slots(), &words, in_order, &mut taken) {
                found.push(decoded(row.row, taken, text));
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Err(explain(rows, &words))
}

/// The words of a spelling of a row by its slots, empty where an optional word is left out.
pub(crate) fn words(row: &'static Row, text: &str) -> Vec<String> {
    let slots = row.slots();
    let words: Vec<&str> = text.split('.').skip(1).collect();
    let mut by_slot = vec![String::new(); slots.len()];
    for in_order in [true, false] {
        let mut taken = Vec::new();
        if fits(&slots, &words, in_order, &mut taken) {
            for Taken { word, left, .. } in taken {
                let place = &mut by_slot[slots.len() - left];
                place.push_str(if place.is_empty() { "" } else { "." });
                place.push_str(word);
            }
            break;
        }
    }
    by_slot
}

/// A word of a row that was met.
struct Taken {
    word: &'static str,
    class: Class,
    /// How many slots are left from its own on.
    left: usize,
}

/// Whether the words fill the slots; `taken` gets the rows' own spelling of them in the order of the slots.
fn fits(slots: &[Slot], words: &[&str], in_order: bool, taken: &mut Vec<Taken>) -> bool {
    let Some((slot, later)) = slots.split_first() else { return words.is_empty() };
    for choice in &slot.choices {
        let count = choice.words.len();
        let starts = if in_order { 0..1 } else { 0..words.len() };
        for start in starts {
            if words.get(start..start + count) == Some(&choice.words[..]) {
                let mark = taken.len();
                let met = |&word| Taken { word, class: choice.class, left: slots.len() };
                taken.extend(choice.words.iter().map(met));
                let fit = if start == 0 {
                    fits(later, &words[count..], in_order, taken)
                } else {
                    let rest = [&words[..start], &words[start + count..]].concat();
                    fits(later, &rest, in_order, taken)
                };
                if fit {
                    return true;
                }
                taken.truncate(mark);
            }
        }
    }
    slot.optional && fits(later, words, in_order, taken)
}

fn decoded(row: &'static Row, taken: Vec<Taken>, text: &str) -> Decoded {
    let mut modifiers = Modifiers::default();
    let mut types = Vec::new();
    let words: Vec<&str> = taken.iter().map(|taken| taken.word).collect();
    for Taken { word, class, .. } in taken {
        apply(word, class, &mut modifiers, &mut types);
    }
    let operands =
        operand_specs(row.operand_syntax(), &types, modifiers.vector, |word| words.contains(&word));
    let form =
        Form { opcode: row.opcode, types, modifiers, effects: row.effects, operands, text: text.into(), row };
    Decoded { form, row }
}

/// The furthest that any row gets, and what those rows would take there.
fn explain(rows: &[Indexed], words: &[&str]) -> OpcodeError {
    let mut furthest = 0;
    let mut expected: Vec<String> = Vec::new();
    for row in rows {
        probe(row.slots(), words, 0, &mut furthest, &mut expected);
    }
    if furthest == words.len() {
        return OpcodeError::Incomplete { expected };
    }
    OpcodeError::Word { index: furthest + 1, expected }
}

fn probe(slots: &[Slot], words: &[&str], at: usize, furthest: &mut usize, expected: &mut Vec<String>) {
    if at > *furthest {
        *furthest = at;
        expected.clear();
    }
    let Some((slot, later)) = slots.split_first() else {
        if at == *furthest && !expected.iter().any(|known| known.is_empty()) {
            expected.push(String::new());
        }
        return;
    };
    for choice in &slot.choices {
        if words.get(at..at + choice.words.len()) == Some(&choice.words[..]) {
            probe(later, words, at + choice.words.len(), furthest, expected);
        } else if at == *furthest {
            let text = format!(".{}", choice.words.join("."));
            if !expected.contains(&text) {
                expected.push(text);
            }
        }
    }
    if slot.optional {
        probe(later, words, at, furthest, expected);
    }
}

/// The candidate that differs least from `word`, if by at most a third of its letters.
pub(crate) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 40 {
        return None;
    }
    let limit = (word.len() / 3).max(1);
    candidates
        .map(|candidate| (edit_distance(word, candidate), candidate))
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b = b.as_bytes();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
