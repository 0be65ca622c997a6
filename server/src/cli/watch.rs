//! `boardcast watch`: a board's stream in a terminal, one readable line an event.
//!
//! ```text
//! find.rs    a board's id or name to its id
//! patch.rs   one operation of a patch
//! growing.rs what an agent says while it still says it
//! folded.rs  the board document under its patches, and what each changed, in words
//! lines.rs   an event to its line
//! words.rs   the parts of events in words
//! paint.rs   text from outside made harmless, colours, cut to a line
//! ```

mod find;
mod folded;
mod growing;
mod lines;
mod paint;
mod patch;
mod words;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use anyhow::Context;
use boardcast_shared::{Hello, Replay};

use crate::client::{Channels, Client, Follow, Frame, Happening, ServerUrl, StreamEnd};
use lines::{Line, Lines};
use paint::{Paint, harmless_json};

/// Prints a board's stream, one line an event, until it is stopped or the board is deleted.
#[derive(Debug, clap::Args)]
pub struct WatchArgs {
    /// The board's id or its name
    pub board: String,
    /// Where the server is
    #[arg(long, env = "BOARDCAST_URL", default_value = "http://127.0.0.1:4400")]
    pub url: String,
    /// Print each frame as one line of JSON: {"id":…,"event":…,"data":…}
    #[arg(long)]
    pub json: bool,
    /// When to colour: on a terminal unless `NO_COLOR` is set, or always, or never
    #[arg(long, value_enum, default_value = "auto")]
    pub color: ColorChoice,
}

/// After so long without a frame, what an agent has begun to say makes a line.
const PAUSE: Duration = Duration::from_millis(700);

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Also into a file or a pipe.
    Always,
    /// Not at all.
    Never,
}

/// Prints the stream of `args.board` to standard output; what happens to the connection goes to standard error.
///
/// A reader that goes away (`boardcast watch Demo | head`) ends it without an error, and so does the board's deletion.
///
/// # Errors
/// When the board isn't found, the server can't be reached at the start, or it refuses the stream for good.
pub async fn watch(args: WatchArgs) -> anyhow::Result<()> {
    let url: ServerUrl = args.url.parse()?;
    let client = Client::from_environment(url.clone());
    let board = find::board(&client, &args.board).await?;
    eprintln!("watching {} ({}) at {url}", paint::quoted(&board.name), board.id);
    let follow = Follow::new(client, Channels::board(board.id));
    let mut out = std::io::stdout();
    let printed = if args.json {
        Printer::Json
    } else {
        Printer::Readable(Box::default(), Paint::chosen(args.color, out.is_terminal()))
    };
    match print_stream(follow, printed, &mut out).await {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        Err(error) if error.downcast_ref() == Some(&StreamEnd::BoardDeleted) => {
            eprintln!("{error}");
            Ok(())
        }
        ended => ended,
    }
}

enum Printer {
    Json,
    Readable(Box<Lines>, Paint),
}

async fn print_stream(mut follow: Follow, mut printer: Printer, out: &mut impl Write) -> anyhow::Result<()> {
    let mut link = Link::First;
    loop {
        let happening = {
            let mut next = std::pin::pin!(follow.next());
            if let Ok(happening) = tokio::time::timeout(PAUSE, &mut next).await {
                happening?
            } else {
                printer.pause(out)?;
                next.await?
            }
        };
        let frame = match happening {
            Happening::Frame(frame) => frame,
            Happening::Lost { why, .. } => {
                link.lost(&why);
                continue;
            }
        };
        if frame.event == "hello" {
            link.greeted(&frame);
        }
        if !printer.print(&frame, out)? {
            follow.start_afresh();
        }
    }
}

impl Printer {
    /// Prints what a frame has to say. False when the board's document is out of step.
    fn print(&mut self, frame: &Frame, out: &mut impl Write) -> anyhow::Result<bool> {
        match self {
            Self::Json => print_line(&harmless_json(frame), out).map(|()| true),
            Self::Readable(lines, paint) => print_lines(lines.read(frame), *paint, out),
        }
    }

    /// Prints what an agent has said that has made no line yet.
    fn pause(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Self::Json => Ok(()),
            Self::Readable(lines, paint) => print_lines(lines.pause(), *paint, out).map(|_| ()),
        }
    }
}

/// False when the board's document is out of step.
fn print_lines(lines: Vec<Line>, paint: Paint, out: &mut impl Write) -> anyhow::Result<bool> {
    for line in lines {
        match line {
            Line::Say { time, word, text } => print_line(&paint.line(time, word, &text), out)?,
            Line::Nothing => {}
            Line::Misfit => return Ok(false),
        }
    }
    Ok(true)
}

/// One write a line: a pipe's reader sees it at once.
fn print_line(line: &str, out: &mut impl Write) -> anyhow::Result<()> {
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).context("standard output")
}

/// Tells once that the connection was lost, and once that it is back.
enum Link {
    First,
    Live,
    Lost,
}

impl Link {
    fn lost(&mut self, why: &str) {
        if !matches!(self, Self::Lost) {
            eprintln!("connection lost ({}); reconnecting until it is back", paint::harmless(why));
        }
        *self = Self::Lost;
    }

    fn greeted(&mut self, frame: &Frame) {
        let replay = serde_json::from_str::<Hello>(&frame.data).map_or(Replay::Reset, |hello| hello.replay);
        if matches!(self, Self::Lost) {
            eprintln!(
                "{}",
                match replay {
                    Replay::Tail => "live again, nothing missed",
                    Replay::None => "live again; the board as it is now follows",
                    Replay::Reset => "live again; what was missed is no longer kept, the board as it is now follows",
                }
            );
        }
        *self = Self::Live;
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use boardcast_shared::BoardId;

    use super::*;
    use crate::client::script::{HEAD, Script, hello};

    const STATE: &str = r#"{"boardId":"b1","seq":4,"columns":{"todo":{"id":"todo","key":null,"title":"Backlog","cardIds":[]}},"columnOrder":["todo"],"cards":{}}"#;
    const GONE: &str = r#"{"reason":"board_deleted","boardId":"b1","retryMs":null}"#;

    /// A stream that breaks, goes on and ends, as it is printed.
    async fn printed(printer: Printer) -> String {
        let (script, client) = Script::start().await;
        let follow = Follow::new(client, Channels::board(BoardId::parse("b1").unwrap()));
        let (mut out, none, tail) = (Vec::new(), hello("none"), hello("tail"));
        let log =
            r#"{"boardId":"b1","attemptId":"a1","level":"info","message":"back","ts":"2026-01-31T12:00:05.000Z"}"#;
        let server = async {
            script.answer(format!("{HEAD}retry: 500\n\n{none}id: k3-7\nevent: state\ndata: {STATE}\n\n")).await;
            script
                .answer(format!(
                    "{HEAD}{tail}id: k3-8\nevent: attempt_log\ndata: {log}\n\nevent: bye\ndata: {GONE}\n\n"
                ))
                .await
        };
        let (_, ended) = tokio::join!(server, print_stream(follow, printer, &mut out));
        assert_eq!(ended.unwrap_err().to_string(), "the board was deleted");
        String::from_utf8(out).unwrap()
    }

    #[tokio::test]
    async fn a_stream_is_printed_line_by_line_across_a_broken_connection() {
        let text = printed(Printer::Readable(Box::default(), Paint::Plain)).await;
        let lines: Vec<&str> = text.lines().map(|line| line.split_once("  ").unwrap().1).collect();
        assert_eq!(lines, ["board     0 cards: Backlog 0", "log       a1 back", "bye       the board was deleted"]);
    }

    #[tokio::test]
    async fn as_json_every_frame_is_a_line() {
        let text = printed(Printer::Json).await;
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let seen: Vec<_> = lines.iter().map(|line| (line["id"].as_str(), line["event"].as_str().unwrap())).collect();
        let expected =
            [(None, "hello"), (Some("k3-7"), "state"), (None, "hello"), (Some("k3-8"), "attempt_log"), (None, "bye")];
        assert_eq!(seen, expected);
        assert_eq!(lines[1]["data"], serde_json::from_str::<serde_json::Value>(STATE).unwrap());
    }
}
