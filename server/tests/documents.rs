//! The served documents against what the server does.

mod documents {
    mod openapi;
}
