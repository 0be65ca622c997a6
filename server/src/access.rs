//! What a caller may see and do, as a value that every handler takes.
//!
//! Access rights are not there yet: everybody on this machine has all of them, and `serve` refuses to listen beyond it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use boardcast_shared::{Board, BoardId};
use hyper::http::request::Parts;

use crate::api::problem::Problem;
use crate::state::AppState;

/// A caller's rights.
#[derive(Debug, Clone, Copy)]
pub struct Access(());

impl Access {
    /// The boards of a request, each of which the caller must be able to read.
    ///
    /// # Errors
    /// 404 for a board that it may not read: it learns nothing of it.
    pub fn readable(&self, boards: Vec<BoardId>) -> Result<Vec<BoardId>, Problem> {
        boards.iter().try_for_each(|board| self.read(board))?;
        Ok(boards)
    }

    /// May read the board.
    ///
    /// # Errors
    /// 404 for a board that it may not read.
    pub fn read(&self, _board: &BoardId) -> Result<(), Problem> {
        Ok(())
    }

    /// May change the board.
    ///
    /// # Errors
    /// 403 for a board that it may only read, 404 for one that it may not read.
    pub fn write(&self, _board: &BoardId) -> Result<(), Problem> {
        Ok(())
    }

    /// May make boards.
    ///
    /// # Errors
    /// 403.
    pub fn write_all(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// May register agents and profiles.
    ///
    /// # Errors
    /// 403.
    pub fn administer(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// May report events for the board, or agent facts where none.
    #[must_use]
    pub fn may_report(&self, _board: Option<&BoardId>) -> bool {
        true
    }

    /// Those of the boards that it may read.
    #[must_use]
    pub fn visible(&self, boards: Vec<Board>) -> Vec<Board> {
        boards
    }
}

impl FromRequestParts<AppState> for Access {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &AppState) -> Result<Self, Infallible> {
        Ok(Self(()))
    }
}
