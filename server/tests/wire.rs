//! What every fact is on the wire, byte for byte: who hears it, and in which words.

mod wire {
    mod forgery;
    mod given;
    mod messages;
    mod table;
}
