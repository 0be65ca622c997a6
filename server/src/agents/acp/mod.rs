pub mod permission;
pub mod wire;
