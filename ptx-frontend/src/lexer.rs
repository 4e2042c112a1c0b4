//! Tokens of PTX, on demand.
//!
//! Takes the text as bytes; gives one token at a time with its span. Blanks, comments and preprocessor lines are
//! skipped. The dotted text of an opcode is read whole by [`Lexer::opcode`], at the parser's wish. Never fails: what
//! is no token comes as [`TokenKind::Unknown`] or [`TokenKind::Unterminated`], and the parser complains.

use crate::span::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// `name`, `%r1`, `$L__BB0_1`, `_`.
    Word,
    /// `.reg`, `.b32`, `.x`.
    DotWord,
    /// A number of any kind; its value is found by `literal.rs`.
    Number,
    /// `"..."`.
    String,
    /// One character of punctuation, or `<<`, `>>`, `&&`, `||`, `==`, `!=`, `<=`, `>=` (by its first two bytes).
    Punctuation(u16),
    /// The end of the text.
    End,
    /// A byte that no token starts with.
    Unknown,
    /// A comment or string that does not end.
    Unterminated,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

impl Token {
    /// Whether it is this one character.
    pub fn is(&self, byte: u8) -> bool {
        self.kind == TokenKind::Punctuation(byte as u16)
    }
}

/// The kind of a punctuation of two characters.
pub(crate) const fn pair(text: &[u8; 2]) -> u16 {
    (text[0] as u16) << 8 | text[1] as u16
}

const START: u8 = 1;
const CONTINUE: u8 = 2;
const DIGIT: u8 = 4;
const BLANK: u8 = 8;

/// What a byte can be part of.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if b.is_ascii_alphabetic() || b == b'_' || b == b'$' || b == b'%' {
            classes[byte] = START | CONTINUE;
        } else if b.is_ascii_digit() {
            classes[byte] = DIGIT | CONTINUE;
        } else if b == b' ' || b == b'\t' || b == b'\n' || b == b'\r' || b == 0x0b || b == 0x0c {
            classes[byte] = BLANK;
        }
        byte += 1;
    }
    classes
};

/// The cursor over the text.
pub(crate) struct Lexer<'s> {
    bytes: &'s [u8],
    pos: usize,
}

impl<'s> Lexer<'s> {
    /// At the start of the text.
    pub fn new(source: &'s str) -> Self {
        Self { bytes: source.as_bytes(), pos: 0 }
    }

    /// The byte at the cursor plus `ahead`, 0 past the end.
    fn at(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    /// The next byte that is not blank, without moving (comments are not looked through).
    pub fn peek_byte(&self) -> u8 {
        let mut pos = self.pos;
        while let Some(&byte) = self.bytes.get(pos) {
            if CLASSES[byte as usize] & BLANK == 0 {
                return byte;
            }
            pos += 1;
        }
        0
    }

    /// Extends a word that was just read over the dots and double colons of an opcode; gives where it ends.
    pub fn opcode(&mut self) -> u32 {
        while let Some(&byte) = self.bytes.get(self.pos) {
            if CLASSES[byte as usize] & CONTINUE != 0 || byte == b'.' {
                self.pos += 1;
            } else if byte == b':' && self.at(1) == b':' {
                self.pos += 2;
            } else {
                break;
            }
        }
        self.pos as u32
    }

    /// Goes back to an offset that a token started or ended at.
    pub fn seek(&mut self, offset: u32) {
        self.pos = (offset as usize).min(self.bytes.len());
    }

    /// The next token.
    #[inline]
    pub fn next(&mut self) -> Token {
        if !self.skip_blanks() {
            let start = self.pos as u32;
            self.pos = self.bytes.len();
            return Token {
                kind: TokenKind::Unterminated,
                span: Span::new(start, (start + 2).min(self.pos as u32)),
            };
        }
        let start = self.pos;
        let Some(&byte) = self.bytes.get(start) else {
            return Token { kind: TokenKind::End, span: Span::new(start as u32, start as u32) };
        };
        let class = CLASSES[byte as usize];
        let kind = if class & START != 0 && (byte != b'%' || CLASSES[self.at(1) as usize] & CONTINUE != 0) {
            self.skip_word();
            TokenKind::Word
        } else if class & DIGIT != 0 {
            self.number();
            TokenKind::Number
        } else {
            self.punctuation(byte)
        };
        Token { kind, span: Span::new(start as u32, self.pos as u32) }
    }

    #[inline]
    fn skip_word(&mut self) {
        let rest = self.bytes.get(self.pos..).unwrap_or(&[]);
        let length = rest.iter().take_while(|&&byte| CLASSES[byte as usize] & CONTINUE != 0).count();
        self.pos += length;
    }

    /// Digits, letters, one dot between digits, a sign behind a decimal exponent.
    fn number(&mut self) {
        let hexadecimal = self.at(0) == b'0' && matches!(self.at(1), b'x' | b'X' | b'f' | b'F' | b'd' | b'D');
        self.skip_word();
        if hexadecimal {
            return;
        }
        if self.at(0) == b'.' && self.at(1).is_ascii_digit() {
            self.pos += 1;
            self.skip_word();
        } else if self.at(0) == b'.' && CLASSES[self.at(1) as usize] & CONTINUE == 0 {
            self.pos += 1;
        }
        let last = self.bytes[self.pos - 1];
        if matches!(last, b'e' | b'E') && matches!(self.at(0), b'+' | b'-') && self.at(1).is_ascii_digit() {
            self.pos += 1;
            self.skip_word();
        }
    }

    fn punctuation(&mut self, byte: u8) -> TokenKind {
        self.pos += 1;
        match byte {
            b'.' if CLASSES[self.at(0) as usize] & CONTINUE != 0 => {
                self.skip_word();
                TokenKind::DotWord
            }
            b'"' => {
                while let Some(&byte) = self.bytes.get(self.pos) {
                    match byte {
                        b'"' => {
                            self.pos += 1;
                            return TokenKind::String;
                        }
                        b'\\' if self.at(1) != b'\n' && self.pos + 1 < self.bytes.len() => self.pos += 2,
                        b'\n' => return TokenKind::Unterminated,
                        _ => self.pos += 1,
                    }
                }
                TokenKind::Unterminated
            }
            b'<' | b'>' | b'&' | b'|' | b'=' | b'!' => {
                let next = self.at(0);
                let two =
                    matches!(&[byte, next], b"<<" | b">>" | b"&&" | b"||" | b"==" | b"!=" | b"<=" | b">=");
                if two {
                    self.pos += 1;
                    TokenKind::Punctuation(pair(&[byte, next]))
                } else {
                    TokenKind::Punctuation(byte as u16)
                }
            }
            b'(' | b')' | b'{' | b'}' | b'[' | b']' | b',' | b';' | b':' | b'@' | b'+' | b'-' | b'*'
            | b'/' | b'%' | b'^' | b'~' | b'?' => TokenKind::Punctuation(byte as u16),
            _ => {
                // One whole character, so that spans lie on character boundaries.
                while self.bytes.get(self.pos).is_some_and(|&byte| byte & 0xC0 == 0x80) {
                    self.pos += 1;
                }
                TokenKind::Unknown
            }
        }
    }

    /// Skips blanks, comments and preprocessor lines; false if a comment does not end (the cursor is at its start).
    #[inline]
    fn skip_blanks(&mut self) -> bool {
        loop {
            let rest = self.bytes.get(self.pos..).unwrap_or(&[]);
            self.pos += rest.iter().take_while(|&&byte| CLASSES[byte as usize] & BLANK != 0).count();
            let Some(&byte) = self.bytes.get(self.pos) else { return true };
            if byte == b'/' && self.at(1) == b'/' {
                self.skip_line();
            } else if byte == b'/' && self.at(1) == b'*' {
                let rest = &self.bytes[self.pos + 2..];
                match rest.windows(2).position(|two| two == b"*/") {
                    Some(length) => self.pos += length + 4,
                    None => return false,
                }
            } else if byte == b'#' && self.starts_line() {
                self.skip_line();
            } else {
                return true;
            }
        }
    }

    fn starts_line(&self) -> bool {
        let before = &self.bytes[..self.pos];
        before.iter().rev().find(|&&byte| byte != b' ' && byte != b'\t').is_none_or(|&byte| byte == b'\n')
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.pos..];
        self.pos += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    }
}
