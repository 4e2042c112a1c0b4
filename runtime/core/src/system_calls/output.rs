//! Reading the ring of records that kernels write (`compiler/device/output.c` has their form), and printing them.
//!
//! Positions count bytes since the ring was made. A record at position `p` is whole when its first word is `p ^ MARK`. When
//! kernels have written more than the ring holds, the oldest is gone: reading goes on at the first whole record left.
//! Nothing read here is trusted: a size that cannot be is taken for no record.

use std::ffi::c_int;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::block::Block;
use super::{Patience, format};

/// Distinguishes the first word of a whole record from whatever else may lie there.
const MARK: u64 = 0x5761_7665_666f_6c64;
/// Records begin at multiples of this.
const GRANULE: u64 = 16;
/// Bytes before a record's arguments.
const HEADER: u64 = 24;
/// How long a record that has been begun may take.
const WAIT_LIMIT: Duration = Duration::from_millis(200);

/// `RECORD_ASSERT` of the device library.
const KIND_ASSERT: u32 = 1;

unsafe extern "C" {
    static stdout: *mut libc::FILE;
    static stderr: *mut libc::FILE;
}

/// The host's end of the ring.
pub struct Reader {
    ring: usize,
    size: u64,
    /// Everything before this position has been printed or is gone.
    done: u64,
}

/// What a record says.
struct Record<'a> {
    kind: u32,
    arguments: &'a [u8],
    format: &'a [u8],
    strings: Vec<Option<&'a [u8]>>,
}

impl Reader {
    /// A reader of the ring at `ring` with `size` bytes, a power of two.
    pub fn new(ring: usize, size: u64) -> Reader {
        Reader { ring, size, done: 0 }
    }

    /// Prints every record that is there.
    pub fn print(&mut self, block: &Block, patience: Patience) {
        let end = block.written();
        if self.done == end {
            return;
        }
        let begun = Instant::now();
        let mut words = Vec::new();
        let mut out = Output::default();
        // After an overflow, what follows is the rest of a record whose beginning is gone.
        let mut searching = false;
        while self.done < end {
            let oldest = block.written().saturating_sub(self.size);
            if self.done < oldest {
                self.done = oldest;
                searching = true;
            }
            let position = self.done;
            if let Some(size) = self.read(position, &mut words)
                && position >= block.written().saturating_sub(self.size)
            {
                searching = false;
                self.done += size;
                if let Some(record) = Record::parse(as_bytes(&words)) {
                    out.add(&record);
                }
                continue;
            }
            match patience {
                _ if searching => self.done += GRANULE,
                Patience::Failed => self.done += GRANULE,
                Patience::Wait if begun.elapsed() < WAIT_LIMIT => std::thread::yield_now(),
                _ => break,
            }
        }
        out.flush();
    }

    fn word(&self, position: u64) -> u64 {
        let index = (position & (self.size - 1)) as usize;
        // SAFETY: the ring has `size` bytes, and positions are multiples of 8.
        unsafe { &*((self.ring + index) as *const AtomicU64) }.load(Ordering::Acquire)
    }

    /// Copies the record at a position, if it is whole; gives its size.
    fn read(&self, position: u64, words: &mut Vec<u64>) -> Option<u64> {
        if self.word(position) != position ^ MARK {
            return None;
        }
        let size = self.word(position + 8) & 0xffff_ffff;
        if size < HEADER || size > self.size / 2 || !size.is_multiple_of(GRANULE) {
            return None;
        }
        words.clear();
        words.extend((0..size / 8).map(|word| self.word(position + word * 8)));
        Some(size)
    }
}

fn as_bytes(words: &[u64]) -> &[u8] {
    // SAFETY: every byte of a u64 is initialised, and the slice covers just these words.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), size_of_val(words)) }
}

/// Takes `length` bytes and their padding to 8 off the front.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let taken = rest.get(..length)?;
    *rest = rest.get(length.checked_next_multiple_of(8)?..)?;
    Some(taken)
}

fn take_word(rest: &mut &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(take(rest, 8)?.try_into().ok()?))
}

impl Record<'_> {
    fn parse(bytes: &[u8]) -> Option<Record<'_>> {
        let mut rest = bytes;
        let _mark = take_word(&mut rest)?;
        let kind = (take_word(&mut rest)? >> 32) as u32;
        let lengths = take_word(&mut rest)?;
        let arguments = take(&mut rest, (lengths >> 32) as usize)?;
        let format = take(&mut rest, (lengths & 0xffff_ffff) as usize)?;
        let mut strings = Vec::new();
        // Behind the last string may be a word of padding, which has been part of an older record.
        while let Some(length) = take_word(&mut rest) {
            let text = match length {
                u64::MAX => Some(None),
                length => usize::try_from(length).ok().and_then(|length| take(&mut rest, length)).map(Some),
            };
            let Some(text) = text else { break };
            strings.push(text);
        }
        Some(Record { kind, arguments, format, strings })
    }
}

/// Text on its way to the two C streams; what was written first goes first.
#[derive(Default)]
struct Output {
    text: Vec<u8>,
    printed: bool,
}

impl Output {
    fn add(&mut self, record: &Record<'_>) {
        if record.kind == KIND_ASSERT {
            let text = assertion(record);
            self.send();
            // SAFETY: stderr is C's stream, open for the life of the process.
            unsafe { send(stderr, &text) };
            return;
        }
        format::format(&mut self.text, record.format, record.arguments, &record.strings);
        if self.text.len() > 1 << 16 {
            self.send();
        }
    }

    fn send(&mut self) {
        self.printed |= !self.text.is_empty();
        // SAFETY: stdout is C's stream, open for the life of the process.
        unsafe { send(stdout, &self.text) };
        self.text.clear();
    }

    /// The program's own output comes through the same stream and stays in order; what was printed is not held back.
    fn flush(&mut self) {
        self.send();
        if self.printed {
            // SAFETY: as above.
            unsafe { libc::fflush(stdout) };
        }
    }
}

/// # Safety
/// `stream` is an open stream of C's.
unsafe fn send(stream: *mut libc::FILE, text: &[u8]) -> c_int {
    // SAFETY: the slice is valid for its length; the stream is the caller's word.
    (unsafe { libc::fwrite(text.as_ptr().cast(), 1, text.len(), stream) } == text.len()).into()
}

/// CUDA's own words.
fn assertion(record: &Record<'_>) -> Vec<u8> {
    let number = |index: usize| -> u32 {
        let bytes = record.arguments.get(index * 4..index * 4 + 4);
        bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
    };
    let text = |index: usize| {
        let bytes = record.strings.get(index).copied().flatten().unwrap_or(b"(null)");
        String::from_utf8_lossy(bytes).into_owned()
    };
    format!(
        "{}:{}: {}: block: [{},{},{}], thread: [{},{},{}] Assertion `{}` failed.\n",
        text(1),
        number(0),
        text(2),
        number(1),
        number(2),
        number(3),
        number(4),
        number(5),
        number(6),
        text(0)
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: u64 = 4096;

    /// A ring with a record of two arguments, a format and a string at each position of `starts`.
    fn ring(starts: &[u64]) -> Vec<u64> {
        let mut ring = vec![u64::MAX; SIZE as usize / 8];
        for &start in starts {
            let words = [
                start ^ MARK,
                64,
                8 | 8 << 32,
                u64::from_le_bytes(*b"\x01\0\0\0\x02\0\0\0"),
                u64::from_le_bytes(*b"%d %d %s"),
                3,
                u64::from_le_bytes(*b"abc\0\0\0\0\0"),
                // Padding is whatever was there.
                u64::MAX - 1,
            ];
            for (index, word) in words.into_iter().enumerate() {
                ring[((start / 8 + index as u64) % (SIZE / 8)) as usize] = word;
            }
        }
        ring
    }

    #[test]
    fn a_record_is_read_where_it_wraps_and_nowhere_else() {
        let starts = [SIZE * 3 - 32, SIZE * 3 + 64];
        let ring = ring(&starts);
        let reader = Reader::new(ring.as_ptr() as usize, SIZE);
        let mut words = Vec::new();
        for position in (SIZE * 2..SIZE * 4).step_by(GRANULE as usize) {
            let size = reader.read(position, &mut words);
            assert_eq!(size, starts.contains(&position).then_some(64), "position {position}");
            if size.is_some() {
                let record = Record::parse(as_bytes(&words)).expect("a whole record");
                assert_eq!((record.kind, record.format), (0, &b"%d %d %s"[..]));
                assert_eq!(record.strings, [Some(&b"abc"[..])]);
                let mut text = Vec::new();
                format::format(&mut text, record.format, record.arguments, &record.strings);
                assert_eq!(text, b"1 2 abc");
            }
        }
    }

    #[test]
    fn damaged_records_never_panic() {
        let whole = ring(&[0]);
        let mut words = Vec::new();
        for index in 1..8 {
            for value in
                [0, 1, 7, 16, 24, 4096, u64::from(u32::MAX), 1 << 32, u64::MAX, 0x2525_2525_2525_2525]
            {
                let mut ring = whole.clone();
                ring[index] = value;
                let reader = Reader::new(ring.as_ptr() as usize, SIZE);
                let Some(size) = reader.read(0, &mut words) else { continue };
                assert!(size <= SIZE / 2 && size.is_multiple_of(GRANULE));
                if let Some(record) = Record::parse(as_bytes(&words)) {
                    let mut out = Vec::new();
                    format::format(&mut out, record.format, record.arguments, &record.strings);
                    assertion(&record);
                }
            }
        }
    }
}
