//! One instruction: its view for the chapters, and which chapter lowers it.

use super::function::{FunctionLowering, Lowered};
use super::{
    async_copy, atomic, bulk_copy, cluster, compare, control, conversion, conversion_narrow, data_movement,
    float, half, half_compare, integer, logic, matrix, mbarrier, memory, packed, stack, surface, sync,
    texture, video, warp,
};
use ptx_frontend::isa::{Form, Opcode, ScalarType};
use ptx_frontend::module::Operand;
use ptx_frontend::{Diagnostic, Span};

/// An instruction with its form and operands at hand.
pub struct Ins<'f> {
    /// The decoded opcode.
    pub form: &'f Form,
    /// The operands, destinations first.
    pub operands: &'f [Operand],
    /// Their places.
    pub spans: &'f [Span],
    /// The place of the whole.
    pub span: Span,
}

impl Ins<'_> {
    /// The type of the instruction.
    pub fn ty(&self) -> ScalarType {
        self.form.ty()
    }

    /// Operand `index`; a missing one is refused, not assumed.
    pub fn operand(&self, index: usize) -> Result<Operand, Diagnostic> {
        self.operands.get(index).copied().ok_or_else(|| {
            Diagnostic::error(self.span, format!("`{}` lacks its operand {}", self.form.text, index + 1))
        })
    }

    /// The complaint that the instruction as a whole cannot be lowered.
    pub fn unsupported(&self) -> Diagnostic {
        match super::refusal::reason(&self.form.text) {
            Some(why) => self.unsupported_because(why),
            None => Diagnostic::error(self.span, format!("`{}` is not supported", self.form.text)),
        }
    }

    /// The complaint that the instruction cannot be lowered for a reason.
    pub fn unsupported_because(&self, why: &str) -> Diagnostic {
        Diagnostic::error(self.span, format!("`{}` is not supported: {why}", self.form.text))
    }

    /// The complaint about one operand.
    pub fn unsupported_operand(&self, index: usize) -> Diagnostic {
        let span = self.spans.get(index).copied().unwrap_or(self.span);
        Diagnostic::error(span, format!("this operand of `{}` is not supported", self.form.text))
    }
}

/// Lowers one instruction, its guard aside.
pub fn lower(cx: &mut FunctionLowering<'_, '_>, ins: &Ins<'_>) -> Lowered {
    use Opcode as O;
    if packed::takes(ins) {
        return packed::lower(cx, ins);
    }
    if half_compare::takes(ins) {
        return half_compare::lower(cx, ins);
    }
    match ins.form.opcode {
        O::Add | O::Sub | O::Mul | O::Div | O::Abs | O::Neg | O::Min | O::Max | O::Mad => match ins.ty() {
            ScalarType::F32 if ins.form.types.len() > 1 => half::lower(cx, ins),
            ScalarType::F32 | ScalarType::F64 => float::lower(cx, ins),
            ScalarType::F16 | ScalarType::F16x2 | ScalarType::BF16 | ScalarType::BF16x2 => {
                half::lower(cx, ins)
            }
            _ => integer::lower(cx, ins),
        },
        O::Fma | O::Ex2 | O::Tanh => match ins.ty() {
            ScalarType::F32 if ins.form.types.len() > 1 => half::lower(cx, ins),
            ScalarType::F32 | ScalarType::F64 => float::lower(cx, ins),
            _ => half::lower(cx, ins),
        },
        O::Rcp | O::Sqrt | O::Rsqrt | O::Sin | O::Cos | O::Lg2 | O::Copysign | O::Testp => {
            float::lower(cx, ins)
        }
        O::Mul24
        | O::Mad24
        | O::Sad
        | O::Rem
        | O::Popc
        | O::Clz
        | O::Bfind
        | O::Brev
        | O::Bfe
        | O::Bfi
        | O::Szext
        | O::Bmsk
        | O::Dp4a
        | O::Dp2a
        | O::Addc
        | O::Subc
        | O::Madc => integer::lower(cx, ins),
        O::Set | O::Setp | O::Selp | O::Slct => compare::lower(cx, ins),
        O::And | O::Or | O::Xor | O::Not | O::Cnot | O::Lop3 | O::Shf | O::Shl | O::Shr => {
            logic::lower(cx, ins)
        }
        O::Mov | O::Prmt | O::Cvta | O::Isspacep => data_movement::lower(cx, ins),
        O::Ld | O::Ldu | O::St | O::Prefetch | O::Prefetchu | O::Applypriority => memory::lower(cx, ins),
        O::Cvt => conversion::lower(cx, ins),
        O::CvtPack => conversion_narrow::pack(cx, ins),
        O::Bra | O::BrxIdx | O::Call | O::Ret | O::Exit | O::Trap | O::Brkpt | O::Nanosleep => {
            control::lower(cx, ins)
        }
        O::BarSync | O::BarArrive | O::BarRed | O::BarWarpSync | O::Membar | O::Fence => sync::lower(cx, ins),
        O::Atom | O::Red => atomic::lower(cx, ins),
        O::ShflSync
        | O::Shfl
        | O::VoteSync
        | O::Vote
        | O::MatchAny
        | O::MatchAll
        | O::Activemask
        | O::ReduxSync
        | O::ElectSync => warp::lower(cx, ins),
        O::Mapa
        | O::Getctarank
        | O::FenceMbarrierInit
        | O::MembarProxy
        | O::FenceProxy
        | O::FenceProxyAsync
        | O::FenceProxyTensormap
        | O::FenceAcquireRestrict
        | O::BarrierClusterArrive
        | O::BarrierClusterWait
        | O::GriddepcontrolLaunchDependents
        | O::GriddepcontrolWait
        | O::Pmevent
        | O::Setmaxnreg => cluster::lower(cx, ins),
        O::CpAsyncBulk
        | O::CpReduceAsyncBulk
        | O::CpAsyncBulkPrefetch
        | O::CpAsyncBulkCommitGroup
        | O::CpAsyncBulkWaitGroup
        | O::StAsync
        | O::RedAsync
        | O::StBulk
        | O::ClusterlaunchcontrolTryCancel
        | O::ClusterlaunchcontrolQueryCancelIsCanceled
        | O::ClusterlaunchcontrolQueryCancelGetFirstCtaid => bulk_copy::lower(cx, ins),
        O::Alloca | O::Stacksave | O::Stackrestore => stack::lower(cx, ins),
        O::CpAsync
        | O::CpAsyncCommitGroup
        | O::CpAsyncWaitGroup
        | O::CpAsyncWaitAll
        | O::CpAsyncMbarrierArrive
        | O::Discard
        | O::CreatepolicyFractional
        | O::CreatepolicyRange
        | O::CreatepolicyCvt => async_copy::lower(cx, ins),
        O::MbarrierInit
        | O::MbarrierInval
        | O::MbarrierExpectTx
        | O::MbarrierCompleteTx
        | O::MbarrierArrive
        | O::MbarrierArriveDrop
        | O::MbarrierTestWait
        | O::MbarrierTryWait
        | O::MbarrierPendingCount => mbarrier::lower(cx, ins),
        O::Tex | O::Tld4 | O::Txq | O::Suq | O::Istypep => texture::lower(cx, ins),
        O::Suld | O::Sust | O::Sured => surface::lower(cx, ins),
        O::WmmaLoad | O::WmmaStore | O::WmmaMma | O::Mma | O::Ldmatrix | O::Stmatrix | O::MovMatrix => {
            matrix::lower(cx, ins)
        }
        O::Vadd
        | O::Vsub
        | O::Vabsdiff
        | O::Vmin
        | O::Vmax
        | O::Vshl
        | O::Vshr
        | O::Vmad
        | O::Vset
        | O::Vadd2
        | O::Vsub2
        | O::Vavrg2
        | O::Vabsdiff2
        | O::Vmin2
        | O::Vmax2
        | O::Vset2
        | O::Vadd4
        | O::Vsub4
        | O::Vavrg4
        | O::Vabsdiff4
        | O::Vmin4
        | O::Vmax4
        | O::Vset4 => video::lower(cx, ins),
        _ => Err(ins.unsupported()),
    }
}
