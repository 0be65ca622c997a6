use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use boardcast_shared::{
    Attempt, AttemptId, Board, BoardId, BoardState, Card, CardId, Column, ColumnId, ColumnKey, random_token,
};
use hyper::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::client::{Answer, Client, ClientError};

/// The agent that takes the cards up: the one that the program has inside.
const AGENT: &str = "demo";
/// A server that restarts is back long before.
const PATIENCE: Duration = Duration::from_secs(120);

/// The board that is played on.
pub struct DemoBoard {
    client: Client,
    id: BoardId,
}

/// A card to be made.
pub struct NewCard<'a> {
    pub title: &'a str,
    pub description: &'a str,
    pub ticket_type: &'a str,
    pub column: &'a ColumnId,
    pub depends_on: Vec<CardId>,
}

impl DemoBoard {
    /// The board whose repository this is.
    pub async fn find(client: Client, repository: &Path) -> anyhow::Result<Option<Self>> {
        #[derive(Deserialize)]
        struct Boards {
            boards: Vec<Board>,
        }
        let Boards { boards } = ask(&client, Method::GET, "/api/v1/boards", None).await?.json()?;
        let path = repository.to_str();
        let board = boards.into_iter().find(|board| board.repository_path.as_deref() == path);
        Ok(board.map(|board| Self { client, id: board.id }))
    }

    /// The board whose repository this is, or a new one.
    pub async fn find_or_make(client: Client, repository: &Path) -> anyhow::Result<Self> {
        if let Some(board) = Self::find(client.clone(), repository).await? {
            return Ok(board);
        }
        let path = repository.to_str().context("the folder's name isn't UTF-8")?;
        let body = json!({"name": "Demo", "repositoryPath": path, "baseBranch": "main"});
        let board: Board = ask(&client, Method::POST, "/api/v1/boards", Some(&body)).await?.json()?;
        let board = Self { client, id: board.id };
        // A card that somebody drops on In Progress is taken up like the others.
        board.ask::<Board>(Method::PATCH, "", Some(&json!({"defaultAgent": AGENT}))).await?;
        Ok(board)
    }

    /// Its id.
    pub fn id(&self) -> &BoardId {
        &self.id
    }

    /// What is on it.
    pub async fn state(&self) -> Result<BoardState, ClientError> {
        self.ask(Method::GET, "/state", None).await
    }

    pub async fn add(&self, card: NewCard<'_>) -> Result<Card, ClientError> {
        let NewCard { title, description, ticket_type, column, depends_on } = card;
        let body = json!({"title": title, "description": description, "ticketType": ticket_type, "columnId": column,
            "dependsOn": depends_on});
        self.ask(Method::POST, "/cards", Some(&body)).await
    }

    /// Moves a card to the top of a column.
    pub async fn raise(&self, card: &CardId, column: &ColumnId) -> Result<Card, ClientError> {
        let body = json!({"columnId": column, "index": 0});
        self.ask(Method::POST, &format!("/cards/{card}/move"), Some(&body)).await
    }

    pub async fn refine(&self, card: &CardId, description: &str) -> Result<Card, ClientError> {
        let body = json!({"description": description, "isEnhanced": true});
        self.ask(Method::PATCH, &format!("/cards/{card}"), Some(&body)).await
    }

    pub async fn delete(&self, card: &CardId) -> Result<(), ClientError> {
        let path = format!("/api/v1/boards/{}/cards/{card}", self.id);
        ask(&self.client, Method::DELETE, &path, None).await.map(drop)
    }

    /// Has an agent take a card up.
    pub async fn start(&self, card: &CardId, prompt: &str) -> Result<Attempt, ClientError> {
        let body = json!({"agent": AGENT, "prompt": prompt});
        self.ask(Method::POST, &format!("/cards/{card}/attempts"), Some(&body)).await
    }

    /// How an attempt stands.
    pub async fn attempt(&self, id: &AttemptId) -> Result<Attempt, ClientError> {
        ask(&self.client, Method::GET, &format!("/api/v1/attempts/{id}"), None).await?.json()
    }

    /// The newest attempts, newest first.
    pub async fn attempts(&self) -> Result<Vec<Attempt>, ClientError> {
        #[derive(Deserialize)]
        struct Attempts {
            attempts: Vec<Attempt>,
        }
        let Attempts { attempts } = self.ask(Method::GET, "/attempts?limit=200", None).await?;
        Ok(attempts)
    }

    /// Pushes an attempt's branch.
    pub async fn push(&self, attempt: &AttemptId) -> Result<(), ClientError> {
        let path = format!("/api/v1/attempts/{attempt}/push");
        ask(&self.client, Method::POST, &path, Some(&json!({}))).await.map(drop)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, ClientError> {
        ask(&self.client, method, &format!("/api/v1/boards/{}{path}", self.id), body).await?.json()
    }
}

/// One call, repeated while the server restarts. The key makes a repeat harmless.
async fn ask(client: &Client, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, ClientError> {
    let key = random_token();
    let mut headers = Vec::new();
    if method != Method::GET {
        headers.push(("idempotency-key", key.as_str()));
    }
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    let give_up = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(250);
    loop {
        let answer = client.call(method.clone(), path, &headers, body.clone().into()).await.and_then(Answer::ok);
        match answer {
            Err(error) if error.is_passing() && Instant::now() + pause < give_up => {
                tracing::debug!(%error, path, "demo: trying again");
            }
            done => return done,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(4));
    }
}

/// The column with this key.
pub fn column(state: &BoardState, key: ColumnKey) -> Option<&Column> {
    state.columns.values().find(|column| column.key == Some(key))
}
