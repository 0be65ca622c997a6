//! Every word for programs that a problem document can carry, with its status.

use std::collections::BTreeMap;

/// A problem's `code`.
pub struct Code {
    /// The word.
    pub name: &'static str,
    /// The status of the answers that carry it.
    pub status: u16,
    /// When it is given.
    pub meaning: &'static str,
}

const fn code(status: u16, name: &'static str, meaning: &'static str) -> Code {
    Code { name, status, meaning }
}

/// All of them, by status.
pub const CODES: &[Code] = &[
    code(400, "bad_body", "the body ended early"),
    code(400, "bad_cursor", "neither a seq nor a cursor"),
    code(400, "bad_host", "no Host, two, or one that can't be a host"),
    code(400, "bad_json", "the body isn't JSON"),
    code(400, "bad_parameter", "a query parameter is out of range; `field` names it"),
    code(400, "malformed_request", "not an HTTP/1.1 request, or its fields contradict each other"),
    code(401, "unauthorized", "there is no token, or it isn't good, or not any longer"),
    code(403, "cross_origin", "a page of another origin calls"),
    code(403, "forbidden", "the token doesn't allow that"),
    code(404, "not_found", "there is nothing at this path, or nothing of that id"),
    code(405, "method_not_allowed", "the path takes other methods; the header Allow lists them"),
    code(408, "too_slow", "the body came too slowly; the connection closes"),
    code(409, "agent_exists", "there is an agent of that name"),
    code(409, "agent_in_use", "something still needs the agent"),
    code(409, "answer_deleted", "the write is done, and what its answer showed has been deleted since"),
    code(409, "attempt_active", "the attempt hasn't ended"),
    code(409, "attempt_ended", "the attempt has ended"),
    code(409, "branch_exists", "a branch of that name is there or will be, or one is in its way"),
    code(409, "card_blocked", "a card that it depends on is not done"),
    code(409, "column_not_empty", "the column holds cards"),
    code(409, "commit_refused", "git doesn't commit; `detail` says why"),
    code(409, "demo_unavailable", "the demo can't be played here; `detail` says why"),
    code(409, "duplicate_key", "another column of the board has that key"),
    code(409, "github_not_configured", "there is no token, or nothing says which repository is meant"),
    code(409, "no_rebase", "no rebase is going on in the worktree"),
    code(409, "no_repository", "the board has no checkout that can be read"),
    code(409, "no_worktree", "the attempt has no worktree, or it is damaged"),
    code(409, "not_run_here", "the attempt was reported from outside"),
    code(409, "nothing_to_commit", "nothing is uncommitted"),
    code(409, "outcome_unknown", "the server was cut off while it did this under the same key"),
    code(409, "permission_closed", "the agent waits for this answer no longer"),
    code(409, "push_rejected", "the remote doesn't take the branch; `detail` says why"),
    code(409, "rebase_conflict", "both sides changed the same places; `files` names where"),
    code(409, "rebase_refused", "git doesn't rebase; `detail` says why"),
    code(409, "rebase_unfinished", "a rebase was begun in the worktree and not finished"),
    code(409, "too_many_messages", "too many messages wait for the turn's end"),
    code(409, "uncommitted_work", "the worktree has uncommitted work"),
    code(410, "trimmed", "the place in the log is older than what is kept, or of another log"),
    code(412, "precondition_failed", "it has changed since; read it again"),
    code(413, "too_large", "the body is too long"),
    code(414, "uri_too_long", "the request's target is too long"),
    code(415, "unsupported_media_type", "another content type than the route takes"),
    code(421, "misdirected", "the server doesn't go by that name"),
    code(422, "dependency_cycle", "the card would come before itself"),
    code(422, "expired_already", "the time is over"),
    code(422, "github_rejected", "GitHub can't do that; `detail` says why"),
    code(422, "idempotency_key_reused", "the key came with another request before"),
    code(422, "invalid_branch", "not the name of a branch"),
    code(422, "invalid_field", "a field or header is missing, unknown or out of range; `field` names it"),
    code(422, "invalid_repository", "not the top of a work tree"),
    code(422, "invalid_state", "columns and cards contradict each other; `field` names where"),
    code(422, "no_agent", "no agent is named, and the board has no default one"),
    code(422, "run_here", "the attempt is run here: nobody else says where it stands"),
    code(422, "too_many_cards", "a board has at most 10,000 cards"),
    code(422, "too_many_columns", "a board has at most 50 columns"),
    code(422, "too_many_dependencies", "a card has at most 100 dependencies"),
    code(422, "unknown_agent", "there is no agent of that name"),
    code(422, "unknown_attempt", "the board has no such attempt"),
    code(422, "unknown_base", "the repository has no such branch"),
    code(422, "unknown_board", "there is no such board"),
    code(422, "unknown_card", "the board has no such card"),
    code(422, "unknown_column", "the board has no such column"),
    code(422, "unknown_dependency", "the board has no such card"),
    code(422, "unknown_profile", "there is no such profile"),
    code(422, "unknown_remote", "the repository has no remote of that name"),
    code(422, "unsafe_repository", "the repository's own configuration would run programs"),
    code(429, "too_many_connections", "the address makes too many connections a second; the connection closes"),
    code(429, "too_many_requests", "the address sends too many requests a second"),
    code(429, "too_many_sign_ins", "too many tokens from that address were wrong"),
    code(429, "too_many_streams", "the address or the token has too many open streams"),
    code(431, "head_too_large", "the request's head is too long or has too many fields"),
    code(500, "internal", "something went wrong on the server's side"),
    code(502, "git_failed", "git gave no answer"),
    code(502, "github_not_found", "GitHub finds no such repository, or the token may not see it"),
    code(502, "github_refused", "GitHub doesn't accept the token for this, or asks to wait"),
    code(502, "github_unavailable", "GitHub doesn't work or can't be reached"),
    code(502, "remote_unreachable", "the remote can't be reached or lets nobody in; `detail` says why"),
    code(503, "draining", "the server is ending"),
    code(503, "overloaded", "too much is waiting"),
    code(503, "storage_unavailable", "the store can't be used for now"),
    code(504, "github_timeout", "GitHub gave no answer within 15 s"),
];

/// What any request can get, whatever its route.
pub(super) const EVERYWHERE: &[&str] = &[
    "bad_host",
    "malformed_request",
    "cross_origin",
    "uri_too_long",
    "misdirected",
    "too_many_connections",
    "too_many_requests",
    "head_too_large",
    "overloaded",
];

/// What any request under the base can get besides.
pub(super) const INSIDE: &[&str] = &["draining"];

/// The given codes by status.
///
/// # Panics
/// For one that isn't in [`CODES`].
pub(super) fn by_status(names: impl IntoIterator<Item = &'static str>) -> BTreeMap<u16, Vec<&'static str>> {
    let mut statuses: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for name in names {
        let code = CODES.iter().find(|code| code.name == name);
        let code = code.unwrap_or_else(|| panic!("{name} is not in the list of codes"));
        statuses.entry(code.status).or_default().push(name);
    }
    statuses
}
