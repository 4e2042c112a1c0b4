//! Host results of PTX instructions, written from the PTX ISA manual and from nothing else.
//!
//! An oracle is found by the instruction's own text, `mad.hi.s32` or `cvt.rzi.s32.f32`. It takes the operands' bits in
//! the order of the instruction and gives the result's bits, or nothing where the manual leaves the result open.
//! Results of `.approx` instructions are the exact ones, rounded; the test grants the tolerance.

mod bits;
mod carry;
mod compare;
mod convert;
mod float;
mod integer;
mod mixed;
mod narrow;
mod packed;
mod rounding;
mod scaled;
mod select;
mod video;
pub mod warp;

/// The result's bits from the operands' bits.
pub type Oracle = Box<dyn Fn(&[u64]) -> Option<u64>>;

/// The oracle for an instruction.
pub fn find(instruction: &str) -> Option<Oracle> {
    let parts: Vec<&str> = instruction.split('.').collect();
    let (name, modifiers) = parts.split_first()?;
    match *name {
        "chain" => carry::find(modifiers),
        "selp" | "slct" | "testp" => select::find(name, modifiers),
        "lop3" if matches!(modifiers.first(), Some(&"and" | &"or")) => select::find(name, modifiers),
        "set" | "setp" | "setp_p" => compare::find(name, modifiers),
        "add" | "sub" | "fma" if modifiers.len() > 1 && modifiers[modifiers.len() - 2] == "f32" => {
            mixed::find(name, modifiers)
        }
        "cvt" => {
            scaled::find(modifiers).or_else(|| narrow::find(modifiers)).or_else(|| convert::find(modifiers))
        }
        _ if modifiers.last().is_some_and(|last| last.contains('x') && *last != "max") => {
            packed::find(name, modifiers)
        }
        _ if name.starts_with('v') => video::find(name, modifiers),
        "fns" | "clmad" | "dp4a" | "dp2a" | "bmsk" | "szext" => bits::find(name, modifiers),
        _ => integer::find(name, modifiers).or_else(|| float::find(name, modifiers)),
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    fn eval(name: &str, operands: &[u64]) -> Option<u64> {
        find(name).unwrap_or_else(|| panic!("no oracle {name}"))(operands)
    }

    /// Every `.ptx` test that names an oracle gets one.
    #[test]
    fn all_that_are_named_exist() {
        let folder = crate::toolkit::tests("ptx");
        for path in crate::discover::files(&folder, &["ptx"]).expect("readable") {
            let text = std::fs::read_to_string(&path).expect("readable");
            if let Some(rest) = text.split("//! oracle = \"").nth(1) {
                let name = rest.split('"').next().expect("a first part");
                assert!(find(name).is_some(), "{}: {name}", path.display());
            }
        }
    }

    #[test]
    fn known_results() {
        let f = |x: f32| x.to_bits() as u64;
        assert_eq!(eval("mul.hi.s32", &[0xffff_ffff, 2]), Some(0xffff_ffff));
        assert_eq!(eval("mad.wide.s16", &[0xffff, 2, 1]), Some(0xffff_ffff));
        assert_eq!(eval("shr.s32", &[0x8000_0000, 99]), Some(0xffff_ffff));
        assert_eq!(eval("bfe.s32", &[0xf0, 4, 4]), Some(0xffff_ffff));
        assert_eq!(eval("bfi.b32", &[0xf, 0, 8, 4]), Some(0xf00));
        assert_eq!(eval("prmt.b32", &[0x0302_0100, 0x8706_0504, 0xf740]), Some(0xff87_0400));
        assert_eq!(eval("lop3.0x96.b32", &[1, 2, 4]), Some(7));
        assert_eq!(eval("fma.rz.f32", &[f(1.0), f(1.0), f(-1e-30)]), Some(f(1.0f32.next_down())));
        assert_eq!(eval("add.rp.f32", &[f(1.0), f(1e-30)]), Some(f(1.0f32.next_up())));
        assert_eq!(eval("min.f32", &[0, 0x8000_0000]), Some(0x8000_0000));
        assert_eq!(eval("cvt.rni.s32.f32", &[f(2.5)]), Some(2));
        assert_eq!(eval("cvt.rzi.s32.f32", &[f(3e9)]), Some(0x7fff_ffff));
        assert_eq!(eval("cvt.rzi.u8.f32", &[f(-3.0)]), Some(0));
        assert_eq!(eval("cvt.sat.u8.s32", &[0xffff_ffff]), Some(0));
        assert_eq!(eval("cvt.rz.f32.s32", &[0x7fff_ffff]), Some(f(2147483520.0)));
        assert_eq!(eval("cvt.rm.f16.f32", &[f(1.0001)]), Some(0x3c00));
    }
}
