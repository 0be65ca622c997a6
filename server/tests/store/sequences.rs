//! Whatever is done, in whatever order, with a power cut anywhere: the log is what the model says.

use proptest::prelude::*;

use super::reader::Mode;
use super::story::{READERS, Story};

/// More events at once than a stream reads of the log at once.
const FLOOD: usize = 300;

/// What may be done. Numbers choose among what is there.
#[derive(Debug, Clone)]
pub enum Step {
    /// Also makes the board when there is none.
    CreateCard {
        board: usize,
        column: usize,
        index: usize,
    },
    EditCard {
        board: usize,
        card: usize,
        title: u8,
    },
    MoveCard {
        board: usize,
        card: usize,
        column: usize,
        index: usize,
    },
    DeleteCard {
        board: usize,
        card: usize,
    },
    Replace {
        board: usize,
        by: Replacement,
    },
    Report {
        board: usize,
        card: usize,
        lines: usize,
    },
    RegisterAgent,
    DeleteBoard {
        board: usize,
    },
    Trim,
    PowerCut,
    Open {
        boards: Vec<usize>,
        mode: Mode,
        cursor: Asked,
        take: usize,
    },
    Take {
        reader: usize,
        count: usize,
    },
}

#[derive(Debug, Clone)]
pub enum Replacement {
    Same,
    Reversed,
    WithoutFirst,
    WithAnother,
}

#[derive(Debug, Clone)]
pub enum Asked {
    Nothing,
    Nonsense,
    OtherEpoch,
    Future(u64),
    /// So far back from the head.
    Back(u64),
    /// Anywhere in the log.
    Anywhere(u64),
    /// So far before what is left of the first board's events, and of the agent facts.
    BeforeBoard(u64),
    BeforeAgents(u64),
}

fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        1 => Just(Asked::Nothing),
        1 => Just(Asked::Nonsense),
        1 => Just(Asked::OtherEpoch),
        1 => (1..4_u64).prop_map(Asked::Future),
        8 => (0..16_u64).prop_map(Asked::Back),
        4 => any::<u64>().prop_map(Asked::Anywhere),
        4 => (0..3_u64).prop_map(Asked::BeforeBoard),
        4 => (0..3_u64).prop_map(Asked::BeforeAgents),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let board = || 0..2_usize;
    let card = || 0..8_usize;
    let replacement = prop_oneof![
        Just(Replacement::Same),
        Just(Replacement::Reversed),
        Just(Replacement::WithoutFirst),
        Just(Replacement::WithAnother),
    ];
    let mode = prop_oneof![Just(Mode::Full), Just(Mode::Patch)];
    let boards = prop_oneof![Just(vec![0]), Just(vec![1]), Just(vec![0, 1]), Just(vec![1, 0])];
    prop_oneof![
        6 => (board(), 0..4_usize, 0..4_usize).prop_map(|(board, column, index)| Step::CreateCard { board, column, index }),
        3 => (board(), card(), 0..3_u8).prop_map(|(board, card, title)| Step::EditCard { board, card, title }),
        4 => (board(), card(), 0..4_usize, 0..4_usize)
            .prop_map(|(board, card, column, index)| Step::MoveCard { board, card, column, index }),
        2 => (board(), card()).prop_map(|(board, card)| Step::DeleteCard { board, card }),
        2 => (board(), replacement).prop_map(|(board, by)| Step::Replace { board, by }),
        5 => (board(), card(), prop_oneof![4 => 1..4_usize, 1 => Just(FLOOD)])
            .prop_map(|(board, card, lines)| Step::Report { board, card, lines }),
        5 => Just(Step::RegisterAgent),
        1 => board().prop_map(|board| Step::DeleteBoard { board }),
        3 => Just(Step::Trim),
        2 => Just(Step::PowerCut),
        10 => (boards, mode, asked(), 0..4_usize)
            .prop_map(|(boards, mode, cursor, take)| Step::Open { boards, mode, cursor, take }),
        4 => (0..READERS, 1..9_usize).prop_map(|(reader, count)| Step::Take { reader, count }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_sequence_of_writes_trims_power_cuts_and_reads_is_as_the_model_says(
        steps in prop::collection::vec(step(), 1..50)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut story = Story::begin();
            for step in steps {
                story.go_on(step).await;
            }
            story.end().await;
        });
    }
}
