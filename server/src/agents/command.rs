use boardcast_shared::LogLevel;
use tokio::sync::mpsc;

use super::group::Ended;
use super::link::{Event, Link};
use super::text::message;
use super::{AnswerError, Ask, TurnEnd, Wishes};

/// A plain command can't be told how to work: what its profile wishes of it is left out.
pub fn tell_unheeded(link: &mut Link, wishes: &Wishes) {
    for (what, wish) in [("model", &wishes.model), ("mode", &wishes.mode)] {
        if let Some(wish) = wish {
            let told = format!("The profile's {what} {wish} is left out: a plain command offers no choice of it");
            link.outbox.line(LogLevel::Warn, told);
        }
    }
}

/// The one turn of a plain command: the prompt on its standard input, its lines as log, its exit as the end.
pub async fn turn(link: &mut Link, prompt: String, asks: &mut mpsc::Receiver<Ask>) -> TurnEnd {
    link.later.is_stopped = false;
    link.input.put(prompt.into_bytes());
    link.input.close();
    let outcome = run(link, asks).await;
    // What it left in the background ends with it.
    link.wind_down(asks, LogLevel::Warn, |outbox, line| outbox.line(LogLevel::Info, message(&line))).await;
    link.flush(asks).await;
    if link.later.is_stopped { TurnEnd::Stopped } else { outcome }
}

async fn run(running: &mut Link, asks: &mut mpsc::Receiver<Ask>) -> TurnEnd {
    loop {
        match running.next(asks, None, None).await {
            Event::Stdout(line) => running.outbox.line(LogLevel::Info, message(&line)),
            Event::Stderr(line) => running.outbox.line(LogLevel::Warn, message(&line)),
            Event::Ask(ask @ Ask::Prompt(_)) => running.later.hear(ask),
            // It asks nothing. Whoever answers may have gone.
            Event::Ask(Ask::Answer { reply, .. }) => drop(reply.send(Err(AnswerError::Unknown))),
            Event::Ask(Ask::Stop) | Event::Deaf => return TurnEnd::Stopped,
            Event::Exited(Some(status)) if status.success() => return TurnEnd::Succeeded,
            Event::Exited(status) => return TurnEnd::Failed(format!("the command {}", Ended(status))),
            Event::StdoutEnded | Event::Due | Event::Late => {}
        }
    }
}
