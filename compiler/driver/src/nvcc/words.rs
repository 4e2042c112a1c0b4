//! Words of nvcc's command line: response files, environment variables, lists.
//!
//! Takes text that a user or a build system wrote; afterwards it is in pieces, and nothing is known of what they mean.

use crate::failure::{Failure, Result, reason};

/// Splits at commas outside quotes and parentheses; `\,` is a comma of a value. Quotes stay, but for a pair round a
/// whole value, which some build systems leave in place.
pub fn split_list(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let (mut quote, mut depth) = (None, 0usize);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let last = values.len() - 1;
        match c {
            '\\' if characters.peek() == Some(&',') => {
                values[last].push(',');
                characters.next();
                continue;
            }
            '\\' => {
                values[last].push(c);
                values[last].extend(characters.next());
                continue;
            }
            '"' | '\'' if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            '(' if quote.is_none() => depth += 1,
            ')' if quote.is_none() => depth = depth.saturating_sub(1),
            ',' if quote.is_none() && depth == 0 => {
                values.push(String::new());
                continue;
            }
            _ => {}
        }
        values[last].push(c);
    }
    for value in &mut values {
        let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        if let Some(inner) = inner.filter(|inner| !inner.contains('"')) {
            *value = inner.to_string();
        }
    }
    values.retain(|value| !value.is_empty());
    values
}

/// The options that an environment variable holds.
pub fn flags_from(variable: &str) -> Result<Vec<String>> {
    match std::env::var(variable) {
        Ok(text) => split_words(&text).map_err(|e| Failure::input(format!("{variable}: {e}"))),
        Err(_) => Ok(Vec::new()),
    }
}

/// Replaces `@file` and `--options-file file` by the words of the files.
pub fn expand_files(words: Vec<String>, depth: usize) -> Result<Vec<String>> {
    if depth > 16 {
        return Err(Failure::input("response files include each other without end"));
    }
    let mut expanded = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let named = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).unwrap_or("");
        let files = if let Some(file) = word.strip_prefix('@') {
            vec![file.to_string()]
        } else if matches!(named, "options-file" | "optf") {
            split_list(&words.next().ok_or_else(|| Failure::input(format!("option '{word}' needs a file")))?)
        } else if let Some(list) = named.strip_prefix("options-file=").or_else(|| named.strip_prefix("optf="))
        {
            split_list(list)
        } else {
            expanded.push(word);
            continue;
        };
        for file in files {
            let text = std::fs::read_to_string(&file).map_err(|e| {
                Failure::input(format!("cannot read the response file '{file}': {}", reason(&e)))
            })?;
            let inner = split_words(&text).map_err(|e| Failure::input(format!("{file}: {e}")))?;
            expanded.extend(expand_files(inner, depth + 1)?);
        }
    }
    Ok(expanded)
}

/// Words separated by white space; quotes and backslashes as in a shell.
pub fn split_words(text: &str) -> std::result::Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            quote @ ('"' | '\'') => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next() {
                        None => return Err(format!("a {quote} is never closed")),
                        Some(c) if c == quote => break,
                        Some('\\') if quote == '"' => word.extend(characters.next()),
                        Some(c) => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_split_as_in_a_shell() {
        assert_eq!(
            split_words("-a 'b c' \"d\\\"e\" f\\ g\n-h").expect("splits"),
            ["-a", "b c", "d\"e", "f g", "-h"]
        );
        assert!(split_words("'open").is_err());
    }
}
