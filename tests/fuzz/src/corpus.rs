//! The repository's PTX as material: whole modules, cut into tokens.

use crate::draw::Draw;
use std::path::{Path, PathBuf};

/// Modules, each as its tokens with the blanks before them.
pub struct Corpus {
    modules: Vec<Vec<String>>,
    words: Vec<String>,
}

/// Most bytes of a module that is used: small inputs run fast.
const LONGEST: u64 = 6_000;

impl Corpus {
    /// Every small PTX file of the repository.
    ///
    /// # Panics
    /// When there are none: the fuzzers run in a checkout.
    pub fn read() -> Corpus {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        for folder in ["tests/ptx", "tests/diagnostics/ptx", "ptx-frontend/tests/modules"] {
            collect(&root.join(folder), &mut files);
        }
        files.sort();
        let texts = files.iter().filter_map(|path| std::fs::read_to_string(path).ok());
        let modules: Vec<Vec<String>> = texts.map(|text| tokens(&text)).collect();
        assert!(!modules.is_empty(), "no PTX in {}", root.display());
        let mut words: Vec<String> = modules.iter().flatten().cloned().collect();
        words.sort();
        words.dedup();
        Corpus { modules, words }
    }

    /// A module of the corpus with as many tokens changed as the input has bytes for.
    pub fn mutant(&self, data: &[u8]) -> String {
        let mut draw = Draw::new(data);
        let mut tokens: Vec<&str> = draw.of(&self.modules).iter().map(String::as_str).collect();
        while !draw.is_empty() && tokens.len() < 8_000 {
            let at = draw.below(tokens.len().max(1)).min(tokens.len());
            match draw.below(8) {
                0 if at < tokens.len() => drop(tokens.remove(at)),
                1 => tokens.insert(at, draw.of(&self.words).as_str()),
                2 | 3 if at < tokens.len() => tokens[at] = draw.of(&self.words).as_str(),
                4 if at < tokens.len() => tokens.insert(at, tokens[at]),
                5 if at < tokens.len() => {
                    let other = draw.below(tokens.len());
                    tokens.swap(at, other);
                }
                6 => {
                    // A piece of another module.
                    let other = draw.of(&self.modules);
                    let from = draw.below(other.len());
                    let count = draw.below(30);
                    let piece = other.iter().skip(from).take(count).map(String::as_str);
                    tokens.splice(at..at, piece);
                }
                _ => {
                    let count = draw.below(20);
                    tokens.drain(at..(at + count).min(tokens.len()));
                }
            }
        }
        tokens.concat()
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "ptx")
            && entry.metadata().is_ok_and(|data| data.len() <= LONGEST)
        {
            files.push(path);
        }
    }
}

/// Words, numbers and single characters, each with the blanks before it. The `//!` header of a test is left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let body: String =
        text.lines().filter(|line| !line.starts_with("//!")).map(|l| format!("{l}\n")).collect();
    let part_of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '%' | '.' | ':');
    for c in body.chars() {
        let joins = match token.chars().last() {
            None => true,
            Some(last) => last.is_whitespace() || (part_of_word(last) && part_of_word(c)),
        };
        if !joins {
            tokens.push(std::mem::take(&mut token));
        }
        token.push(c);
    }
    tokens.push(token);
    tokens
}
