//! What routes are about, in the order in which one reads of them.

use serde_json::{Value, json};

const TAGS: &[(&str, &str)] = &[
    ("Boards", "A board, its state as a whole, its repository"),
    ("Columns", "The columns of a board"),
    ("Cards", "The cards of a board, and where they stand"),
    ("Attempts", "Work of an agent on a card: started, followed, answered, committed, pushed"),
    ("Agents", "Programs that work on cards, and profiles of how they do"),
    ("Events", "The log of what happened, and facts from programs outside"),
    ("Streams", "What happens, as it happens, and who listens"),
    ("Dashboard", "All boards at one look"),
    ("Access", "Tokens and what they may do, the session of a browser, tickets for one stream"),
    ("Server", "The server itself: whether it is well, what it counts, its documents"),
];

/// All of them.
pub(super) fn tags() -> Value {
    TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect()
}

/// That of a route.
pub(super) fn of(path: &str) -> &'static str {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["attempts", ..] | ["boards", _, "attempts"] | ["boards", _, "cards", _, "attempts"] => "Attempts",
        ["boards", _, "cards", ..] => "Cards",
        ["boards", _, "columns", ..] => "Columns",
        ["boards", _, "events"] | ["events"] => "Events",
        ["boards", ..] | ["demo"] => "Boards",
        ["agents" | "agent-profiles", ..] => "Agents",
        ["sse"] | ["connections", ..] => "Streams",
        ["dashboard"] => "Dashboard",
        ["tokens" | "session" | "stream-tickets", ..] => "Access",
        _ => "Server",
    }
}
