//! What is refused: exactly the forms of `src/lower/refused.txt`, each with its reason; every other form is lowered.

use wavefold_compiler::coverage::{self, Outcome};

/// A line of the list: the words that a spelling must have (or, behind a `!`, must not), and why it is refused.
struct Refusal {
    words: Vec<&'static str>,
    reason: &'static str,
}

impl Refusal {
    fn covers(&self, spelling: &str) -> bool {
        let words: Vec<&str> = spelling.split('.').collect();
        words[0] == self.words[0]
            && self.words.iter().all(|word| match word.strip_prefix('!') {
                Some(other) => !words.contains(&other),
                None => words.contains(word),
            })
    }
}

fn refusals() -> Vec<Refusal> {
    include_str!("../src/lower/refused.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (words, reason) = line.split_once(" : ").unwrap_or_else(|| panic!("no reason: {line}"));
            Refusal { words: words.split_whitespace().collect(), reason }
        })
        .collect()
}

#[test]
fn exactly_what_the_list_says_is_refused() {
    let refusals = refusals();
    let mut used = vec![false; refusals.len()];
    let mut wrong = Vec::new();
    for entry in coverage::list().expect("LLVM takes what is lowered") {
        let spelling = &entry.form.text;
        let refusal = refusals.iter().position(|refusal| refusal.covers(spelling));
        if let Some(index) = refusal {
            used[index] = true;
        }
        let instruction = &entry.instruction;
        match (refusal, &entry.outcome) {
            (None, Outcome::Refused(message)) => wrong.push(format!("refused: {instruction}: {message}")),
            (Some(_), Outcome::Live) => wrong.push(format!("listed, but lowered: {instruction}")),
            (Some(index), Outcome::Refused(message)) if !message.ends_with(refusals[index].reason) => {
                wrong.push(format!("another reason: {instruction}: {message}"));
            }
            _ => {}
        }
    }
    for (refusal, used) in refusals.iter().zip(used) {
        if !used {
            wrong.push(format!("no row has the words {:?}", refusal.words));
        }
    }
    assert!(wrong.is_empty(), "{} forms:\n{}", wrong.len(), wrong.join("\n"));
}
