use boardcast::agents::{Agent, AnswerError, Ask, Launch, Program, Told, TurnEnd, Wishes};
use boardcast::clock::Clock;
use boardcast_shared::{AgentProtocol, AttemptId, ConversationItem, LogLevel};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// A folder for one agent. When it is dropped no process of the agent may be left.
pub struct Scene {
    pub dir: TempDir,
    pub attempt: AttemptId,
    pub clock: Clock,
}

impl Scene {
    pub fn new() -> Self {
        Self::by(Clock::system())
    }

    /// With a clock that stands still.
    pub fn timeless() -> Self {
        Self::by(Clock::manual())
    }

    fn by(clock: Clock) -> Self {
        Self { dir: tempfile::tempdir().expect("a folder"), attempt: AttemptId::random(), clock }
    }

    pub fn launch(&self, protocol: AgentProtocol, command: &str, args: &[&str]) -> Launch {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Launch {
            program: Program { protocol, command: command.to_owned(), args, env: Vec::new() },
            cwd: self.dir.path().canonicalize().expect("a folder"),
            env: vec![("BOARDCAST_ATTEMPT_ID".into(), self.attempt.to_string())],
            session: None,
            wishes: Wishes::default(),
        }
    }

    /// A plain command, written for the shell.
    pub fn command(&self, script: &str) -> Launch {
        self.launch(AgentProtocol::Command, "sh", &["-c", script])
    }

    /// An ACP agent, written for the shell: `hear` reads a line into `$line`, `say` writes one.
    pub fn acp(&self, script: &str) -> Launch {
        let script = format!("hear() {{ read -r line; }}\nsay() {{ printf '%s\\n' \"$1\"; }}\n{script}");
        self.launch(AgentProtocol::Acp, "sh", &["-c", &script])
    }

    /// The same with an open session, where the prompt has been heard and its id is 3.
    pub fn prompted(&self, script: &str) -> Launch {
        self.acp(&format!("{OPENING}\nhear\n{script}"))
    }

    pub fn demo(&self) -> Launch {
        self.launch(AgentProtocol::Acp, env!("CARGO_BIN_EXE_boardcast"), &["agent"])
    }

    pub async fn start(&self, launch: Launch) -> Result<Running, String> {
        let (told, heard) = mpsc::channel(8);
        let (asks, asked) = mpsc::channel(8);
        let mut hearing = Hearing { heard, all: Vec::new() };
        let start = Agent::start_by(self.clock.clone(), launch, told);
        let agent = hearing.during(start).await?;
        Ok(Running { agent: Some((agent, asked)), asks, hearing })
    }

    /// Starts an agent and gives it one turn.
    pub async fn play(&self, launch: Launch, prompt: &str) -> (TurnEnd, Vec<Told>) {
        let mut running = self.start(launch).await.expect("it starts");
        let end = running.turn(prompt).await;
        running.end().await;
        (end, running.hearing.all)
    }

    pub fn is_alive(&self) -> bool {
        let mark = format!("BOARDCAST_ATTEMPT_ID={}", self.attempt);
        let entries = std::fs::read_dir("/proc").expect("a process table").flatten();
        let mut environments = entries.map(|entry| std::fs::read(entry.path().join("environ")).unwrap_or_default());
        environments.any(|environment| environment.split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes()))
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // A killed process takes a moment to vanish.
        for _ in 0..1000 {
            if std::thread::panicking() || !self.is_alive() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("a process is left");
    }
}

/// `initialize` and `session/new`, answered well.
pub const OPENING: &str = r#"hear; say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true}}}'
hear; say '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s-1"}}'"#;

/// An agent, and whoever speaks with it.
pub struct Running {
    agent: Option<(Agent, mpsc::Receiver<Ask>)>,
    pub asks: mpsc::Sender<Ask>,
    pub hearing: Hearing,
}

/// What was told.
pub struct Hearing {
    heard: mpsc::Receiver<Told>,
    pub all: Vec<Told>,
}

impl Hearing {
    /// Listens while something goes on.
    pub async fn during<T>(&mut self, what: impl Future<Output = T>) -> T {
        tokio::pin!(what);
        loop {
            tokio::select! {
                done = &mut what => {
                    while let Ok(told) = self.heard.try_recv() {
                        self.all.push(told);
                    }
                    return done;
                }
                Some(told) = self.heard.recv() => self.all.push(told),
            }
        }
    }

    /// Listens until this is told.
    pub async fn until(&mut self, is_it: impl Fn(&Told) -> bool) {
        if self.all.iter().any(&is_it) {
            return;
        }
        while let Some(told) = self.heard.recv().await {
            self.all.push(told);
            if is_it(&self.all[self.all.len() - 1]) {
                return;
            }
        }
        panic!("it never came; there was {:?}", self.all);
    }

    pub async fn until_line(&mut self, text: &str) {
        self.until(|told| matches!(told, Told::Line { message, .. } if message == text)).await;
    }

    pub fn close(&mut self) {
        self.heard.close();
        while self.heard.try_recv().is_ok() {}
    }
}

/// A turn that goes on while the test does something else.
pub type Turn = JoinHandle<(TurnEnd, Agent, mpsc::Receiver<Ask>)>;

impl Running {
    pub async fn turn(&mut self, prompt: &str) -> TurnEnd {
        let turn = self.begin(prompt);
        self.finish(turn).await
    }

    pub fn begin(&mut self, prompt: &str) -> Turn {
        let (mut agent, mut asked) = self.agent.take().expect("no other turn");
        let prompt = prompt.to_owned();
        tokio::spawn(async move {
            let end = agent.turn(prompt, &mut asked).await;
            (end, agent, asked)
        })
    }

    pub async fn finish(&mut self, turn: Turn) -> TurnEnd {
        let (end, agent, asked) = self.hearing.during(turn).await.expect("no panic");
        self.agent = Some((agent, asked));
        end
    }

    pub async fn ask(&self, ask: Ask) {
        self.asks.send(ask).await.expect("it listens");
    }

    pub async fn answer(&mut self, request_id: &str, option_id: &str) -> Result<(), AnswerError> {
        let (reply, answered) = oneshot::channel();
        self.ask(Ask::Answer { request_id: request_id.into(), option_id: option_id.into(), reply }).await;
        self.hearing.during(answered).await.expect("an answer")
    }

    pub fn agent(&mut self) -> &mut Agent {
        &mut self.agent.as_mut().expect("no turn").0
    }

    pub async fn end(&mut self) {
        if let Some((agent, _)) = self.agent.take() {
            agent.end().await;
        }
    }
}

/// The log, with its levels.
pub fn lines(told: &[Told]) -> Vec<(LogLevel, &str)> {
    told.iter()
        .filter_map(|told| match told {
            Told::Line { level, message } => Some((*level, message.as_str())),
            _ => None,
        })
        .collect()
}

/// Every version of every item.
pub fn versions(told: &[Told]) -> Vec<&ConversationItem> {
    told.iter()
        .filter_map(|told| match told {
            Told::Item(item) => Some(item),
            _ => None,
        })
        .collect()
}

/// The items in their last versions, in the order of their first.
pub fn items(told: &[Told]) -> Vec<&ConversationItem> {
    let mut items: Vec<&ConversationItem> = Vec::new();
    for item in versions(told) {
        match items.iter_mut().find(|known| known.id() == item.id()) {
            Some(known) => *known = item,
            None => items.push(item),
        }
    }
    items
}

/// The id of the group, which is told first.
pub fn group(told: &[Told]) -> i32 {
    match told.first() {
        Some(Told::Group(group)) => *group,
        other => panic!("the group comes first, not {other:?}"),
    }
}
