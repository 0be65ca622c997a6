use super::*;

#[test]
fn while_nobody_looks_nothing_is_worth_a_look() {
    let mut known = Known::default();
    assert!(!known.keep(Vec::new(), true));
    assert_eq!(known.next_due(), None);
    assert!(known.keep(vec![Boards::All], true));
    assert_eq!(known.next_due(), Some(Duration::ZERO));
    // Whoever looked has gone, and there is news.
    assert!(!known.keep(Vec::new(), true));
    assert_eq!(known.next_due(), None);
}
