use std::fmt::Write;

use anyhow::{Context, bail};
use boardcast_shared::BoardId;
use serde::Deserialize;

use super::paint::quoted;
use crate::client::Client;

/// A board, as far as it is needed to be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Found {
    pub id: BoardId,
    pub name: String,
}

#[derive(Deserialize)]
struct Boards {
    boards: Vec<Found>,
}

/// The board with this id, else the only one with this name.
pub async fn board(client: &Client, wanted: &str) -> anyhow::Result<Found> {
    let Boards { boards } = client
        .get("/api/v1/boards")
        .await
        .with_context(|| format!("the boards of {} can't be listed", client.url()))?;
    choose(&boards, wanted)
}

fn choose(boards: &[Found], wanted: &str) -> anyhow::Result<Found> {
    let by = |test: &dyn Fn(&Found) -> bool| boards.iter().filter(|board| test(board)).cloned().collect::<Vec<_>>();
    for mut matches in [
        by(&|board| board.id.as_str() == wanted),
        by(&|board| board.name == wanted),
        by(&|board| board.name.to_lowercase() == wanted.to_lowercase()),
    ] {
        match (matches.len(), matches.pop()) {
            (_, None) => {}
            (1, Some(board)) => return Ok(board),
            (count, Some(last)) => {
                matches.push(last);
                bail!("{count} boards are named {}; give the id of one:{}", quoted(wanted), listed(&matches))
            }
        }
    }
    if boards.is_empty() {
        bail!("there is no board {}; there is none at all yet", quoted(wanted));
    }
    bail!("there is no board {}; there are:{}", quoted(wanted), listed(boards))
}

fn listed(boards: &[Found]) -> String {
    const SHOWN: usize = 20;
    let mut text = String::new();
    for board in boards.iter().take(SHOWN) {
        let _ = write!(text, "\n  {}  {}", board.id, quoted(&board.name));
    }
    if boards.len() > SHOWN {
        let _ = write!(text, "\n  and {} more", boards.len() - SHOWN);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boards(pairs: &[(&str, &str)]) -> Vec<Found> {
        pairs.iter().map(|(id, name)| Found { id: BoardId::parse(id).unwrap(), name: (*name).into() }).collect()
    }

    #[track_caller]
    fn check(pairs: &[(&str, &str)], wanted: &str, expected: Result<&str, &str>) {
        let found = choose(&boards(pairs), wanted).map(|board| board.id.to_string()).map_err(|error| error.to_string());
        assert_eq!(found, expected.map(Into::into).map_err(Into::into));
    }

    #[test]
    fn an_id_wins_over_a_name_and_an_exact_name_over_another_case() {
        check(&[("b1", "b2"), ("b2", "Shop")], "b2", Ok("b2"));
        check(&[("b1", "Shop"), ("b2", "shop")], "shop", Ok("b2"));
        check(&[("b1", "Shop")], "SHOP", Ok("b1"));
    }

    #[test]
    fn an_unknown_or_ambiguous_name_lists_what_there_is() {
        check(&[], "x", Err("there is no board 'x'; there is none at all yet"));
        check(&[("b1", "Shop\u{1b}[2J")], "x", Err("there is no board 'x'; there are:\n  b1  'Shop\\u{1b}[2J'"));
        check(
            &[("b1", "Shop"), ("b2", "Shop"), ("b3", "Y")],
            "Shop",
            Err("2 boards are named 'Shop'; give the id of one:\n  b1  'Shop'\n  b2  'Shop'"),
        );
    }
}
