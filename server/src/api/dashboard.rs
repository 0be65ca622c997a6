//! `/dashboard`.

use axum::extract::State;
use axum::response::Response;
use boardcast_shared::{Time, TimeRangePreset};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

use super::call::shown;
use super::problem::Problem;
use super::query::Query;
use crate::access::Access;
use crate::domain::dashboard::Range;
use crate::state::AppState;

/// The overview of a range: the one with that name, or from a time to a time; the last 7 days when none is asked for.
pub async fn show(State(state): State<AppState>, access: Access, query: Query) -> Result<Response, Problem> {
    let (document, head) = state.dashboard.of(access.boards(), range(&query, state.clock.now())?).await?;
    Ok(shown(&state, head, &document))
}

fn range(query: &Query, now: Time) -> Result<Range, Problem> {
    let time = |name| query.get(name).map(|text| (name, Time::parse(text)));
    match (query.get("timeRangePreset"), time("from"), time("to")) {
        (None, None, None) => Ok(Range::preset(TimeRangePreset::Last7d, now)),
        (Some(preset), None, None) => {
            let text: serde::de::value::StrDeserializer<'_, Error> = preset.into_deserializer();
            let preset = TimeRangePreset::deserialize(text);
            let preset = preset.map_err(|_| Problem::bad_parameter("timeRangePreset", "is none of the presets"))?;
            Ok(Range::preset(preset, now))
        }
        (None, Some((_, Some(from))), Some((_, Some(to)))) => {
            Range::between(from, to).ok_or_else(|| Problem::bad_parameter("to", "must be after from"))
        }
        (Some(_), _, _) => Err(Problem::bad_parameter("timeRangePreset", "can't be given together with from and to")),
        (None, Some((name, None)), _) | (None, _, Some((name, None))) => {
            Err(Problem::bad_parameter(name, "must be a time as in RFC 3339"))
        }
        (None, Some(_), None) => Err(Problem::bad_parameter("to", "must be given together with from")),
        (None, None, Some(_)) => Err(Problem::bad_parameter("from", "must be given together with to")),
    }
}
