//! Formatting a device printf on the host: each conversion by the C library's own `snprintf`.
//!
//! The grammar is that of `compiler/device/output.c`, which packed the arguments by it. `%n` takes its argument and does
//! nothing, as CUDA has no such conversion; `l` before `c` and `s` and `L` everywhere mean nothing; what is no conversion
//! is printed as it stands.

use std::ffi::{CString, c_char, c_int, c_longlong};

/// Widths and precisions are cut here, so that a stray format cannot ask for all memory.
const WIDEST: u64 = 65536;

/// A conversion as it stands in the format.
#[derive(Default)]
struct Conversion {
    flags: Vec<u8>,
    width: Option<Extent>,
    precision: Option<Extent>,
    shorts: usize,
    is_long: bool,
    letter: Option<u8>,
    /// Bytes of the format that it takes, without the `%`.
    length: usize,
}

#[derive(Clone, Copy)]
enum Extent {
    Number(u64),
    Star,
}

impl Conversion {
    fn read(text: &[u8]) -> Conversion {
        let mut at = 0;
        let peek = |at: usize| text.get(at).copied();
        let mut out = Conversion::default();
        while let Some(flag @ (b'-' | b'+' | b' ' | b'#' | b'0')) = peek(at) {
            out.flags.push(flag);
            at += 1;
        }
        let number = |at: &mut usize| {
            let start = *at;
            let mut value = 0_u64;
            while let Some(digit @ b'0'..=b'9') = peek(*at) {
                value = value.saturating_mul(10).saturating_add(u64::from(digit - b'0')).min(WIDEST);
                *at += 1;
            }
            (*at > start).then_some(value)
        };
        let extent = |at: &mut usize| {
            let star = peek(*at) == Some(b'*');
            if star {
                *at += 1;
            }
            // Digits behind a star are read over, as the device reads them.
            let digits = number(at);
            if star { Some(Extent::Star) } else { digits.map(Extent::Number) }
        };
        out.width = extent(&mut at);
        if peek(at) == Some(b'.') {
            at += 1;
            out.precision = Some(extent(&mut at).unwrap_or(Extent::Number(0)));
        }
        while let Some(size) = peek(at) {
            match size {
                b'l' | b'q' | b'j' | b'z' | b't' => out.is_long = true,
                b'h' => out.shorts += 1,
                b'L' => {}
                _ => break,
            }
            at += 1;
        }
        out.letter = peek(at);
        out.length = at + usize::from(out.letter.is_some());
        out
    }
}

/// The packed arguments, taken one after the other.
struct Arguments<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Arguments<'_> {
    /// The next `N` bytes, aligned to as much; zeros past the end.
    fn take<const N: usize>(&mut self) -> [u8; N] {
        self.at = self.at.next_multiple_of(N);
        let found = self.bytes.get(self.at..self.at + N).and_then(|bytes| bytes.try_into().ok());
        self.at += N;
        found.unwrap_or([0; N])
    }

    fn word(&mut self) -> i32 {
        i32::from_le_bytes(self.take())
    }

    fn long(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }
}

/// Appends what `printf(format, arguments...)` prints; `strings` are those of the `%s`, in order.
pub fn format(out: &mut Vec<u8>, format: &[u8], arguments: &[u8], strings: &[Option<&[u8]>]) {
    let mut arguments = Arguments { bytes: arguments, at: 0 };
    let mut strings = strings.iter();
    let mut rest = format;
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        out.extend_from_slice(&rest[..at]);
        let conversion = Conversion::read(&rest[at + 1..]);
        let whole = &rest[at..at + 1 + conversion.length];
        rest = &rest[at + 1 + conversion.length..];
        convert(out, &conversion, whole, &mut arguments, &mut strings);
    }
    out.extend_from_slice(rest);
}

fn convert<'a>(
    out: &mut Vec<u8>,
    conversion: &Conversion,
    whole: &[u8],
    arguments: &mut Arguments<'_>,
    strings: &mut impl Iterator<Item = &'a Option<&'a [u8]>>,
) {
    // Stars are taken in any case: the device has packed them.
    let mut head = vec![b'%'];
    head.extend_from_slice(&conversion.flags);
    match conversion.width {
        Some(Extent::Number(width)) => head.extend_from_slice(width.to_string().as_bytes()),
        Some(Extent::Star) => {
            let width = i64::from(arguments.word());
            if width < 0 {
                head.push(b'-');
            }
            head.extend_from_slice(width.unsigned_abs().min(WIDEST).to_string().as_bytes());
        }
        None => {}
    }
    let precision = match conversion.precision {
        Some(Extent::Number(precision)) => Some(precision),
        Some(Extent::Star) => u64::try_from(arguments.word()).ok().map(|precision| precision.min(WIDEST)),
        None => None,
    };
    let spec = |precision: Option<u64>, tail: &str| {
        let mut text = head.clone();
        if let Some(precision) = precision {
            text.extend_from_slice(format!(".{precision}").as_bytes());
        }
        text.extend_from_slice(tail.as_bytes());
        // The format has no zero byte within: the device ended it at the first.
        CString::new(text).unwrap_or_default()
    };
    let Some(letter) = conversion.letter else {
        out.extend_from_slice(whole);
        return;
    };
    let tail = |size: &str| format!("{size}{}", char::from(letter));
    match letter {
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' if conversion.is_long => {
            let value = arguments.long() as c_longlong;
            // SAFETY: the conversion takes a `long long`.
            print(out, |to, size| unsafe {
                libc::snprintf(to, size, spec(precision, &tail("ll")).as_ptr(), value)
            });
        }
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => {
            let value: c_int = arguments.word();
            let size = ["", "h", "hh"][conversion.shorts.min(2)];
            // SAFETY: the conversion takes an `int`, `h` and `hh` included.
            print(out, |to, room| unsafe {
                libc::snprintf(to, room, spec(precision, &tail(size)).as_ptr(), value)
            });
        }
        b'c' => {
            let value: c_int = arguments.word();
            // SAFETY: the conversion takes an `int`.
            print(out, |to, size| unsafe { libc::snprintf(to, size, spec(precision, "c").as_ptr(), value) });
        }
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => {
            let value = f64::from_bits(arguments.long());
            // SAFETY: the conversion takes a `double`.
            print(out, |to, size| unsafe {
                libc::snprintf(to, size, spec(precision, &tail("")).as_ptr(), value)
            });
        }
        b'p' => {
            let value = arguments.long() as usize as *const core::ffi::c_void;
            // SAFETY: the conversion takes a pointer and does not follow it.
            print(out, |to, size| unsafe { libc::snprintf(to, size, spec(precision, "p").as_ptr(), value) });
        }
        b's' => {
            arguments.long();
            match strings.next().copied().flatten() {
                // The device has cut the string to the precision; it need not end in a zero.
                Some(text) => print(out, |to, size| {
                    let spec = spec(Some(text.len() as u64), "s");
                    // SAFETY: the conversion takes a pointer to at least as many bytes as its precision says.
                    unsafe { libc::snprintf(to, size, spec.as_ptr(), text.as_ptr()) }
                }),
                None => print(out, |to, size| {
                    let spec = spec(precision, "s");
                    // SAFETY: the C library prints a null pointer in words of its own.
                    unsafe { libc::snprintf(to, size, spec.as_ptr(), core::ptr::null::<c_char>()) }
                }),
            }
        }
        b'n' => {
            arguments.long();
        }
        b'%' => out.push(b'%'),
        _ => out.extend_from_slice(whole),
    }
}

/// Appends what `run`, a call of `snprintf`, prints.
fn print(out: &mut Vec<u8>, run: impl Fn(*mut c_char, usize) -> c_int) {
    let start = out.len();
    let mut room = 64;
    loop {
        out.resize(start + room, 0);
        let length = usize::try_from(run(out[start..].as_mut_ptr().cast(), room)).unwrap_or(0);
        if length < room {
            out.truncate(start + length);
            return;
        }
        room = length + 1;
    }
}

#[cfg(test)]
mod tests;
