//! Runs the steps of one invocation in order.
//!
//! Before: the command line is parsed. After success every output is whole and in place; after a failure none of this
//! invocation's outputs has been touched by the step that failed, and the scratch folder is gone.

use super::command_line::Invocation;
use super::dialogue;
use super::inputs::{self, Input, Kind};
use super::messages::Shown;
use super::steps::Steps;
use super::table::Phase;
use crate::failure::{Failure, Result, reason};
use crate::install::install;
use crate::scratch::{Scratch, unblock_signals};
use crate::step::{Messages, Outcome, Step, quoted};
use crate::toolkit::Toolkit;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does what the invocation asks; the exit code is 0 but for `--run`, which gives the program's.
pub fn run(invocation: &Invocation) -> Result<i32> {
    let toolkit = Toolkit::locate()?;
    let show = invocation.verbose || invocation.dry_run;
    if show {
        eprint!("{}", dialogue::variables(&toolkit));
    }
    let phase = invocation.phase.unwrap_or(Phase::Link);
    let inputs = inputs::classify(invocation)?;
    let mut used = Vec::with_capacity(inputs.len());
    for input in inputs {
        if inputs::check(&input, phase)? {
            used.push(input);
        }
    }
    let per_source = !matches!(phase, Phase::Link | Phase::Archive);
    if per_source && invocation.output.is_some() && used.len() > 1 {
        return Err(Failure::input("-o names one output, but there are several inputs that each give one"));
    }
    let steps = Steps::new(invocation, &toolkit)?;
    let scratch = match (&invocation.keep_directory, invocation.keep) {
        (Some(folder), true) => Scratch::kept(folder)?,
        (None, true) => Scratch::kept(Path::new("."))?,
        (_, false) => Scratch::private("nvcc")?,
    };
    let job = Job { invocation, steps, scratch, phase, show };
    let objects = job.compile_all(&used)?;
    match phase {
        Phase::Link => job.link(&objects),
        Phase::Archive => job.archive(&objects).map(|()| 0),
        _ => Ok(0),
    }
}

struct Job<'a> {
    invocation: &'a Invocation,
    steps: Steps<'a>,
    scratch: Scratch,
    phase: Phase,
    show: bool,
}

impl Job<'_> {
    /// Takes every input as far as the phase says; returns what the linker or archiver gets, in order.
    fn compile_all(&self, inputs: &[Input]) -> Result<Vec<PathBuf>> {
        let results: Vec<Mutex<Option<Result<PathBuf>>>> = inputs.iter().map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let failed = AtomicUsize::new(usize::MAX);
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                // Sources before a failed one are still compiled, so that the first error shown is the first one.
                if index >= inputs.len() || index > failed.load(Ordering::Relaxed) {
                    break;
                }
                let result = self.compile(&inputs[index]);
                if result.is_err() {
                    failed.fetch_min(index, Ordering::Relaxed);
                }
                if let Ok(mut slot) = results[index].lock() {
                    *slot = Some(result);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.invocation.threads.min(inputs.len()) {
                scope.spawn(work);
            }
            work();
        });
        let mut outputs = Vec::with_capacity(inputs.len());
        for slot in results {
            match slot.into_inner().ok().flatten() {
                Some(result) => outputs.push(result?),
                None => break,
            }
        }
        Ok(outputs)
    }

    fn compile(&self, input: &Input) -> Result<PathBuf> {
        let mut shown = Shown::default();
        let intermediate = |extension: &str| self.scratch.file(&format!("{}.{extension}", input.unique));
        match self.phase {
            Phase::Preprocess | Phase::Dependencies | Phase::UserDependencies => {
                let text = intermediate("i");
                self.run(&self.steps.preprocess(input, self.phase, &text)?, &mut shown)?;
                return self.deliver_text(&text);
            }
            _ => {}
        }
        match input.kind {
            Kind::Object | Kind::Library => return Ok(input.path.clone()),
            Kind::Cpp | Kind::C => return self.compile_plain(input, &mut shown),
            _ => {}
        }
        let ptx = match input.kind {
            Kind::Ptx => Some(input.path.clone()),
            Kind::Cubin => None,
            _ => {
                let ptx = intermediate("ptx");
                self.run(&self.steps.device_pass(&input.path, &ptx), &mut shown)?;
                Some(ptx)
            }
        };
        if let (Phase::Ptx, Some(ptx)) = (self.phase, &ptx) {
            return self.deliver(ptx, input);
        }
        let code_object = match &ptx {
            None => input.path.clone(),
            Some(ptx) => {
                let code_object = intermediate("cubin");
                let assembled = self.run(&self.steps.assemble(ptx, &code_object)?, &mut shown);
                assembled.map_err(|failure| match input.kind {
                    Kind::Cuda if !self.invocation.keep => {
                        let source = input.path.display();
                        failure.note(format!(
                            "this is in the PTX of '{source}'; --keep leaves it in this folder"
                        ))
                    }
                    _ => failure,
                })?;
                code_object
            }
        };
        if self.phase == Phase::Cubin {
            return self.deliver(&code_object, input);
        }
        let fatbin = intermediate("fatbin");
        self.run(&self.steps.bind(&code_object, ptx.as_deref(), &fatbin)?, &mut shown)?;
        if self.phase == Phase::Fatbin {
            return self.deliver(&fatbin, input);
        }
        let object = intermediate("o");
        let step = self.steps.host_pass(&input.path, &fatbin, &object);
        self.finish_object(step, object, input, &mut shown)
    }

    fn compile_plain(&self, input: &Input, shown: &mut Shown) -> Result<PathBuf> {
        let object = self.scratch.file(&format!("{}.o", input.unique));
        let step = self.steps.host_compile(input, &object)?;
        self.finish_object(step, object, input, shown)
    }

    /// Runs the step that makes an object, with its make rule, and delivers both when this is the last phase.
    fn finish_object(
        &self,
        mut step: Step,
        object: PathBuf,
        input: &Input,
        shown: &mut Shown,
    ) -> Result<PathBuf> {
        let named = inputs::output(self.invocation, input, Phase::Compile);
        let target = match (&self.phase, named) {
            (Phase::Compile, Some(target)) => target,
            _ => PathBuf::from(format!("{}.o", input.stem)),
        };
        let rule = self.scratch.file(&format!("{}.d", input.unique));
        self.steps.write_dependencies(&mut step, &rule, &target);
        self.run(&step, shown)?;
        refuse_untagged(&object, input)?;
        if self.invocation.dependencies.is_some() {
            let default = || target.with_extension("d");
            let file = self.invocation.dependency_file.clone().unwrap_or_else(default);
            self.place(&rule, &file)?;
        }
        if self.phase == Phase::Compile {
            self.place(&object, &target)?;
        }
        Ok(object)
    }

    fn deliver(&self, finished: &Path, input: &Input) -> Result<PathBuf> {
        if let Some(target) = inputs::output(self.invocation, input, self.phase) {
            self.place(finished, &target)?;
        }
        Ok(finished.to_path_buf())
    }

    fn deliver_text(&self, text: &Path) -> Result<PathBuf> {
        match &self.invocation.output {
            Some(target) => self.place(text, target)?,
            None if self.invocation.dry_run => {}
            None => {
                let bytes = std::fs::read(text)
                    .map_err(|e| Failure::input(format!("cannot read '{}': {e}", text.display())))?;
                // A reader that has seen enough closes the pipe; that is no error of ours.
                let _ = std::io::stdout().lock().write_all(&bytes);
            }
        }
        Ok(text.to_path_buf())
    }

    fn archive(&self, objects: &[PathBuf]) -> Result<()> {
        let target = self.final_name("a.a");
        let library = self.scratch.file("library.a");
        self.run(&self.steps.archive(objects, &library)?, &mut Shown::default())?;
        self.place(&library, &target)
    }

    fn link(&self, files: &[PathBuf]) -> Result<i32> {
        let target = self.final_name("a.out");
        let name =
            target.file_name().map_or_else(|| "a.out".into(), |name| name.to_string_lossy().into_owned());
        let program = self.scratch.file(&format!("link-{name}"));
        self.run(&self.steps.link(files, &program)?, &mut Shown::default())?;
        self.place(&program, &target)?;
        if self.invocation.keep && !self.invocation.dry_run {
            // Delivered under its own name; the copy for the linker has served.
            let _ = std::fs::remove_file(&program);
        }
        if !self.invocation.run || self.invocation.dry_run {
            return Ok(0);
        }
        let path = if target.components().count() > 1 { target } else { Path::new(".").join(target) };
        let mut program = std::process::Command::new(&path);
        unblock_signals(&mut program);
        let status = program
            .status()
            .map_err(|e| Failure::input(format!("cannot run '{}': {}", path.display(), reason(&e))))?;
        Ok(status.code().unwrap_or(1))
    }

    fn final_name(&self, default: &str) -> PathBuf {
        let name = self.invocation.output.clone().unwrap_or_else(|| PathBuf::from(default));
        match &self.invocation.output_directory {
            Some(folder) if name.is_relative() => folder.join(name),
            _ => name,
        }
    }

    /// Moves a finished file to its place; shown as the command that does the same.
    fn place(&self, finished: &Path, target: &Path) -> Result<()> {
        if finished == target {
            return Ok(());
        }
        if self.show {
            let (from, to) = (finished.to_string_lossy(), target.to_string_lossy());
            eprintln!("#$ cp -f {} {}", quoted(&from), quoted(&to));
        }
        if self.invocation.dry_run {
            return Ok(());
        }
        install(finished, target)
    }

    fn run(&self, step: &Step, shown: &mut Shown) -> Result<()> {
        if self.show {
            eprintln!("#$ {}", step.shell_line());
        }
        if self.invocation.dry_run {
            return Ok(());
        }
        let Outcome { messages, failure } = step.run()?;
        let mut text = String::from_utf8_lossy(&messages.stderr).into_owned();
        if !self.show {
            // A path in the scratch folder tells the user nothing: the file is gone when they read it.
            text = text.replace(&format!("{}/", self.scratch.file("").display()).replace("//", "/"), "");
        }
        let new = shown.filter(&text);
        Messages { stdout: messages.stdout, stderr: new.into_bytes() }.print();
        failure.map_or(Ok(()), Err)
    }
}

/// A managed variable that device code would take for one of its own is an error, not two variables.
fn refuse_untagged(object: &Path, input: &Input) -> Result<()> {
    // A dry run makes no object.
    let Ok(bytes) = std::fs::read(object) else { return Ok(()) };
    match &wavefold_formats::host_object::untagged_managed_variables(&bytes)[..] {
        [] => Ok(()),
        names => Err(Failure::input(format!(
            "{}: `__managed__` on a variable with C linkage is not supported: {}",
            input.path.display(),
            names.join(", ")
        ))),
    }
}
