//! The server's own log.

use std::io::{self, Write};

use super::redact;

/// Writes what it is given without secrets. Each call must bring whole lines, as those of a log do.
#[derive(Debug, Clone, Copy)]
pub struct Redacted<W>(pub W);

impl<W: Write> Write for Redacted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(redact(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
