//! Textures and surfaces (PTX ISA 9.7.10, 9.7.11). Coordinates stand in the brackets with the texture.

use super::row::rows;

rows! {
    reads {
        10 0 Tex "tex.Geom.v4{.u32,.s32,.f32,.f16}{.s32,.f32} d:v|p, [a, c]{, e:s32*}{, f:f32}";
        41 0 Tex "tex{.1d,.2d,.a1d,.a2d,.cube,.acube}.v4{.u32,.s32,.f32}.f32 d:v|p, [a, c], f:f32";
        41 53 Tex "tex.Geom.v2.f16x2{.s32,.f32} d:b32*2|p, [a, c]{, e:b32*}{, f:f32}";
        20 20 Tex "tex.base{.1d,.2d,.3d,.a1d,.a2d,.cube,.acube}.v4{.u32,.s32,.f32}{.s32,.f32} d:v|p, [a, c]{, e:b32*}{, f:f32}";
        20 20 Tex "tex.level{.1d,.2d,.3d,.a1d,.a2d,.cube,.acube}.v4{.u32,.s32,.f32}{.s32,.f32} d:v|p, [a, c], b:1{, e:b32*}{, f:f32}";
        20 20 Tex "tex.grad{.1d,.2d,.3d,.a1d,.a2d,.cube,.acube}.v4{.u32,.s32,.f32}{.s32,.f32} d:v|p, [a, c], b:f32*, g:f32*{, e:b32*}{, f:f32}";
        20 20 Tex "tex.base{.1d,.2d,.3d,.a1d,.a2d,.cube,.acube}.v2.f16x2.f32 d:b32*2|p, [a, c]{, e:b32*}{, f:f32}";
        20 20 Tex "tex.level{.1d,.2d,.3d,.a1d,.a2d,.cube,.acube}.v2.f16x2.f32 d:b32*2|p, [a, c], b:1{, e:b32*}{, f:f32}";
        20 20 Tex "tex.grad{.1d,.2d,.3d,.a1d,.a2d,.cube,.acube}.v2.f16x2.f32 d:b32*2|p, [a, c], b:f32*, g:f32*{, e:b32*}{, f:f32}";
        22 20 Tld4 "tld4.Comp{.2d,.a2d,.cube,.acube}.v4{.u32,.s32,.f32}.f32 d:v|p, [a, c]{, e:b32*}{, f:f32}";
        20 20 Suld "suld.b.SurfGeom[.LdCop][.Vec]{.b8,.b16,.b32,.b64}.SurfClamp d:v>, [a, c]";
    }
    pure {
        15 0 Txq "txq{.width,.height,.depth,.channel_data_type,.channel_order,.normalized_coords,.array_size,.num_mipmap_levels,.num_samples}.b32 d, [a]";
        15 0 Txq "txq{.force_unnormalized_coords,.filter_mode,.addr_mode_0,.addr_mode_1,.addr_mode_2}.b32 d, [a]";
        43 30 Txq "txq.level{.width,.height,.depth}.b32 d, [a], b:b32";
        40 30 Istypep "istypep{.texref,.samplerref,.surfref} p, a:b64";
        15 0 Suq "suq{.width,.height,.depth,.channel_data_type,.channel_order,.array_size,.memory_layout}.b32 d, [a]";
    }
    writes {
        15 0 Sust "sust.b.SurfGeom[.StCop][.Vec]{.b8,.b16,.b32,.b64}.SurfClamp [a, c], b:v>";
        20 20 Sust "sust.p.SurfGeom[.StCop][.Vec]{.u32,.s32,.b32,.f32}.SurfClamp [a, c], b:v";
    }
    reads_writes {
        30 20 Sured "sured.b{.AtomInt,.AtomBits}.SurfGeom{.u32,.u64,.s32,.b32,.s64}.SurfClamp [a, c], b";
        30 20 Sured "sured.p{.AtomInt,.AtomBits}.SurfGeom{.b32,.b64}.SurfClamp [a, c], b";
    }
}
