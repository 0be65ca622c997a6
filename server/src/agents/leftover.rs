use boardcast_shared::AttemptId;

use super::group::Group;
use crate::clock::Clock;

/// Ends what a killed server left of an attempt: SIGTERM, after 5 s SIGKILL; returns when all of it is gone.
///
/// A process belongs to it when `BOARDCAST_ATTEMPT_ID` in its environment names the attempt, or when it is in `group`
/// with one that does. Another's group that has got the same number is left alone. Only Linux shows environments; elsewhere this ends nothing.
pub async fn end_leftover(group: i32, attempt: &AttemptId) {
    Group::left_over(group, attempt).await.end(&Clock::system()).await;
}
