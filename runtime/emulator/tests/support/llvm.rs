//! LLVM's tools as an oracle: the assembler, the disassembler, the linker and clang, as subprocesses.

use std::io::Write as _;
use std::process::{Command, Stdio};

fn tool(variable: &str, name: &str) -> Command {
    Command::new(std::env::var_os(variable).unwrap_or_else(|| name.into()))
}

/// Runs a command with `input` on its standard input and returns its standard output.
///
/// The disassembler's exit status is ignored, because it counts undecodable input as a failure.
fn pipe(mut command: Command, input: String) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let mut stdin = child.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().expect("waiting for a child");
    writer.join().expect("the writer does not panic");
    String::from_utf8(output.stdout).expect("LLVM prints UTF-8")
}

/// What LLVM makes of each instruction, `None` where it knows none.
///
/// Each entry is one or two words; of two, the second may not belong to the instruction.
pub fn disassemble(instructions: &[Vec<u32>]) -> Vec<Option<String>> {
    understand(instructions).into_iter().map(|found| found.map(|found| found.text)).collect()
}

/// What LLVM makes of an instruction.
#[derive(Clone)]
pub struct Understood {
    /// The text.
    pub text: String,
    /// The words that LLVM writes for this text: less than it was given where it ignores bits.
    pub words: Vec<u32>,
}

/// As [`disassemble`], with LLVM's own encoding of what it understood.
pub fn understand(instructions: &[Vec<u32>]) -> Vec<Option<Understood>> {
    instructions.chunks(1024).flat_map(understand_halving).collect()
}

fn understand_halving(instructions: &[Vec<u32>]) -> Vec<Option<Understood>> {
    match understand_at_once(instructions) {
        Some(texts) => texts,
        // LLVM's printer crashes on a few words that its decoder lets through.
        None if instructions.len() == 1 => vec![None],
        None => {
            let (first, second) = instructions.split_at(instructions.len() / 2);
            let mut texts = understand_halving(first);
            texts.extend(understand_halving(second));
            texts
        }
    }
}

/// As [`understand`]; `None` when LLVM did not come to the end.
///
/// An `s_nop` that counts stands before each instruction, because LLVM prints nothing for what it cannot decode, and
/// another encoding than the one it was given where unused fields are not zero.
fn understand_at_once(instructions: &[Vec<u32>]) -> Option<Vec<Option<Understood>>> {
    const S_NOP: u32 = 0xbf80_0000;
    let mut input = String::new();
    let mut put = |words: &[u32]| {
        for byte in words.iter().flat_map(|word| word.to_le_bytes()) {
            input.push_str(&format!("0x{byte:02x} "));
        }
        input.push('\n');
    };
    let marker = |index: usize| S_NOP | (index as u32 & 0x7fff) | 0x8000;
    for (index, words) in instructions.iter().enumerate() {
        put(&[marker(index)]);
        put(words);
        // For a second word that LLVM takes for the first of a long instruction.
        put(&[S_NOP]);
    }
    put(&[marker(instructions.len())]);
    let mut command = tool("WAVEFOLD_LLVM_MC", "llvm-mc-22");
    command.args(["--disassemble", "-triple=amdgcn-amd-amdhsa", "-mcpu=gfx90a", "--show-encoding"]);
    let output = pipe(command, input);
    let mut texts = vec![None; instructions.len()];
    let mut next = 0;
    for line in output.lines() {
        let Some((text, encoding)) = line.split_once("; encoding: [") else { continue };
        let bytes = encoding.trim_end_matches(']').split(',');
        let bytes: Option<Vec<u8>> =
            bytes.map(|byte| u8::from_str_radix(byte.trim_start_matches("0x"), 16).ok()).collect();
        let words: Vec<u32> = bytes?
            .chunks_exact(4)
            .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
            .collect();
        let first = *words.first()?;
        if first == marker(next) && next <= texts.len() {
            next += 1;
            continue;
        }
        // What follows an undecodable first word is the second word taken for an instruction.
        let Some(index) = next.checked_sub(1).filter(|index| *index < texts.len()) else { continue };
        let given = instructions[index][0];
        if texts[index].is_none() && (first != S_NOP || given == S_NOP) && given >> 26 == first >> 26 {
            texts[index] = Some(Understood { text: text.trim().to_owned(), words });
        }
    }
    (next > texts.len()).then_some(texts)
}
