//! All boards at one look, kept current for those who look.
//!
//! What is known of each board is read again only when something about it is different. A new overview goes out at most
//! each quarter of a second, always one after the last change, and only to streams that carry the dashboard.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boardcast_shared::{BoardId, DashboardOverview, SseMsg, Time, TimeRangePreset};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::domain::dashboard::{AgentNames, BoardSummary, Hour, Range, next_stuck, overview};
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
    shown: Option<Shown>,
    // When it was and what it gave, for streams that open.
    latest: Option<(Duration, Overview)>,
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

    /// What is shown is no older than a quarter of a second from now on.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn refresh(&self) -> Result<(), ReadError> {
        let mut known = self.0.known.lock().await;
        if known.latest.as_ref().is_none_or(|(at, _)| self.0.clock.elapsed() >= *at + STEP) {
            self.look(&mut known, self.0.clock.now()).await?;
        }
        if let Some((_, overview)) = &known.latest {
            self.0.bus.install_dashboard(overview.clone());
        }
        // Its stream must not miss what comes between.
        self.0.news.some.notify_one();
        Ok(())
    }

    /// An overview of any range.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn of(&self, range: Range) -> Result<(DashboardOverview, u64), ReadError> {
        let mut known = self.0.known.lock().await;
        let head = self.0.store.head();
        let material = self.read(&mut known).await?;
        Ok((material.overview(&range, self.0.clock.now()), head))
    }

    async fn follow(&self) {
        loop {
            self.0.news.some.notified().await;
            let mut early = false;
            while self.0.bus.shows_dashboard() {
                let mut known = self.0.known.lock().await;
                let earliest = known.shown.as_ref().map(|shown| shown.at + if early { SLOW_STEP } else { STEP });
                let wake = earliest.filter(|earliest| *earliest > self.0.clock.elapsed());
                if let Some(earliest) = wake {
                    drop(known);
                    tokio::select! {
                        () = self.0.clock.until(earliest) => {}
                        // More came: it may be worth telling sooner.
                        () = self.0.news.some.notified(), if early => early = false,
                    }
                    continue;
                }
                let now = self.0.clock.now();
                early = match self.look(&mut known, now).await {
                    Ok(Look::Early) => true,
                    Ok(Look::Same | Look::Told) => false,
                    Err(error) => {
                        tracing::warn!(%error, "the dashboard can't be read for now");
                        drop(known);
                        self.0.clock.until(self.0.clock.elapsed() + RETRY).await;
                        continue;
                    }
                };
                if early {
                    continue;
                }
                // After the moment that was looked at: it may be long ago by now.
                let stuck = known.next_stuck(now);
                drop(known);
                self.wait(stuck).await;
            }
        }
    }

    /// Until there is news, or an attempt becomes stuck.
    async fn wait(&self, stuck: Option<Time>) {
        let Some(stuck) = stuck else { return self.0.news.some.notified().await };
        let left = u64::try_from(stuck.millis() - self.0.clock.now().millis()).unwrap_or(0);
        tokio::select! {
            () = self.0.clock.until(self.0.clock.elapsed() + Duration::from_millis(left)) => {}
            () = self.0.news.some.notified() => {}
        }
    }

    /// Reads what is different and tells the streams if it shows.
    async fn look(&self, known: &mut Known, now: Time) -> Result<Look, ReadError> {
        let at = self.0.clock.elapsed();
        let document = self.read(known).await?.overview(&Range::preset(PRESET, now), now);
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
        self.0.bus.show(overview.clone());
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

    fn overview(&self, range: &Range, now: Time) -> DashboardOverview {
        let boards: Vec<Arc<BoardSummary>> = self.order.iter().filter_map(|id| self.boards.get(id).cloned()).collect();
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
