//! The built program as its users meet it: over sockets, signals and files; killed, drained and started again.

mod binary {
    mod access;
    mod admission;
    mod boards;
    mod crash;
    mod cursors;
    mod descriptors;
    mod disk;
    mod drain;
    mod forget;
    mod full;
    mod harness;
    mod malformed;
    mod resume;
    mod retention;
    mod slow;
    mod sockets;
}
