//! Why a form is refused: the list `refused.txt`, which tests hold against every row of the instruction set.

use std::sync::LazyLock;

/// A line of the list: the words that a spelling must have (or, behind a `!`, must not), the first of them in front, and the
/// reason.
type Line = (Vec<&'static str>, &'static str);

static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| {
    include_str!("refused.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" : "))
        .map(|(words, reason)| (words.split_whitespace().collect(), reason))
        .collect()
});

/// The reason why a spelling (`wgmma.fence.sync.aligned`) is refused, if the list has it.
pub fn reason(spelling: &str) -> Option<&'static str> {
    let words: Vec<&str> = spelling.split('.').collect();
    let covers =
        |line: &&Line| words.first() == line.0.first() && line.0.iter().all(|word| words.contains(word));
    LINES.iter().find(covers).map(|line| line.1)
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_first_word_and_all_others_must_be_there() {
        assert!(reason("wgmma.fence.sync.aligned").is_some());
        assert!(reason("cp.async.bulk.tensor.2d.shared::cta.global.tile").is_some());
        assert!(reason("add.s32").is_none());
        assert!(reason("ld.global.b128").is_none());
    }
}
