use std::time::Duration;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The `id` field of this very event; `None` when it has none, `""` when it takes the cursor back.
    pub id: Option<String>,
    /// Its name; `message` when it has none.
    pub event: String,
    /// Its data lines, joined by line feeds.
    pub data: String,
}

/// What a parser hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// An event.
    Frame(Frame),
    /// An id without data: no event, but it moves the cursor.
    Id(String),
    /// The reconnection time that the server asks for.
    Retry(Duration),
}

/// An event is larger than the parser may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event is larger than {0} bytes")]
pub struct EventTooLong(pub usize);

/// Bytes to events, however they are cut [WHATWG HTML 9.2.6].
#[derive(Debug)]
pub struct SseParser {
    max_event_bytes: usize,
    /// The line that hasn't ended yet.
    line: Vec<u8>,
    /// The last byte was a CR: an LF after it belongs to the same end of line.
    after_cr: bool,
    at_start: bool,
    id: Option<String>,
    event: String,
    /// Each data line followed by a line feed.
    data: String,
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

impl SseParser {
    /// Holds at most `max_event_bytes` of an event that hasn't ended.
    #[must_use]
    pub fn new(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            line: Vec::new(),
            after_cr: false,
            at_start: true,
            id: None,
            event: String::new(),
            data: String::new(),
        }
    }

    /// Takes the next bytes and gives what they complete to `sink`, in order.
    ///
    /// # Errors
    /// [`EventTooLong`]; the stream is then of no more use.
    pub fn push(&mut self, mut bytes: &[u8], mut sink: impl FnMut(Parsed)) -> Result<(), EventTooLong> {
        while let Some(&first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            self.line.extend_from_slice(part);
            if self.line.len() + self.data.len() > self.max_event_bytes {
                return Err(EventTooLong(self.max_event_bytes));
            }
            let Some(newline) = rest.first() else { break };
            self.after_cr = *newline == b'\r';
            bytes = &rest[1..];
            let line = std::mem::take(&mut self.line);
            self.end_of_line(&line, &mut sink);
            self.line = line;
            self.line.clear();
        }
        Ok(())
    }

    fn end_of_line(&mut self, line: &[u8], sink: &mut impl FnMut(Parsed)) {
        // "One leading U+FEFF BYTE ORDER MARK character must be ignored if any are present."
        let line = if std::mem::take(&mut self.at_start) { line.strip_prefix(BOM).unwrap_or(line) } else { line };
        if line.is_empty() {
            return self.dispatch(sink);
        }
        let (field, value) = match line.iter().position(|b| *b == b':') {
            Some(colon) => {
                let value = &line[colon + 1..];
                (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &b""[..]),
        };
        match field {
            b"data" => {
                self.data.push_str(&String::from_utf8_lossy(value));
                self.data.push('\n');
            }
            b"event" => self.event = String::from_utf8_lossy(value).into_owned(),
            // "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value."
            b"id" if !value.contains(&0) => self.id = Some(String::from_utf8_lossy(value).into_owned()),
            b"retry" => sink_retry(value, sink),
            // A comment begins with the colon: its field is empty. Whatever else is for later versions.
            _ => {}
        }
    }

    fn dispatch(&mut self, sink: &mut impl FnMut(Parsed)) {
        let (id, event, mut data) = (self.id.take(), std::mem::take(&mut self.event), std::mem::take(&mut self.data));
        // "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string and
        // return": data that is one empty line has its line feed and is an event.
        if data.pop().is_none() {
            if let Some(id) = id {
                sink(Parsed::Id(id));
            }
            return;
        }
        let event = if event.is_empty() { "message".to_owned() } else { event };
        sink(Parsed::Frame(Frame { id, event, data }));
    }
}

/// "If the field value consists of only ASCII digits, then interpret the field value as an integer in base ten."
fn sink_retry(value: &[u8], sink: &mut impl FnMut(Parsed)) {
    let digits = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    if let Some(millis) = digits.and_then(|text| text.parse().ok()) {
        sink(Parsed::Retry(Duration::from_millis(millis)));
    }
}

#[cfg(test)]
mod tests;
