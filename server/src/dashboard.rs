//! All boards at one look, kept current for those who look.
//!
//! What is known of each board is read again only when something about it is different. A new overview goes out at most
//! each quarter of a second, always one after the last change, and only to streams that carry the dashboard.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boardcast_shared::{BoardId, DashboardOverview, SseMsg, Time, TimeRangePreset};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::domain::dashboard::{AgentNames, BoardSummary, Hour, Range, next_stuck, overview};
use crate::domain::rights::Boards;
use crate::events::{Commit, Subscriber};
use crate::sse::snapshot::Overview;
use crate::sse::{Bus, frame};
use crate::store::{Read, ReadError, Store};

/// The least time between two overviews.
const STEP: Duration = Duration::from_millis(250);
/// The same when only the number of events is another.
const SLOW_STEP: Duration = Duration::from_secs(1);
/// How long after a failed read it is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// What the streams show.
const PRESET: TimeRangePreset = TimeRangePreset::Last7d;

/// The dashboard. Cheap to clone.
#[derive(Clone)]
pub struct Dashboard(Arc<Inner>);

struct Inner {
    store: Store,
    bus: Bus,
    clock: Clock,
    news: Arc<News>,
    // One overview is made at a time; who comes meanwhile waits for it.
    known: tokio::sync::Mutex<Known>,
}

/// What the writer has told since the last look.
#[derive(Default)]
struct News {
    touched: Mutex<HashSet<BoardId>>,
    some: Notify,
}

/// What was known at the last look.
#[derive(Default)]
struct Known {
    // None until the first look.
    material: Option<Material>,
    // By the boards that are seen.
    views: HashMap<Boards, View>,
}

/// The dashboard of some boards.
#[derive(Default)]
struct View {
    shown: Option<Shown>,
    // When the last look was and what it gave, for streams that open.
    latest: Option<(Duration, Overview)>,
    // From when on it is worth another look; none while nothing is new.
    due: Option<Duration>,
}

#[derive(Clone, Default)]
struct Material {
    boards: HashMap<BoardId, Arc<BoardSummary>>,
    order: Vec<BoardId>,
    common: Vec<Hour>,
    agents: AgentNames,
}

/// What the streams were told last.
struct Shown {
    version: u64,
    at: Duration,
    essence: DashboardOverview,
    published: f64,
}

/// What a look found.
enum Look {
    /// Nothing that anybody sees.
    Same,
    /// Only the number of events is another, and it is too early to tell.
    Early,
    /// The streams have been told.
    Told,
}

impl Dashboard {
    /// Keeps the dashboard of a store current until `end` is cancelled.
    #[must_use]
    pub fn over(store: &Store, bus: &Bus, clock: &Clock, end: CancellationToken) -> Self {
        let news: Arc<News> = Arc::default();
        store.subscribe(news.clone());
        let inner = Inner {
            store: store.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            news,
            known: tokio::sync::Mutex::default(),
        };
        let dashboard = Self(Arc::new(inner));
        let following = dashboard.clone();
        tokio::spawn(async move { end.run_until_cancelled(following.follow()).await });
        dashboard
    }

    /// What is shown of these boards is no older than a quarter of a second from now on.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn refresh(&self, seen: &Boards) -> Result<(), ReadError> {
        let mut known = self.0.known.lock().await;
        let latest = known.views.get(seen).and_then(|view| view.latest.as_ref());
        if latest.is_none_or(|(at, _)| self.0.clock.elapsed() >= *at + STEP) {
            self.look(&mut known, seen, self.0.clock.now()).await?;
        }
        if let Some((_, overview)) = known.views.get(seen).and_then(|view| view.latest.as_ref()) {
            self.0.bus.install_dashboard(seen, overview.clone());
        }
        // Its stream must not miss what comes between.
        self.0.news.some.notify_one();
        Ok(())
    }

    /// An overview of these boards in any range.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn of(&self, seen: &Boards, range: Range) -> Result<(DashboardOverview, u64), ReadError> {
        let mut known = self.0.known.lock().await;
        let head = self.0.store.head();
        let material = self.read(&mut known).await?;
        Ok((material.overview(seen, &range, self.0.clock.now()), head))
    }

    async fn follow(&self) {
        loop {
            self.0.news.some.notified().await;
            let mut is_news = true;
            loop {
                let mut known = self.0.known.lock().await;
                if !known.keep(self.0.bus.dashboards(), is_news) {
                    break;
                }
                let now = self.0.clock.now();
                if let Err(error) = self.look_where_due(&mut known, now).await {
                    tracing::warn!(%error, "the dashboard can't be read for now");
                    drop(known);
                    self.0.clock.until(self.0.clock.elapsed() + RETRY).await;
                    continue;
                }
                // After the moment that was looked at: it may be long ago by now.
                let (due, stuck) = (known.next_due(), known.next_stuck(now));
                drop(known);
                is_news = self.wait(due, stuck).await;
            }
        }
    }

    /// Looks at each dashboard that is worth it by now.
    async fn look_where_due(&self, known: &mut Known, now: Time) -> Result<(), ReadError> {
        let elapsed = self.0.clock.elapsed();
        let due = known.views.iter().filter(|(_, view)| view.due.is_some_and(|due| due <= elapsed));
        for seen in due.map(|(seen, _)| seen.clone()).collect::<Vec<_>>() {
            let look = self.look(known, &seen, now).await?;
            if let Some(view) = known.views.get_mut(&seen) {
                let shown_at = view.shown.as_ref().map_or(elapsed, |shown| shown.at);
                view.due = if let Look::Early = look { Some(shown_at + SLOW_STEP) } else { None };
            }
        }
        Ok(())
    }

    /// Until there is news, a dashboard is due, or an attempt becomes stuck; whether there may be something new.
    async fn wait(&self, due: Option<Duration>, stuck: Option<Time>) -> bool {
        let clock = &self.0.clock;
        let until = |at: Option<Duration>| async move {
            match at {
                Some(at) => clock.until(at).await,
                None => std::future::pending().await,
            }
        };
        let stuck = stuck.map(|stuck| u64::try_from(stuck.millis() - clock.now().millis()).unwrap_or(0));
        tokio::select! {
            () = until(due) => false,
            () = until(stuck.map(|left| clock.elapsed() + Duration::from_millis(left))) => true,
            () = self.0.news.some.notified() => true,
        }
    }

    /// Reads what is different and tells the streams if it shows.
    async fn look(&self, known: &mut Known, seen: &Boards, now: Time) -> Result<Look, ReadError> {
        let at = self.0.clock.elapsed();
        let document = self.read(known).await?.overview(seen, &Range::preset(PRESET, now), now);
        let known = known.views.entry(seen.clone()).or_default();
        let published = document.metrics.by_key.get(EVENTS).map_or(0.0, |series| series.total);
        let essence = essence(&document);
        let before = known.shown.as_ref();
        let look = match before.filter(|shown| shown.essence == essence) {
            Some(shown) if shown.published.total_cmp(&published).is_eq() => Look::Same,
            Some(shown) if at < shown.at + SLOW_STEP => Look::Early,
            _ => Look::Told,
        };
        let before = before.map_or(0, |shown| shown.version);
        let version = if matches!(look, Look::Told) { before + 1 } else { before };
        let frame = frame::message(&SseMsg::DashboardOverview(Box::new(document)));
        let overview = Overview { version, frame };
        if let Look::Told = look {
            known.shown = Some(Shown { version, at, essence, published });
        }
        self.0.bus.show(seen, overview.clone());
        known.latest = Some((at, overview));
        Ok(look)
    }

    /// What is known of all boards now: only what was touched is read again.
    async fn read<'a>(&self, known: &'a mut Known) -> Result<&'a Material, ReadError> {
        let touched = std::mem::take(&mut *self.0.news.touched.lock().expect("nobody panics with the news"));
        let before = known.material.clone();
        let asked = touched.clone();
        match self.0.store.read(move |log| Material::read(log, before, &asked)).await {
            Ok(material) => Ok(known.material.insert(material)),
            Err(error) => {
                self.0.news.touched.lock().expect("nobody panics with the news").extend(touched);
                Err(error)
            }
        }
    }
}

/// The series that moves with every event.
const EVENTS: &str = "events.published";

/// The document without what time alone changes, and without the number of events.
fn essence(document: &DashboardOverview) -> DashboardOverview {
    let mut document = document.clone();
    document.generated_at = Time::from_millis(0);
    document.time_range.from = None;
    document.time_range.to = Time::from_millis(0);
    document.metrics.by_key.remove(EVENTS);
    for series in document.metrics.by_key.values_mut() {
        // As time goes on, buckets leave at one end and come at the other.
        series.points.retain(|point| point.value != 0.0);
    }
    document.active_attempts.iter_mut().for_each(|attempt| attempt.elapsed_seconds = 0);
    document.inbox_items.stuck.iter_mut().for_each(|item| item.stuck_for_seconds = None);
    document
}

impl Known {
    /// Only the dashboards of `open` are kept; with news, all of them are worth a look once their time has come. Whether
    /// there is any.
    fn keep(&mut self, open: Vec<Boards>, is_news: bool) -> bool {
        self.views.retain(|seen, _| open.contains(seen));
        for seen in open {
            let view = self.views.entry(seen).or_default();
            if is_news || view.shown.is_none() {
                let earliest = view.shown.as_ref().map_or(Duration::ZERO, |shown| shown.at + STEP);
                view.due = Some(earliest);
            }
        }
        !self.views.is_empty()
    }

    fn next_due(&self) -> Option<Duration> {
        self.views.values().filter_map(|view| view.due).min()
    }

    fn next_stuck(&self, now: Time) -> Option<Time> {
        let boards: Vec<Arc<BoardSummary>> =
            self.material.iter().flat_map(|known| known.boards.values().cloned()).collect();
        next_stuck(&boards, now)
    }
}

impl Material {
    fn read(log: &Read<'_>, before: Option<Self>, touched: &HashSet<BoardId>) -> Result<Self, ReadError> {
        let first = before.is_none();
        let mut material = before.unwrap_or_default();
        material.order = log.board_ids()?;
        material.common = log.hours(None)?;
        material.agents = log.agent_names()?;
        for board in touched.iter().filter(|board| !material.order.contains(board)) {
            material.boards.remove(board);
        }
        let order = std::mem::take(&mut material.order);
        for board in order.iter().filter(|board| first || touched.contains(*board)) {
            if let Some(summary) = log.board_summary(board)? {
                material.boards.insert(board.clone(), Arc::new(summary));
            }
        }
        material.order = order;
        Ok(material)
    }

    fn overview(&self, seen: &Boards, range: &Range, now: Time) -> DashboardOverview {
        let ids = self.order.iter().filter(|id| seen.hold(id));
        let boards: Vec<Arc<BoardSummary>> = ids.filter_map(|id| self.boards.get(id).cloned()).collect();
        overview(&boards, &self.common, &self.agents, range, now)
    }
}

impl Subscriber for News {
    fn committed(&self, commit: &Commit) {
        if commit.facts.is_empty() && commit.touched.is_empty() && commit.deleted.is_empty() {
            return;
        }
        let mut touched = self.touched.lock().expect("nobody panics with the news");
        touched.extend(commit.touched.iter().chain(&commit.deleted).cloned());
        drop(touched);
        self.some.notify_one();
    }
}
