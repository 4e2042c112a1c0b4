//! A private folder for intermediate files, removed however the process ends.
//!
//! Holds: after [`Scratch`] is dropped, or SIGINT, SIGTERM or SIGHUP has come, the folder is gone and the children that
//! were running are told to stop. `--keep` uses a folder of the user's instead, which is never removed.

use crate::failure::{Failure, Result, reason};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// Folders and children to clean up when a signal comes.
static LIVE: Mutex<Live> = Mutex::new(Live { folders: Vec::new(), children: Vec::new() });

struct Live {
    folders: Vec<PathBuf>,
    children: Vec<i32>,
}

/// A folder for intermediate files.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    private: Option<tempfile::TempDir>,
}

impl Scratch {
    /// A new private folder under the system's temporary folder.
    pub fn private(tool: &str) -> Result<Scratch> {
        let folder = tempfile::Builder::new().prefix(&format!("{tool}-")).tempdir().map_err(|e| {
            let place = std::env::temp_dir();
            Failure::input(format!("cannot make a temporary folder in '{}': {}", place.display(), reason(&e)))
                .note("set TMPDIR to a folder with room")
        })?;
        let path = folder.path().to_path_buf();
        lock().folders.push(path.clone());
        Ok(Scratch { path, private: Some(folder) })
    }

    /// The user's own folder, made if it is missing and kept afterwards.
    pub fn kept(path: &Path) -> Result<Scratch> {
        std::fs::create_dir_all(path)
            .map_err(|e| Failure::input(format!("cannot make '{}': {}", path.display(), reason(&e))))?;
        Ok(Scratch { path: path.to_path_buf(), private: None })
    }

    /// A file's path inside the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        if self.path == Path::new(".") { PathBuf::from(name) } else { self.path.join(name) }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = self.private.take() {
            let path = folder.path().to_path_buf();
            // A failure here leaves files in the temporary folder; there is nobody to tell who could do better.
            let _ = folder.close();
            lock().folders.retain(|live| *live != path);
        }
    }
}

/// Marks a child as running until the guard is dropped, so that a signal to us reaches it.
pub fn track_child(pid: u32) -> ChildGuard {
    let pid = pid as i32;
    lock().children.push(pid);
    ChildGuard(pid)
}

/// See [`track_child`].
pub struct ChildGuard(i32);

impl Drop for ChildGuard {
    fn drop(&mut self) {
        lock().children.retain(|pid| *pid != self.0);
    }
}

fn lock() -> std::sync::MutexGuard<'static, Live> {
    LIVE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Lets a child receive the signals that [`clean_up_on_signals`] blocks here and in every child.
pub fn unblock_signals(command: &mut Command) {
    // SAFETY: between fork and exec only sigemptyset and sigprocmask are called, which are async-signal-safe.
    unsafe {
        command.pre_exec(|| {
            let mut none = std::mem::zeroed::<libc::sigset_t>();
            libc::sigemptyset(&mut none);
            if libc::sigprocmask(libc::SIG_SETMASK, &none, std::ptr::null_mut()) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(())
        });
    }
}

/// Makes signals that end a process clean up first. Call once, before any other thread exists.
pub fn clean_up_on_signals() {
    const SIGNALS: [libc::c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];
    // SAFETY: `set` is initialised by sigemptyset before use; the calls take valid pointers and known signal numbers.
    let set = unsafe {
        let mut set = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&mut set);
        for signal in SIGNALS {
            libc::sigaddset(&mut set, signal);
        }
        // Blocked here and in every later thread, so that only the waiting thread gets them.
        if libc::pthread_sigmask(libc::SIG_BLOCK, &set, std::ptr::null_mut()) != 0 {
            return;
        }
        set
    };
    std::thread::spawn(move || {
        let mut signal = 0;
        // SAFETY: `set` is an initialised signal set and `signal` outlives the call.
        if unsafe { libc::sigwait(&set, &mut signal) } != 0 {
            return;
        }
        let live = lock();
        for &pid in &live.children {
            // SAFETY: a tracked child has not been waited for yet, so the number is still its own.
            unsafe { libc::kill(pid, signal) };
        }
        for folder in &live.folders {
            let _ = std::fs::remove_dir_all(folder);
        }
        // SAFETY: restores the default action, unblocks the signal for this thread and raises it: the process ends as
        // it would have without us, so a shell sees the signal.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::pthread_sigmask(libc::SIG_UNBLOCK, &set, std::ptr::null_mut());
            libc::raise(signal);
        }
    });
}
