//! The control flow graph of a function: successors, reachability, post-dominators of a part, loops.
//!
//! Needs a checked function; breaks nothing. All answers are by block number.

use ptx_frontend::module::{BlockId, Function, Module};

/// Successors and predecessors of each block.
#[derive(Debug)]
pub struct Graph {
    /// Successors, each once.
    pub successors: Vec<Vec<usize>>,
    predecessors: Vec<Vec<usize>>,
}

/// A loop.
#[derive(Debug)]
pub struct Loop {
    /// Its blocks.
    pub blocks: Vec<usize>,
    /// Whether it is entered at more than one block, so that inner loops cannot be told apart.
    pub is_irreducible: bool,
}

impl Graph {
    /// The graph of a function.
    pub fn new(module: &Module, function: &Function) -> Self {
        let successors: Vec<Vec<usize>> = function
            .block_ids()
            .map(|block| module.successors(function, block).into_iter().map(BlockId::index).collect())
            .collect();
        let mut predecessors = vec![Vec::new(); successors.len()];
        for (block, targets) in successors.iter().enumerate() {
            for &target in targets {
                predecessors[target].push(block);
            }
        }
        Self { successors, predecessors }
    }

    /// Which blocks reach one of `targets` (which do themselves).
    pub fn reaching(&self, targets: &[bool]) -> Vec<bool> {
        let mut reached = targets.to_vec();
        let mut work: Vec<usize> = (0..targets.len()).filter(|&block| targets[block]).collect();
        while let Some(block) = work.pop() {
            for &before in &self.predecessors[block] {
                if !reached[before] {
                    reached[before] = true;
                    work.push(before);
                }
            }
        }
        reached
    }

    /// Where paths within the blocks marked `inside` end: blocks without a successor inside; and where all paths end in
    /// a loop, the blocks of it that have a way out. Other ways out are those of threads that leave early.
    fn ends(&self, inside: &[bool]) -> Vec<bool> {
        let mut ends = vec![false; inside.len()];
        for component in self.components(inside) {
            let leaves = |block: &&usize| {
                self.successors[**block].iter().any(|&target| inside[target] && !component.contains(&target))
            };
            if component.iter().any(|block| leaves(&block)) {
                continue;
            }
            let has_way_out = |block: usize| {
                self.successors[block].is_empty()
                    || self.successors[block].iter().any(|&target| !inside[target])
            };
            let endless = !component.iter().any(|&block| has_way_out(block));
            for &block in &component {
                ends[block] = endless || has_way_out(block);
            }
        }
        ends
    }

    /// The immediate post-dominator of each block within the blocks marked `inside`; `None` where paths end apart.
    pub fn post_dominators(&self, inside: &[bool]) -> Vec<Option<usize>> {
        let ends = self.ends(inside);
        let order = self.post_order_of_reverse(inside, &ends);
        let exit = inside.len();
        let mut rank = vec![usize::MAX; exit + 1];
        rank[exit] = 0;
        for (position, &block) in order.iter().enumerate() {
            rank[block] = position + 1;
        }
        let mut idom: Vec<Option<usize>> = vec![None; exit + 1];
        idom[exit] = Some(exit);
        loop {
            let mut changed = false;
            for &block in &order {
                let targets = self.successors[block].iter().copied().filter(|&target| inside[target]);
                let mut joined = None;
                for target in targets.chain(ends[block].then_some(exit)) {
                    if idom[target].is_some() {
                        joined = Some(match joined {
                            None => target,
                            Some(other) => meet(&idom, &rank, other, target),
                        });
                    }
                }
                if joined.is_some() && joined != idom[block] {
                    idom[block] = joined;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        idom.truncate(exit);
        idom.into_iter().map(|block| block.filter(|&block| block != exit)).collect()
    }

    /// The blocks inside, those nearest to an end first.
    fn post_order_of_reverse(&self, inside: &[bool], ends: &[bool]) -> Vec<usize> {
        let mut seen = vec![false; inside.len()];
        let mut finished = Vec::new();
        for start in (0..inside.len()).filter(|&block| ends[block]) {
            let mut stack = vec![(start, 0)];
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            while let Some((block, next)) = stack.pop() {
                match self.predecessors[block].get(next) {
                    Some(&before) => {
                        stack.push((block, next + 1));
                        if inside[before] && !std::mem::replace(&mut seen[before], true) {
                            stack.push((before, 0));
                        }
                    }
                    None => finished.push(block),
                }
            }
        }
        finished.reverse();
        finished
    }

    /// The blocks inside that a path from `from` meets before it comes to `stop`.
    pub fn region(&self, from: usize, stop: Option<usize>, inside: &[bool]) -> Vec<usize> {
        let mut seen = vec![false; inside.len()];
        let mut work = vec![from];
        let mut region = Vec::new();
        while let Some(block) = work.pop() {
            if Some(block) == stop || !inside[block] || std::mem::replace(&mut seen[block], true) {
                continue;
            }
            region.push(block);
            work.extend(&self.successors[block]);
        }
        region
    }

    /// The loops, one for each back edge: inner loops and those that share a header with an outer one are told apart.
    pub fn loops(&self) -> Vec<Loop> {
        let mut found = Vec::new();
        self.collect_loops(&vec![true; self.successors.len()], &mut found);
        found
    }

    fn collect_loops(&self, inside: &[bool], found: &mut Vec<Loop>) {
        for component in self.components(inside) {
            let mut within = vec![false; inside.len()];
            component.iter().for_each(|&block| within[block] = true);
            if component.len() == 1 && !self.successors[component[0]].contains(&component[0]) {
                continue;
            }
            let is_entered =
                |block: usize| block == 0 || self.predecessors[block].iter().any(|&before| !within[before]);
            let headers: Vec<usize> = component.iter().copied().filter(|&block| is_entered(block)).collect();
            let [header] = headers[..] else {
                found.push(Loop { blocks: component, is_irreducible: true });
                continue;
            };
            for &latch in self.predecessors[header].iter().filter(|&&latch| within[latch]) {
                found.push(Loop { blocks: self.natural_loop(header, latch, &within), is_irreducible: false });
            }
            within[header] = false;
            self.collect_loops(&within, found);
        }
    }

    /// The header, and the blocks that reach the latch without passing it.
    fn natural_loop(&self, header: usize, latch: usize, within: &[bool]) -> Vec<usize> {
        let mut blocks = vec![header];
        let mut seen = vec![false; within.len()];
        seen[header] = true;
        let mut work = vec![latch];
        while let Some(block) = work.pop() {
            if within[block] && !std::mem::replace(&mut seen[block], true) {
                blocks.push(block);
                work.extend(&self.predecessors[block]);
            }
        }
        blocks
    }

    /// The strongly connected components of the blocks marked `inside`.
    fn components(&self, inside: &[bool]) -> Vec<Vec<usize>> {
        let mut search = Tarjan {
            graph: self,
            inside,
            index: vec![None; self.successors.len()],
            low: vec![0; self.successors.len()],
            on_stack: vec![false; self.successors.len()],
            stack: Vec::new(),
            count: 0,
            found: Vec::new(),
        };
        for (block, _) in inside.iter().enumerate().filter(|(_, inside)| **inside) {
            if search.index[block].is_none() {
                search.visit(block);
            }
        }
        search.found
    }
}

fn meet(idom: &[Option<usize>], rank: &[usize], a: usize, b: usize) -> usize {
    let (mut a, mut b) = (a, b);
    while a != b {
        while rank[a] > rank[b] {
            a = idom[a].unwrap_or(rank.len() - 1);
        }
        while rank[b] > rank[a] {
            b = idom[b].unwrap_or(rank.len() - 1);
        }
    }
    a
}

/// Tarjan's strongly connected components, without recursion, because functions may have many blocks.
struct Tarjan<'g> {
    graph: &'g Graph,
    inside: &'g [bool],
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    count: usize,
    found: Vec<Vec<usize>>,
}

impl Tarjan<'_> {
    fn enter(&mut self, block: usize) {
        self.index[block] = Some(self.count);
        self.low[block] = self.count;
        self.count += 1;
        self.stack.push(block);
        self.on_stack[block] = true;
    }

    fn visit(&mut self, root: usize) {
        self.enter(root);
        let mut calls = vec![(root, 0)];
        while let Some((block, next)) = calls.pop() {
            if let Some(&target) = self.graph.successors[block].get(next) {
                calls.push((block, next + 1));
                if !self.inside[target] {
                    continue;
                }
                match self.index[target] {
                    None => {
                        self.enter(target);
                        calls.push((target, 0));
                    }
                    Some(index) if self.on_stack[target] => self.low[block] = self.low[block].min(index),
                    Some(_) => {}
                }
                continue;
            }
            if let Some(&(parent, _)) = calls.last() {
                self.low[parent] = self.low[parent].min(self.low[block]);
            }
            if Some(self.low[block]) == self.index[block] {
                self.leave(block);
            }
        }
    }

    fn leave(&mut self, root: usize) {
        let mut component = Vec::new();
        while let Some(block) = self.stack.pop() {
            self.on_stack[block] = false;
            component.push(block);
            if block == root {
                break;
            }
        }
        self.found.push(component);
    }
}
