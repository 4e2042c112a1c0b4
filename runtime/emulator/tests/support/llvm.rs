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
/// Each entry is one or two words; of two, the second may not belong to the instruction. An `s_nop` that counts
/// stands before each, because LLVM prints nothing for what it cannot decode, and another encoding than the one it
/// was given where unused fields are not zero.
pub fn disassemble(instructions: &[Vec<u32>]) -> Vec<Option<String>> {
    const S_NOP: u32 = 0xbf80_0000;
    let mut input = String::new();
    let mut put = |words: &[u32]| {
        for byte in words.iter().flat_map(|word| word.to_le_bytes()) {
            input.push_str(&format!("0x{byte:02x} "));
        }
        input.push('\n');
    };
    for (index, words) in instructions.iter().enumerate() {
        put(&[S_NOP | (index as u32 & 0x7fff) | 0x8000]);
        put(words);
    }
    let mut command = tool("WAVEFOLD_LLVM_MC", "llvm-mc-22");
    command.args(["--disassemble", "-triple=amdgcn-amd-amdhsa", "-mcpu=gfx90a", "--show-encoding"]);
    let output = pipe(command, input);
    let mut texts = vec![None; instructions.len()];
    let mut next = 0;
    for line in output.lines() {
        let Some((text, encoding)) = line.split_once("; encoding: [") else { continue };
        let bytes: Vec<u32> = encoding
            .trim_end_matches(']')
            .split(',')
            .map(|byte| u32::from_str_radix(byte.trim_start_matches("0x"), 16).expect("a byte"))
            .collect();
        if bytes[2] == 0x80 && bytes[3] == 0xbf && next < texts.len() && bytes[1] >= 0x80 {
            assert_eq!(bytes[0] | bytes[1] << 8, next as u32 & 0x7fff | 0x8000, "markers in order");
            next += 1;
            continue;
        }
        // What follows an undecodable first word is the second word taken for an instruction.
        let index = next - 1;
        if texts[index].is_none() && instructions[index][0] >> 26 == bytes[3] >> 2 {
            texts[index] = Some(text.trim().to_owned());
        }
    }
    texts
}
