//! `selp`, `slct`, `testp` and the predicate of `lop3` (PTX ISA, "Comparison and Selection Instructions", "testp", "lop3").

use super::Oracle;
use super::float::flush;
use crate::values::{Type, sign_extend};

pub fn find(name: &str, modifiers: &[&str]) -> Option<Oracle> {
    let last = *modifiers.last()?;
    Some(match name {
        "selp" => Box::new(|o| Some(if o[2] != 0 { o[0] } else { o[1] })),
        "slct" if last == "s32" => Box::new(|o| Some(if sign_extend(o[2], 4) >= 0 { o[0] } else { o[1] })),
        "slct" => {
            let ftz = modifiers.contains(&"ftz");
            Box::new(move |o| {
                let bits = if ftz { flush(Type::F32, o[2]) } else { o[2] };
                // NaN selects the second; -0 counts as 0.
                Some(if Type::F32.to_f64(bits) >= 0.0 { o[0] } else { o[1] })
            })
        }
        "testp" => {
            let ty = Type::parse(last).filter(|ty| ty.is_float())?;
            let property = modifiers.first()?.to_string();
            let least = if ty == Type::F64 { f64::MIN_POSITIVE } else { f64::from(f32::MIN_POSITIVE) };
            Box::new(move |o| {
                let value = ty.to_f64(o[0]);
                let magnitude = value.abs();
                Some(u64::from(match &*property {
                    "finite" => value.is_finite(),
                    "infinite" => value.is_infinite(),
                    "number" => !value.is_nan(),
                    "notanumber" => value.is_nan(),
                    // The manual counts zeros among the normal numbers.
                    "normal" => value.is_finite() && (magnitude >= least || magnitude == 0.0),
                    "subnormal" => magnitude > 0.0 && magnitude < least,
                    _ => return None,
                }))
            })
        }
        // `lop3.or.0x96.b32`: whether the result is not 0, combined with the predicate.
        "lop3" => {
            let (operation, rest) = modifiers.split_first()?;
            let result = super::find(&format!("lop3.{}", rest.join(".")))?;
            let or = *operation == "or";
            Box::new(move |o| {
                let set = result(&o[..3])? != 0;
                Some(u64::from(if or { set | (o[3] != 0) } else { set & (o[3] != 0) }))
            })
        }
        _ => return None,
    })
}
