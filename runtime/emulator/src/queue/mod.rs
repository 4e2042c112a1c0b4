//! Signals, queues and the threads that serve them.
//!
//! `signal` is AMD's signal in its exact layout with the waiting; `handler` calls back when signals change; `copy`
//! stands for the DMA engines; `ring` is a queue in AMD's layout; `packet` reads AQL packets; `processor` is the
//! thread of a queue, which takes packets in order and hands dispatches to the interpreter.

pub mod copy;
pub mod futex;
pub mod handler;
pub mod packet;
pub mod processor;
pub mod ring;
pub mod signal;
