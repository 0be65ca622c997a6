//! Tokens, sessions and tickets.

use crate::api::description::Operation;
use crate::api::{session, tickets, tokens};

pub(crate) fn list(operation: Operation) -> Operation {
    operation.summary("All tokens but the operator's, without themselves").answers::<tokens::Tokens>(200, "The tokens")
}

pub(crate) fn create(operation: Operation) -> Operation {
    operation
        .summary("Makes a token, which is shown this once")
        .body::<tokens::Create>()
        .answers::<tokens::MadeToken>(201, "The token")
        .refuses(&["unknown_board", "expired_already", "internal", "overloaded", "storage_unavailable"])
}

pub(crate) fn withdraw(operation: Operation) -> Operation {
    operation
        .summary("Withdraws a token; the streams that it opened end")
        .answers_nothing("It is good for nothing from now on")
        .reads()
}

pub(crate) fn sign_in(operation: Operation) -> Operation {
    operation
        .summary("Signs a browser in: the answer's cookie stands for the token from now on")
        .body::<session::SignIn>()
        .answers_nothing("The cookie is set")
        .with_header("Set-Cookie")
        .reads()
        .refuses(&["unauthorized", "too_many_sign_ins"])
}

pub(crate) fn sign_out(operation: Operation) -> Operation {
    operation
        .summary("Signs a browser out; the streams that its cookie opened end")
        .answers_nothing("The cookie is taken away")
        .with_header("Set-Cookie")
        .reads()
}

pub(crate) fn ticket(operation: Operation) -> Operation {
    operation
        .summary("Makes a ticket for one stream: good for 30 s, and used up when it has opened it")
        .answers::<tickets::StreamTicket>(201, "The ticket")
}
