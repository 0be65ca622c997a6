//! The locks that the hub is made of: a test puts others in their place and tries every order of events.

pub use std::sync::atomic::{AtomicU64, Ordering};
pub use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};
