//! The video instructions: scalar, and SIMD in two or four parts (PTX ISA 9.7.18).

use super::row::rows;

rows! {
    pure {
        20 20 Vadd "vadd.I32.I32.I32[.sat] d:part0, a:part1, b:part2";
        20 20 Vadd "vadd.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        20 20 Vadd "vadd.I32.I32.I32[.sat]{.add,.min,.max} d:0, a:part1, b:part2, c:0";
        20 20 Vsub "vsub.I32.I32.I32[.sat] d:part0, a:part1, b:part2";
        20 20 Vsub "vsub.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        20 20 Vsub "vsub.I32.I32.I32[.sat]{.add,.min,.max} d:0, a:part1, b:part2, c:0";
        20 20 Vabsdiff "vabsdiff.I32.I32.I32[.sat] d:part0, a:part1, b:part2";
        20 20 Vabsdiff "vabsdiff.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        20 20 Vabsdiff "vabsdiff.I32.I32.I32[.sat]{.add,.min,.max} d:0, a:part1, b:part2, c:0";
        20 20 Vmin "vmin.I32.I32.I32[.sat] d:part0, a:part1, b:part2";
        20 20 Vmin "vmin.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        20 20 Vmin "vmin.I32.I32.I32[.sat]{.add,.min,.max} d:0, a:part1, b:part2, c:0";
        20 20 Vmax "vmax.I32.I32.I32[.sat] d:part0, a:part1, b:part2";
        20 20 Vmax "vmax.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        20 20 Vmax "vmax.I32.I32.I32[.sat]{.add,.min,.max} d:0, a:part1, b:part2, c:0";
        20 20 Vshl "vshl.I32.I32.u32[.sat]{.clamp,.wrap} d:part0, a:part1, b:part2";
        20 20 Vshl "vshl.I32.I32.u32[.sat]{.clamp,.wrap} d:part0, a:part1, b:part2, c:0";
        20 20 Vshl "vshl.I32.I32.u32[.sat]{.clamp,.wrap}{.add,.min,.max} d:0, a:part1, b:part2, c:0";
        20 20 Vshr "vshr.I32.I32.u32[.sat]{.clamp,.wrap} d:part0, a:part1, b:part2";
        20 20 Vshr "vshr.I32.I32.u32[.sat]{.clamp,.wrap} d:part0, a:part1, b:part2, c:0";
        20 20 Vshr "vshr.I32.I32.u32[.sat]{.clamp,.wrap}{.add,.min,.max} d:0, a:part1, b:part2, c:0";
        20 20 Vmad "vmad.I32.I32.I32[.sat][{.shr7,.shr15}] d:0, a:part1, b:part2, c:part0";
        20 20 Vmad "vmad.I32.I32.I32.po[.sat][{.shr7,.shr15}] d:0, a:part1, b:part2, c:part0";
        20 20 Vset "vset.I32.I32.CmpVideo d:partu32, a:part0, b:part1";
        20 20 Vset "vset.I32.I32.CmpVideo d:partu32, a:part0, b:part1, c:u32";
        20 20 Vset "vset.I32.I32.CmpVideo{.add,.min,.max} d:u32, a:part0, b:part1, c:u32";
        30 30 Vadd2 "vadd2.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vadd2 "vadd2.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vsub2 "vsub2.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vsub2 "vsub2.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vavrg2 "vavrg2.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vavrg2 "vavrg2.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vabsdiff2 "vabsdiff2.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vabsdiff2 "vabsdiff2.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vmin2 "vmin2.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vmin2 "vmin2.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vmax2 "vmax2.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vmax2 "vmax2.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vset2 "vset2.I32.I32.CmpVideo d:partu32, a:part0, b:part1, c:u32";
        30 30 Vset2 "vset2.I32.I32.CmpVideo.add d:partu32, a:part0, b:part1, c:u32";
        30 30 Vadd4 "vadd4.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vadd4 "vadd4.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vsub4 "vsub4.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vsub4 "vsub4.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vavrg4 "vavrg4.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vavrg4 "vavrg4.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vabsdiff4 "vabsdiff4.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vabsdiff4 "vabsdiff4.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vmin4 "vmin4.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vmin4 "vmin4.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vmax4 "vmax4.I32.I32.I32[.sat] d:part0, a:part1, b:part2, c:0";
        30 30 Vmax4 "vmax4.I32.I32.I32.add d:part0, a:part1, b:part2, c:0";
        30 30 Vset4 "vset4.I32.I32.CmpVideo d:partu32, a:part0, b:part1, c:u32";
        30 30 Vset4 "vset4.I32.I32.CmpVideo.add d:partu32, a:part0, b:part1, c:u32";
    }
}
