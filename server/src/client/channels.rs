use boardcast_shared::BoardId;

/// What to follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channels {
    /// These boards.
    pub boards: Vec<BoardId>,
    /// How their changes arrive.
    pub state: StateMode,
    /// The dashboard as well.
    pub dashboard: bool,
}

/// How a board's changes arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateMode {
    /// The whole board each time.
    Full,
    /// What changed.
    Patch,
}

impl Channels {
    /// One board, by patches.
    #[must_use]
    pub fn board(board: BoardId) -> Self {
        Self { boards: vec![board], state: StateMode::Patch, dashboard: false }
    }

    /// The stream's request target.
    pub(super) fn path(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for board in &self.boards {
            query.append_pair("boardId", board.as_str());
        }
        if self.dashboard && !self.boards.is_empty() {
            query.append_pair("dashboard", "1");
        }
        if self.state == StateMode::Patch {
            query.append_pair("state", "patch");
        }
        format!("/api/v1/sse?{}", query.finish())
    }
}
