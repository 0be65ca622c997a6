use super::*;

fn frame(id: Option<&str>, event: &str, data: &str) -> Parsed {
    Parsed::Frame(Frame { id: id.map(Into::into), event: event.into(), data: data.into() })
}

fn parse(chunks: &[&[u8]]) -> Vec<Parsed> {
    let (mut parser, mut out) = (SseParser::new(1 << 20), Vec::new());
    for chunk in chunks {
        parser.push(chunk, |parsed| out.push(parsed)).unwrap();
    }
    out
}

/// The same whether the bytes come at once, one by one, or cut in two anywhere.
#[track_caller]
fn check(wire: &[u8], expected: &[Parsed]) {
    let shown = String::from_utf8_lossy(wire);
    assert_eq!(parse(&[wire]), expected, "at once: {shown:?}");
    assert_eq!(parse(&wire.chunks(1).collect::<Vec<_>>()), expected, "byte by byte: {shown:?}");
    for cut in 0..=wire.len() {
        assert_eq!(parse(&[&wire[..cut], &[], &wire[cut..]]), expected, "cut at {cut}: {shown:?}");
    }
}

#[test]
fn our_own_frames_are_read() {
    check(
        b"retry: 1500\n\nevent: hello\ndata: {\"headSeq\":3}\n\nid: k3-4\nevent: state\ndata: {}\n\n",
        &[
            Parsed::Retry(Duration::from_millis(1500)),
            frame(None, "hello", r#"{"headSeq":3}"#),
            frame(Some("k3-4"), "state", "{}"),
        ],
    );
}

#[test]
fn a_line_ends_with_lf_cr_or_both() {
    let expected = [frame(None, "message", "a\nb"), frame(None, "message", "c")];
    check(b"data: a\ndata: b\n\ndata: c\n\n", &expected);
    check(b"data: a\rdata: b\r\rdata: c\r\r", &expected);
    check(b"data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", &expected);
    check(b"data: a\r\ndata: b\r\n\rdata: c\n\r", &expected);
}

#[test]
fn a_byte_order_mark_counts_only_at_the_start() {
    check("\u{feff}data: a\n\n\u{feff}data: b\n\n".as_bytes(), &[frame(None, "message", "a")]);
    check("\u{feff}\u{feff}data: a\n\n".as_bytes(), &[]);
    check("\u{feff}\ndata: a\n\n".as_bytes(), &[frame(None, "message", "a")]);
}

#[test]
fn comments_and_unknown_fields_are_passed_over() {
    check(b": hi\n:\nfoo: bar\nDATA: no\ndata : no\ndata: a\n\n: data: b\n\n", &[frame(None, "message", "a")]);
}

#[test]
fn only_one_space_after_the_colon_is_taken_off() {
    check(
        b"data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\n",
        &[
            frame(None, "message", "a"),
            frame(None, "message", "a"),
            frame(None, "message", " a"),
            frame(None, "message", "\ta"),
        ],
    );
}

#[test]
fn an_event_without_data_is_none_and_one_with_an_empty_line_is_one() {
    check(
        b"event: a\n\nevent: b\ndata\n\ndata\ndata\n\ndata:\n\n",
        &[frame(None, "b", ""), frame(None, "message", "\n"), frame(None, "message", "")],
    );
}

#[test]
fn an_id_with_nul_is_ignored_and_an_empty_one_takes_it_back() {
    check(
        b"id: a\0b\ndata: 1\n\nid: a\nid: b\0\ndata: 2\n\nid\ndata: 3\n\nid: c\n\n",
        &[
            frame(None, "message", "1"),
            frame(Some("a"), "message", "2"),
            frame(Some(""), "message", "3"),
            Parsed::Id("c".into()),
        ],
    );
}

#[test]
fn retry_takes_digits_only() {
    check(
        b"retry: 20\nretry: 1e3\nretry: -1\nretry:\nretry: 99999999999999999999999\n\n",
        &[Parsed::Retry(Duration::from_millis(20))],
    );
}

#[test]
fn text_keeps_its_characters_and_broken_ones_are_replaced() {
    check("data: å∞😀\n\n".as_bytes(), &[frame(None, "message", "å∞😀")]);
    check(b"data: a\xFFb\xE2\x82\n\n", &[frame(None, "message", "a\u{fffd}b\u{fffd}")]);
}

#[test]
fn what_the_end_cuts_off_is_no_event() {
    check(b"data: a\n\ndata: b\n", &[frame(None, "message", "a")]);
    check(b"data: a\n\ndata: b", &[frame(None, "message", "a")]);
}

#[test]
fn an_event_without_an_end_is_refused_at_the_bound() {
    for wire in [&b"data: 01234567890"[..], b"data: 0123\ndata: 4567\ndata: 89ab"] {
        let mut parser = SseParser::new(16);
        assert_eq!(parser.push(wire, |_| {}), Err(EventTooLong(16)));
    }
    let mut parser = SseParser::new(16);
    for _ in 0..100 {
        parser.push(b"data: 0123\n\n: a comment\n", |_| {}).unwrap();
    }
}
