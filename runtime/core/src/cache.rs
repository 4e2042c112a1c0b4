//! The cache of compiled PTX on disk: one file an entry, shared by all processes of a user.
//!
//! An entry is written to a temporary name and renamed, so that readers see whole files only; it carries a digest of its
//! content, so that a damaged one is found, removed and made anew. When the entries together exceed the bound, those that
//! were not used for longest go. Whatever goes wrong here costs a compilation and nothing else.

use std::fs;
use std::hash::Hasher;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::config::config;

/// What an entry begins with; the number changes with the layout.
const MAGIC: &[u8; 8] = b"WFCACHE1";
/// Bytes of the digest that follows it, of everything behind.
const DIGEST: usize = 16;
/// A temporary file of this age belongs to a process that has died.
const STALE: Duration = Duration::from_secs(3600);

/// What a compilation gives: the code object and the compiler's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The code object.
    pub code: Vec<u8>,
    /// What the compiler said.
    pub messages: String,
}

/// The name of an entry, made from everything that its content depends on.
pub struct Key {
    low: Digest,
    high: Digest,
}

#[allow(deprecated, reason = "the algorithm must be the same in every process and every build")]
type Digest = std::hash::SipHasher;

impl Key {
    /// The key of nothing.
    #[allow(clippy::new_without_default, reason = "a key of nothing is only a beginning")]
    pub fn new() -> Key {
        #[allow(deprecated, reason = "the algorithm must be the same in every process and every build")]
        let digest = |seed: u64| Digest::new_with_keys(seed, 0x7761_7665_666f_6c64);
        // Two hashes of different seeds: 128 bits keep accidental collisions out of reach.
        Key { low: digest(1), high: digest(2) }
    }

    /// Adds a part; where one part ends and the next begins counts.
    pub fn add(&mut self, part: &[u8]) {
        for digest in [&mut self.low, &mut self.high] {
            digest.write_u64(part.len() as u64);
            digest.write(part);
        }
    }

    fn bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.low.finish().to_be_bytes());
        bytes[8..].copy_from_slice(&self.high.finish().to_be_bytes());
        bytes
    }

    fn file_name(&self) -> String {
        let digits: String = self.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        digits + ".hsaco"
    }
}

/// The cache of this process's settings, if there is one.
pub fn open() -> Option<Cache> {
    let folder = config().cache.as_ref()?.join("ptx");
    Some(Cache { folder, limit: config().cache_bytes })
}

/// A folder of entries.
pub struct Cache {
    folder: PathBuf,
    limit: u64,
}

impl Cache {
    /// The entry of a key, if there is a sound one. That it was used is noted.
    pub fn find(&self, key: &Key) -> Option<Entry> {
        let path = self.folder.join(key.file_name());
        let bytes = fs::read(&path).ok()?;
        match decode(&bytes) {
            Some(entry) => {
                if let Ok(file) = fs::File::options().append(true).open(&path) {
                    let _ = file.set_modified(SystemTime::now());
                }
                Some(entry)
            }
            None => {
                crate::config::debug_api(format_args!("{} is damaged and goes", path.display()));
                let _ = fs::remove_file(&path);
                None
            }
        }
    }

    /// Keeps an entry, unless it alone exceeds the bound, and lets the oldest ones go.
    pub fn store(&self, key: &Key, entry: &Entry) {
        let bytes = encode(entry);
        if bytes.len() as u64 > self.limit {
            return;
        }
        let written = self.write(&self.folder.join(key.file_name()), &bytes).and_then(|()| self.shrink());
        if let Err(reason) = written {
            crate::config::debug_api(format_args!("{}: {reason}", self.folder.display()));
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(&self.folder)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let temporary = self.folder.join(format!(".{}-{number}", std::process::id()));
        let written = fs::File::create(&temporary)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    /// Removes entries until the rest are within the bound. Other processes may do the same at the same time: what is
    /// gone already is no failure.
    fn shrink(&self) -> std::io::Result<()> {
        let now = SystemTime::now();
        let mut entries = Vec::new();
        for item in fs::read_dir(&self.folder)?.flatten() {
            let Ok(about) = item.metadata() else { continue };
            let used = about.modified().unwrap_or(now);
            let is_temporary = item.file_name().as_encoded_bytes().starts_with(b".");
            if !is_temporary {
                entries.push((used, about.len(), item.path()));
            } else if now.duration_since(used).is_ok_and(|age| age > STALE) {
                let _ = fs::remove_file(item.path());
            }
        }
        let mut total: u64 = entries.iter().map(|(_, size, _)| size).sum();
        entries.sort();
        for (_, size, path) in entries {
            if total <= self.limit {
                break;
            }
            let _ = fs::remove_file(path);
            total -= size;
        }
        Ok(())
    }
}

fn digest_of(content: &[u8]) -> [u8; 16] {
    let mut key = Key::new();
    key.add(content);
    key.bytes()
}

fn encode(entry: &Entry) -> Vec<u8> {
    let mut content = (entry.messages.len() as u64).to_le_bytes().to_vec();
    content.extend_from_slice(entry.messages.as_bytes());
    content.extend_from_slice(&entry.code);
    [&MAGIC[..], &digest_of(&content), &content].concat()
}

fn decode(bytes: &[u8]) -> Option<Entry> {
    let content = bytes.strip_prefix(MAGIC)?;
    let (digest, content) = content.split_at_checked(DIGEST)?;
    if digest != digest_of(content) {
        return None;
    }
    let (length, rest) = content.split_first_chunk::<8>()?;
    let (messages, code) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    Some(Entry { code: code.to_vec(), messages: String::from_utf8(messages.to_vec()).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("wavefold-cache-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        path
    }

    fn key(name: &str) -> Key {
        let mut key = Key::new();
        key.add(name.as_bytes());
        key
    }

    fn entry(size: usize) -> Entry {
        Entry { code: vec![7; size], messages: "said".into() }
    }

    #[test]
    fn what_was_stored_is_found_and_damage_is_noticed() {
        let cache = Cache { folder: folder("damage"), limit: 1 << 20 };
        assert_eq!(cache.find(&key("a")), None);
        cache.store(&key("a"), &entry(100));
        assert_eq!(cache.find(&key("a")), Some(entry(100)));
        let path = cache.folder.join(key("a").file_name());
        let sound = fs::read(&path).expect("the entry is a file");
        for at in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[at] ^= 0x10;
            assert_eq!(decode(&damaged), None, "byte {at}");
            assert_eq!(decode(&sound[..at]), None, "cut at {at}");
        }
        fs::write(&path, &sound[..50]).expect("written");
        assert_eq!(cache.find(&key("a")), None);
        assert!(!path.exists(), "a damaged entry stays");
        let _ = fs::remove_dir_all(&cache.folder);
    }

    #[test]
    fn the_longest_unused_entries_go_first() {
        let cache = Cache { folder: folder("bound"), limit: 3500 };
        for name in ["a", "b", "c"] {
            cache.store(&key(name), &entry(1000));
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(cache.find(&key("a")).is_some());
        std::thread::sleep(Duration::from_millis(20));
        cache.store(&key("d"), &entry(1000));
        let found: Vec<bool> = ["a", "b", "c", "d"].map(|name| cache.find(&key(name)).is_some()).into();
        assert_eq!(found, [true, false, true, true]);
        cache.store(&key("e"), &entry(5000));
        assert_eq!(cache.find(&key("e")), None, "an entry larger than the bound is not kept");
        let _ = fs::remove_dir_all(&cache.folder);
    }

    #[test]
    fn parts_of_a_key_do_not_run_together() {
        let mut one = Key::new();
        one.add(b"ab");
        one.add(b"c");
        let mut other = Key::new();
        other.add(b"a");
        other.add(b"bc");
        assert_ne!(one.bytes(), other.bytes());
    }
}
