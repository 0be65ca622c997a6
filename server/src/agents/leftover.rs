use boardcast_shared::AttemptId;

/// Ends what a killed server left of an attempt.
pub async fn end_leftover(group: i32, attempt: &AttemptId) {
    let _ = (group, attempt);
}
