//! Chooses the pairs.
//!
//! A trial starts at two operations and follows their operands: where those pair up too, through phis and around loops,
//! they join the trial, else they cost moves. A trial that saves more than it costs is kept. Trials begin first at the users
//! of values that lie in pairs, then at operations that share an operand.

use super::floats::{Floats, Id, Shape, Term};
use crate::codegen::operands;
use inkwell::values::BasicValue;
use std::collections::{HashMap, HashSet, VecDeque};

/// How deep a trial follows operands.
const DEPTH_LIMIT: usize = 256;
/// How many pairs all trials of a function may look at.
const BUDGET: usize = 400_000;
/// How far apart in a block two operations may be: further ones would keep registers in use for longer.
const WINDOW: usize = 24;
/// How many instructions are looked at to see whether one operation needs the other's result.
const DEPENDENCE_LIMIT: usize = 256;

/// Two operations that become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pack {
    pub low: Id,
    pub high: Id,
    /// The first two operands of `high` change places.
    pub swapped: bool,
}

/// The pairs that pay.
pub fn run(floats: &Floats<'_>) -> Vec<Pack> {
    let mut search = Search {
        floats,
        packs: Vec::new(),
        lanes: HashMap::new(),
        homes: HashMap::new(),
        home_journal: Vec::new(),
        failed: HashSet::new(),
        budget: BUDGET,
    };
    search.spread(floats.natural_pairs().into());
    search.pair_sharers();
    search.packs
}

impl Floats<'_> {
    /// The values that lie in neighbouring registers, the lower one even.
    fn natural_pairs(&self) -> Vec<(Id, Id)> {
        let mut values: Vec<(Id, (usize, usize))> =
            self.neighbours.keys().map(|&value| (value, self.positions[&value])).collect();
        values.sort_by_key(|&(_, position)| position);
        let mut by_place = HashMap::new();
        let mut first: HashMap<(Id, usize), i64> = HashMap::new();
        for (value, _) in &values {
            let place = self.neighbours[value];
            by_place.entry((place.group, place.index)).or_insert(*value);
            let lowest = first.entry(place.group).or_insert(if place.is_vector { 0 } else { place.index });
            *lowest = place.index.min(*lowest);
        }
        values
            .iter()
            .filter_map(|&(low, _)| {
                let place = self.neighbours[&low];
                let even = (place.index - first[&place.group]) % 2 == 0;
                let high = *by_place.get(&(place.group, place.index + 1))?;
                even.then_some((low, high))
            })
            .collect()
    }
}

impl<'ctx> Floats<'ctx> {
    /// Whether two values are loaded into one pair of registers.
    fn are_neighbours(&self, a: Term<'ctx>, b: Term<'ctx>) -> bool {
        match (self.neighbours.get(&a.id), self.neighbours.get(&b.id)) {
            (Some(x), Some(y)) if x.is_vector => {
                x.group == y.group && x.index.div_euclid(2) == y.index.div_euclid(2)
            }
            (Some(x), Some(y)) => x.group == y.group && (x.index - y.index).abs() == 1,
            _ => false,
        }
    }
}

struct Search<'a, 'ctx> {
    floats: &'a Floats<'ctx>,
    packs: Vec<Pack>,
    /// The pack and half that an operation is in.
    lanes: HashMap<Id, (usize, usize)>,
    /// The pair of registers that a value, not packed itself, is to be computed into.
    homes: HashMap<Id, (Id, Id)>,
    home_journal: Vec<Id>,
    /// Pairs that did not pay.
    failed: HashSet<(Id, Id)>,
    budget: usize,
}

/// What a trial goes back to.
#[derive(Clone, Copy)]
struct Mark {
    packs: usize,
    homes: usize,
}

impl<'ctx> Search<'_, 'ctx> {
    fn mark(&self) -> Mark {
        Mark { packs: self.packs.len(), homes: self.home_journal.len() }
    }

    fn roll_back(&mut self, mark: Mark) {
        for pack in self.packs.drain(mark.packs..) {
            self.lanes.remove(&pack.low);
            self.lanes.remove(&pack.high);
        }
        for value in self.home_journal.drain(mark.homes..) {
            self.homes.remove(&value);
        }
    }

    /// Tries the users of pairs, and of the pairs that come of it.
    fn spread(&mut self, mut work: VecDeque<(Id, Id)>) {
        while let Some((low, high)) = work.pop_front() {
            for (low, high) in self.user_pairs(low, high) {
                let mark = self.mark();
                if self.attempt(low, high, -1) {
                    work.extend(self.packs[mark.packs..].iter().map(|pack| (pack.low, pack.high)));
                }
            }
        }
    }

    /// The users of two values that use them alike: the first with the first, the second with the second.
    fn user_pairs(&self, low: Id, high: Id) -> Vec<(Id, Id)> {
        let none = Vec::new();
        let users = |value| self.floats.users.get(&value).unwrap_or(&none);
        let mut taken = HashSet::new();
        let mut pairs = Vec::new();
        for &(user, index, negated) in users(low) {
            let op = &self.floats.ops[&user];
            let place = |index: usize| if op.shape != Shape::Phi && index < 2 { 0 } else { index };
            let partner = users(high).iter().find(|&&(other, at, sign)| {
                let candidate = &self.floats.ops[&other];
                other != user
                    && !taken.contains(&other)
                    && sign == negated
                    && place(at) == place(index)
                    && candidate.block == op.block
                    && candidate.shape == op.shape
            });
            if let Some(&(other, ..)) = partner {
                taken.insert(other);
                pairs.push((user, other));
            }
        }
        pairs
    }

    /// Operations of a block that have a factor in common, the last ones first so that their operands come along.
    fn pair_sharers(&mut self) {
        for block in 0..self.floats.order.len() {
            for last in (0..self.floats.order[block].len()).rev() {
                let high = self.floats.order[block][last];
                for low in self.sharers(high) {
                    let mark = self.mark();
                    if self.attempt(low, high, -2) {
                        let made = self.packs[mark.packs..].iter().map(|pack| (pack.low, pack.high));
                        self.spread(made.collect());
                        break;
                    }
                }
            }
        }
    }

    /// The operations shortly before `high` in its block that have a factor in common with it, the nearest first.
    fn sharers(&self, high: Id) -> Vec<Id> {
        let op = &self.floats.ops[&high];
        if op.shape == Shape::Add || self.lanes.contains_key(&high) {
            return Vec::new();
        }
        let mut found: Vec<(usize, Id)> = op.terms[..2]
            .iter()
            .flat_map(|term| &self.floats.users[&term.id])
            .filter(|&&(user, index, _)| index < 2 && !self.lanes.contains_key(&user))
            .map(|&(user, ..)| (&self.floats.ops[&user], user))
            .filter(|(other, _)| other.block == op.block && other.shape == op.shape)
            .filter(|(other, _)| (1..=WINDOW).contains(&op.position.saturating_sub(other.position)))
            .map(|(other, user)| (other.position, user))
            .collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.dedup();
        found.into_iter().map(|(_, user)| user).collect()
    }

    /// Packs two operations and what comes with them, if that changes the count by `wanted` or less.
    fn attempt(&mut self, low: Id, high: Id, wanted: i32) -> bool {
        let mark = self.mark();
        let good = self.pack(low, high, 0).is_some_and(|change| change <= wanted);
        if !good {
            self.roll_back(mark);
        }
        good
    }

    /// Packs two operations; by how much the number of instructions changes, or nothing if they cannot be packed.
    fn pack(&mut self, low: Id, high: Id, depth: usize) -> Option<i32> {
        let (first, second) = (self.floats.ops.get(&low)?, self.floats.ops.get(&high)?);
        let fits = low != high
            && first.block == second.block
            && first.shape == second.shape
            && first.flags == second.flags
            && first.terms.len() == second.terms.len()
            && !self.lanes.contains_key(&low)
            && !self.lanes.contains_key(&high)
            && !self.homes.contains_key(&low)
            && !self.homes.contains_key(&high)
            && !self.failed.contains(&(low, high))
            && depth < DEPTH_LIMIT
            && self.budget > 0;
        let near = first.shape == Shape::Phi || first.position.abs_diff(second.position) <= WINDOW;
        if !fits || !near || (first.shape != Shape::Phi && self.depend(low, high)) {
            return None;
        }
        self.budget -= 1;
        let swapped = first.shape != Shape::Phi
            && self.likeness(first.terms[0], second.terms[1])
                + self.likeness(first.terms[1], second.terms[0])
                > self.likeness(first.terms[0], second.terms[0])
                    + self.likeness(first.terms[1], second.terms[1]);
        let number = self.packs.len();
        self.packs.push(Pack { low, high, swapped });
        self.lanes.insert(low, (number, 0));
        self.lanes.insert(high, (number, 1));
        let mut change = if first.shape == Shape::Phi { 0 } else { -1 };
        for (index, &term) in first.terms.iter().enumerate() {
            let other = match index {
                0 | 1 if swapped => 1 - index,
                _ => index,
            };
            let other = second.terms[other];
            change += self.operand(term, other, depth + 1);
            // What is loaded stays where it was loaded to: a phi of two values gets copies of them.
            if first.shape == Shape::Phi && self.floats.are_neighbours(term, other) {
                change += 2;
            }
        }
        Some(change)
    }

    /// How much two operands look like a pair.
    fn likeness(&self, a: Term<'ctx>, b: Term<'ctx>) -> i32 {
        if a.id == b.id {
            return 4;
        }
        if self.lie_together(a, b) {
            return 3;
        }
        match (self.floats.ops.get(&a.id), self.floats.ops.get(&b.id)) {
            (Some(x), Some(y)) if x.block == y.block && x.shape == y.shape => 2,
            _ if a.is_constant() && b.is_constant() => 2,
            _ => 0,
        }
    }

    /// Whether two values are in one pair of registers anyway.
    fn lie_together(&self, a: Term<'ctx>, b: Term<'ctx>) -> bool {
        if let (Some(a), Some(b)) = (self.lanes.get(&a.id), self.lanes.get(&b.id)) {
            return a.0 == b.0;
        }
        if let Some(home) = self.homes.get(&a.id) {
            return self.homes.get(&b.id) == Some(home);
        }
        self.floats.are_neighbours(a, b)
    }

    /// How many instructions two operands cost as a pair; less than none if they are packed as well.
    fn operand(&mut self, a: Term<'ctx>, b: Term<'ctx>, depth: usize) -> i32 {
        if a.id == b.id {
            // Half of an odd register cannot be chosen where the pair belongs to a wider load.
            let odd = self.floats.neighbours.get(&a.id).is_some_and(|it| it.is_vector && it.index == 3);
            return i32::from(odd);
        }
        if (a.is_constant() && b.is_constant()) || self.lie_together(a, b) {
            return 0;
        }
        let moves = self.moves(a) + self.moves(b);
        let mark = self.mark();
        match self.pack(a.id, b.id, depth) {
            Some(change) if change < moves || (change == moves && moves > 0) => return change,
            Some(_) => {
                self.roll_back(mark);
                self.failed.insert((a.id, b.id));
            }
            None => {}
        }
        if moves == 0 {
            for value in [a.id, b.id] {
                self.homes.insert(value, (a.id, b.id));
                self.home_journal.push(value);
            }
        }
        moves
    }

    /// Whether a value has to be moved to lie in a pair: one that is computed just for it need not be.
    fn moves(&self, term: Term<'ctx>) -> i32 {
        let is_free = super::floats::defining(&term.value).is_some_and(|it| {
            use inkwell::values::InstructionOpcode as O;
            !matches!(it.get_opcode(), O::Phi | O::Load | O::ExtractElement | O::ExtractValue)
        });
        let is_placed = self.lanes.contains_key(&term.id) || self.homes.contains_key(&term.id);
        i32::from(!is_free || is_placed)
    }

    /// Whether the later of two operations of a block needs the earlier one's result, or may.
    fn depend(&self, a: Id, b: Id) -> bool {
        let (a, b) = (&self.floats.ops[&a], &self.floats.ops[&b]);
        let (early, late) = if a.position < b.position { (a, b) } else { (b, a) };
        let target = super::floats::id(&early.instruction);
        let mut seen = HashSet::new();
        let mut work = vec![late.instruction];
        while let Some(instruction) = work.pop() {
            for index in 0..instruction.get_num_operands() {
                let Some(operand) = operands::value(instruction, index) else { continue };
                let Some(operand) = operand.as_instruction_value() else { continue };
                let key = super::floats::id(&operand);
                if key == target {
                    return true;
                }
                let inside = self
                    .floats
                    .positions
                    .get(&key)
                    .is_some_and(|&(block, position)| block == early.block && position > early.position);
                if inside && seen.insert(key) {
                    work.push(operand);
                }
            }
            if seen.len() > DEPENDENCE_LIMIT {
                return true;
            }
        }
        false
    }
}
