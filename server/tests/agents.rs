//! Agents as processes: well-behaved, misbehaving, stopped and forgotten. Linux, where the process table can be read.
#![cfg(target_os = "linux")]

mod agents {
    mod acp;
    mod command;
    mod demo;
    mod endings;
    mod harness;
    mod interop;
    mod permission;
    mod wishes;
}
