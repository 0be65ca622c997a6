use std::ops::Range;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// What one read takes at most, in bytes.
const CHUNK: usize = 16 << 10;

/// Lines of a pipe, of which never more than a bound is held, however long they are.
#[derive(Debug)]
pub struct Lines<R> {
    from: Option<R>,
    buffer: Box<[u8]>,
    /// Where in the buffer the bytes are that were read and aren't part of a line yet.
    unread: Range<usize>,
    /// The beginning of the line that is being read.
    line: Vec<u8>,
    /// The bytes of the line that weren't kept.
    dropped: u64,
    limit: usize,
}

/// A line without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its bytes, up to the limit.
    pub bytes: Vec<u8>,
    /// How many more it had.
    pub dropped: u64,
}

impl Line {
    /// How long it was, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len().saturating_add(usize::try_from(self.dropped).unwrap_or(usize::MAX))
    }
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// Lines of which at most `limit` bytes are kept.
    pub fn new(from: Option<R>, limit: usize) -> Self {
        Self { from, buffer: vec![0; CHUNK].into(), unread: 0..0, line: Vec::new(), dropped: 0, limit }
    }

    /// The next line, also one without a line feed at the end; none after that. Cancel safe.
    ///
    /// A pipe that can't be read has ended.
    pub async fn next(&mut self) -> Option<Line> {
        loop {
            if let Some(line) = self.buffered() {
                return Some(line);
            }
            let Some(from) = &mut self.from else { return self.rest() };
            let read = from.read(&mut self.buffer).await.unwrap_or(0);
            self.unread = 0..read;
            if read == 0 {
                self.from = None;
            }
        }
    }

    /// Whether the pipe has ended; a line may still be held.
    pub fn is_at_end(&self) -> bool {
        self.from.is_none()
    }

    /// The rest of the line from the buffer, if its end is there; else all of the buffer is now part of the line.
    fn buffered(&mut self) -> Option<Line> {
        let unread = &self.buffer[self.unread.clone()];
        let end = unread.iter().position(|&byte| byte == b'\n');
        let part = &unread[..end.unwrap_or(unread.len())];
        let kept = part.len().min(self.limit - self.line.len());
        self.line.extend_from_slice(&part[..kept]);
        self.dropped += (part.len() - kept) as u64;
        self.unread.start += part.len() + usize::from(end.is_some());
        end.map(|_| self.take())
    }

    /// What stands after the last line feed.
    fn rest(&mut self) -> Option<Line> {
        (!self.line.is_empty() || self.dropped > 0).then(|| self.take())
    }

    fn take(&mut self) -> Line {
        let mut bytes = std::mem::take(&mut self.line);
        let dropped = std::mem::take(&mut self.dropped);
        if dropped == 0 && bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Line { bytes, dropped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines_of(text: &[u8], limit: usize) -> Vec<(String, u64)> {
        let mut lines = Lines::new(Some(text), limit);
        let mut all = Vec::new();
        while let Some(line) = lines.next().await {
            all.push((String::from_utf8_lossy(&line.bytes).into_owned(), line.dropped));
        }
        all
    }

    #[tokio::test]
    async fn lines_come_whole_and_the_last_one_without_its_end_too() {
        let all = lines_of(b"one\n\r\ntwo\r\nhalf", 8).await;
        assert_eq!(all, [("one".into(), 0), (String::new(), 0), ("two".into(), 0), ("half".into(), 0)]);
        assert_eq!(lines_of(b"", 8).await, []);
    }

    #[tokio::test]
    async fn a_line_over_the_limit_is_cut_and_its_rest_only_counted() {
        let text = [b"x".repeat(3 * CHUNK).as_slice(), b"\nshort\n"].concat();
        let all = lines_of(&text, 4).await;
        assert_eq!(all, [("xxxx".into(), 3 * CHUNK as u64 - 4), ("shor".into(), 1)]);
    }

    #[tokio::test]
    async fn of_a_huge_line_no_more_than_the_limit_is_ever_held() {
        let mut lines = Lines::new(Some(tokio::io::repeat(b'x').take(100 << 20)), 1 << 10);
        let line = lines.next().await.expect("a line");
        assert_eq!((line.bytes.len(), line.dropped), (1 << 10, (100 << 20) - (1 << 10)));
        assert!(line.bytes.capacity() <= 2 << 10, "{}", line.bytes.capacity());
        assert_eq!(lines.next().await, None);
    }
}
