//! Both passes of clang see the same source, so both would give the same warnings. Each is shown once.

use std::collections::HashSet;

/// The messages of one source that were already shown.
#[derive(Debug, Default)]
pub struct Shown {
    blocks: HashSet<Vec<String>>,
}

impl Shown {
    /// What of `text` is new; afterwards all of it counts as shown. A message is a line with `warning:` or `error:`,
    /// the lines that lead to it (`In file included from`) and the lines behind it up to the next message.
    pub fn filter(&mut self, text: &str) -> String {
        let mut kept = String::with_capacity(text.len());
        for block in blocks(text) {
            let summary = block.len() == 1 && is_summary(block[0]);
            if summary || !self.blocks.insert(block.iter().map(ToString::to_string).collect()) {
                continue;
            }
            for line in block {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        kept
    }
}

/// "2 warnings generated when compiling for host." counts what may have been shown before.
fn is_summary(line: &str) -> bool {
    let line = line.trim_end();
    line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(" generated") && !line.contains(':')
}

fn blocks(text: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    let mut in_lead = false;
    for line in text.lines() {
        let lead = line.starts_with("In file included from ");
        let head = line.contains("warning: ") || line.contains("error: ") || is_summary(line);
        if blocks.is_empty() || (lead && !in_lead) || (head && !in_lead) {
            blocks.push(Vec::new());
        }
        in_lead = lead;
        if let Some(block) = blocks.last_mut() {
            block.push(line);
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_of_both_passes_is_shown_once() {
        let device = "a.cu:1:2: warning: unused [-Wx]\n  1 | x\n    | ^\n1 warning generated when compiling for sm_70.\n";
        let host = "a.cu:1:2: warning: unused [-Wx]\n  1 | x\n    | ^\na.cu:9:1: warning: other\n2 warnings generated.\n";
        let mut shown = Shown::default();
        assert_eq!(shown.filter(device), "a.cu:1:2: warning: unused [-Wx]\n  1 | x\n    | ^\n");
        assert_eq!(shown.filter(host), "a.cu:9:1: warning: other\n");
        assert_eq!(
            shown.filter("In file included from b:1:\nc.h:2:1: warning: w\n"),
            "In file included from b:1:\nc.h:2:1: warning: w\n"
        );
    }
}
