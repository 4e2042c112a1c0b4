//! The report of a run over all units, as it is committed.

use super::unit::UnitResult;
use crate::workspace;
use std::process::Command;

/// Renders `docs/gromacs-ptx.md`.
pub fn render(version: &str, results: &[UnitResult]) -> String {
    let failed: Vec<&UnitResult> = results.iter().filter(|result| !result.succeeded()).collect();
    let kernels = results.iter().map(|result| result.kernels.len()).sum::<usize>();
    let folded = results.iter().flat_map(|result| &result.kernels).filter(|kernel| kernel.folded).count();
    let seconds = |time: fn(&UnitResult) -> f64| results.iter().map(time).sum::<f64>();
    let mut text = format!(
        "# GROMACS {version}: every CUDA translation unit, compiled\n\n\
         Made by `cargo xtask gromacs-ptx` {}.\n\n\
         {} units, {} of them with kernels; {} compiled, {} failed. {kernels} kernels, {folded} folded, {} split. \
         {:.0} s from CUDA to PTX (clang-22, one unit at a time), {:.0} s from PTX to code objects.\n\n\
         | unit | kernels | fold / split | VGPRs | SGPRs | scratch bytes | to PTX, s | to code, s |\n\
         |---|---|---|---|---|---|---|---|\n",
        made_at(),
        results.len(),
        results.iter().filter(|result| result.entries > 0).count(),
        results.len() - failed.len(),
        failed.len(),
        kernels - folded,
        seconds(|result| result.ptx_seconds),
        seconds(|result| result.code_seconds),
    );
    for result in results.iter().filter(|result| !result.kernels.is_empty()) {
        let folded = result.kernels.iter().filter(|kernel| kernel.folded).count();
        text += &format!(
            "| `{}` | {} | {folded} / {} | {} | {} | {} | {:.1} | {:.1} |\n",
            result.name,
            result.kernels.len(),
            result.kernels.len() - folded,
            range(result, |kernel| kernel.vgprs),
            range(result, |kernel| kernel.sgprs),
            range(result, |kernel| kernel.scratch),
            result.ptx_seconds,
            result.code_seconds
        );
    }
    if !failed.is_empty() {
        text += "\n## Failed\n";
    }
    for result in failed {
        text +=
            &format!("\n`{}`\n\n```\n{}\n```\n", result.name, result.failure.as_deref().unwrap_or_default());
    }
    text
}

fn range(result: &UnitResult, figure: fn(&super::unit::Kernel) -> u32) -> String {
    let values = || result.kernels.iter().map(figure);
    match (values().min(), values().max()) {
        (Some(least), Some(most)) if least != most => format!("{least} to {most}"),
        (Some(one), _) => one.to_string(),
        _ => String::new(),
    }
}

/// "on DATE at commit HASH", for the head of a report.
pub fn made_at() -> String {
    let date = first_line("date", &["-u", "+%Y-%m-%d"]);
    format!("on {date} at commit {}", first_line("git", &["rev-parse", "--short", "HEAD"]))
}

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(workspace::root()).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
