//! The formatter against the C library's `snprintf` on whole formats: random flags, widths, precisions, sizes and values.

use super::*;

/// A reproducible source of numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// Mostly numbers of few bits, and the extremes.
    fn number(&mut self) -> u64 {
        let bits = self.below(65);
        match self.below(8) {
            0 => self.of(&[0, 1, u64::MAX, i64::MIN as u64, i64::MAX as u64, 0x8000_0000, 0xffff_ffff]),
            _ => self.next() & 1_u64.checked_shl(bits as u32).map_or(u64::MAX, |limit| limit - 1),
        }
    }
}

/// `%` with flags, width, precision and size; the stars' values are packed.
fn head(random: &mut Random, packed: &mut Vec<u8>, text: &mut String, stars: &mut Vec<c_int>, flags: &str) {
    text.push('%');
    for flag in flags.chars() {
        if random.below(4) == 0 {
            text.push(flag);
        }
    }
    let mut extent = |random: &mut Random, text: &mut String| {
        if random.below(3) == 0 {
            let value = random.below(40) as c_int - 10;
            text.push('*');
            stars.push(value);
            pack(packed, &value.to_le_bytes());
        } else {
            text.push_str(&(1 + random.below(30)).to_string());
        }
    };
    if random.below(2) == 0 {
        extent(random, text);
    }
    if random.below(2) == 0 {
        text.push('.');
        if random.below(4) != 0 {
            extent(random, text);
        }
    }
}

fn pack(packed: &mut Vec<u8>, bytes: &[u8]) {
    packed.resize(packed.len().next_multiple_of(bytes.len()), 0);
    packed.extend_from_slice(bytes);
}

/// Calls `snprintf` with a format, its stars and one more argument.
macro_rules! library {
    ($text:expr, $stars:expr, $value:expr) => {{
        let text = CString::new($text.as_str()).expect("no zero");
        let mut buffer = [0_u8; 4096];
        let to = buffer.as_mut_ptr().cast::<c_char>();
        // SAFETY: the buffer has its size, and the arguments are those that the format names.
        let length = unsafe {
            match $stars[..] {
                [] => libc::snprintf(to, 4096, text.as_ptr(), $value),
                [a] => libc::snprintf(to, 4096, text.as_ptr(), a, $value),
                [a, b] => libc::snprintf(to, 4096, text.as_ptr(), a, b, $value),
                _ => unreachable!("two stars at most"),
            }
        };
        buffer[..length as usize].to_vec()
    }};
}

fn ours(text: &str, packed: &[u8], strings: &[Option<&[u8]>]) -> Vec<u8> {
    let mut out = Vec::new();
    format(&mut out, text.as_bytes(), packed, strings);
    out
}

#[test]
fn random_conversions_agree_with_the_c_library() {
    let mut random = Random(7);
    for _ in 0..200_000 {
        let (mut packed, mut stars) = (Vec::new(), Vec::new());
        let mut text = String::from(random.of(&["", "x = ", "100%% ", "a\tb "]));
        match random.below(4) {
            0 => {
                head(&mut random, &mut packed, &mut text, &mut stars, "-+ #0");
                let size = random.of(&["", "h", "hh"]);
                text.push_str(size);
                text.push(random.of(&['d', 'i', 'u', 'o', 'x', 'X']));
                let value = random.number() as c_int;
                pack(&mut packed, &value.to_le_bytes());
                assert_eq!(ours(&text, &packed, &[]), library!(text, stars, value), "{text:?} of {value}");
            }
            1 => {
                head(&mut random, &mut packed, &mut text, &mut stars, "-+ #0");
                text.push_str(random.of(&["l", "ll", "z", "j", "t"]));
                text.push(random.of(&['d', 'i', 'u', 'o', 'x', 'X']));
                let value = random.number() as i64;
                pack(&mut packed, &value.to_le_bytes());
                assert_eq!(ours(&text, &packed, &[]), library!(text, stars, value), "{text:?} of {value}");
            }
            2 => {
                head(&mut random, &mut packed, &mut text, &mut stars, "-+ #0");
                text.push(random.of(&['e', 'E', 'f', 'F', 'g', 'G', 'a', 'A']));
                let value = match random.below(3) {
                    0 => f64::from_bits(random.next()),
                    1 => random.of(&[0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 5e-324, 1e22]),
                    _ => (random.number() as i64 as f64) / 1024.0,
                };
                pack(&mut packed, &value.to_le_bytes());
                assert_eq!(ours(&text, &packed, &[]), library!(text, stars, value), "{text:?} of {value:e}");
            }
            _ => {
                text.push_str(random.of(&["%c", "%5c|", "%-3c|"]));
                let value = random.below(255) as c_int + 1;
                pack(&mut packed, &value.to_le_bytes());
                assert_eq!(ours(&text, &packed, &[]), library!(text, stars, value), "{text:?} of {value}");
            }
        }
    }
}

#[test]
fn strings_and_pointers() {
    let word = 0x1234_5678_usize;
    let pointer = word as *const core::ffi::c_void;
    for text in ["%p", "%20p|", "%-20p|"] {
        let text = text.to_owned();
        assert_eq!(ours(&text, &word.to_le_bytes(), &[]), library!(text, [0; 0], pointer));
    }
    let zero = [0_u8; 8];
    assert_eq!(ours("%p", &zero, &[]), b"(nil)");
    assert_eq!(ours("[%s]", &zero, &[Some(b"abc")]), b"[abc]");
    assert_eq!(ours("[%-6s] [%6s]", &[0; 16], &[Some(b"abc"), Some(b"")]), b"[abc   ] [      ]");
    assert_eq!(ours("[%s]", &zero, &[None]), b"[(null)]");
    assert_eq!(ours("[%s]", &zero, &[Some(b"a\0b")]), b"[a]");
}

#[test]
fn what_is_no_conversion_stays_and_nothing_is_read_out_of_bounds() {
    assert_eq!(ours("50%! of %y and %", &[], &[]), b"50%! of %y and %");
    assert_eq!(ours("%d %lld %f %s %n.", &[], &[]), b"0 0 0.000000 (null) .");
    assert_eq!(ours("%1000000000d", &[1, 0, 0, 0], &[]).len(), WIDEST as usize);
    assert_eq!(ours("%d%%%d", &[1, 0, 0, 0, 2, 0, 0, 0], &[]), b"1%2");
}

#[test]
fn arguments_are_aligned_to_their_size() {
    let mut packed = Vec::new();
    pack(&mut packed, &1_i32.to_le_bytes());
    pack(&mut packed, &2.5_f64.to_le_bytes());
    pack(&mut packed, &3_i32.to_le_bytes());
    pack(&mut packed, &4_i64.to_le_bytes());
    assert_eq!(packed.len(), 32);
    assert_eq!(ours("%d %g %d %ld", &packed, &[]), b"1 2.5 3 4");
}
