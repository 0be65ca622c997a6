//! The log and all state, through what the store offers to the rest of the server.

mod store {
    mod close;
}
