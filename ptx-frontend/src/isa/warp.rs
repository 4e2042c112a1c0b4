//! Votes, matches and reductions over a warp (PTX ISA 9.7.13).

use super::row::rows;

rows! {
    convergent {
        12 12 Vote "vote.AllAny.pred p, {!}a:pred";
        20 20 Vote "vote.Ballot.b32 d, {!}a:pred";
        60 30 VoteSync "vote.sync.AllAny.pred p, {!}a:pred, m:u32";
        60 30 VoteSync "vote.sync.Ballot.b32 d, {!}a:pred, m:u32";
        60 70 MatchAny "match.any.sync{.b32,.b64} d:b32, a, m:u32";
        60 70 MatchAll "match.all.sync{.b32,.b64} d:b32|p, a, m:u32";
        62 30 Activemask "activemask.b32 d";
        70 80 ReduxSync "redux.sync.AtomInt{.u32,.s32} d, a, m:u32";
        70 80 ReduxSync "redux.sync.AtomBits.b32 d, a, m:u32";
        86 (100 a) ReduxSync "redux.sync.MinMax[.abs][.NaN].f32 d, a, m:u32";
        80 90 ElectSync "elect.sync d:b32|p, m:u32";
    }
}
