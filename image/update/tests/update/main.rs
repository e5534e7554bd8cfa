//! The client as a whole: the real program on a box that is a directory, and the library where the power goes.

mod attacks;
mod figures;
mod lifecycle;
mod power_cut;
mod publish;
mod rollback;
mod streams;
mod support;
