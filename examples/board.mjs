#!/usr/bin/env node
/**
 * Follows a Boardcast board and reports to it, with Node 20 alone.
 *
 *   board.mjs follow BOARD [CURSOR]        prints a line an event, from now on or from after CURSOR
 *   board.mjs report BOARD TITLE < lines   makes a card and an attempt at it, to whose log the lines go
 *
 * The server is BOARDCAST_URL (http://127.0.0.1:4400), the token, if it wants one, BOARDCAST_TOKEN. In TypeScript, a page
 * or React rather take the client library: it keeps the board for you and shares one connection.
 */
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const base = `${(process.env.BOARDCAST_URL ?? 'http://127.0.0.1:4400').replace(/\/+$/, '')}/api/v1`
const token = process.env.BOARDCAST_TOKEN
/** Before the next try; the last one again and again. */
const delaysMs = [1500, 3000, 6000, 12_000]
/** Without a byte, two heartbeats and a half: the connection is dead. */
const silenceMs = 40_000
/** After this a stream counts as one that worked. */
const steadyMs = 5000

/** Trying again would not help. */
class Refused extends Error {}

/** It may work in a while; the server may have said when. */
class Later extends Error {
  constructor(why, ms) {
    super(why)
    this.ms = ms
  }
}

const sayLater = (error) =>
  error instanceof Refused || error instanceof Later ? error : new Later(`no answer: ${error}`)

/** How long to wait: what the server said, within reason, or else longer with each try. */
const delayMs = (tries, ms) => (ms === undefined ? delaysMs[Math.min(tries, 3)] : Math.min(Math.max(ms, 500), 12_000))

/** The answer to a GET, or to a POST when there is a body; still to be read. */
const ask = async (path, { body, headers, signal }) => {
  const authorization = token ? { authorization: `Bearer ${token}` } : {}
  const method = body === undefined ? 'GET' : 'POST'
  const response = await fetch(base + path, { method, body, headers: { ...authorization, ...headers }, signal })
  if (response.ok) return response
  const text = await response.text()
  if (response.status !== 429 && response.status < 500) throw new Refused(`${response.status}: ${text}`)
  const after = response.headers.get('retry-after')
  throw new Later(`the server answers ${response.status}`, after === null ? undefined : Number(after) * 1000)
}

/** The complete lines of a body; `alive` is called whenever bytes came. */
async function* lines(body, alive) {
  let rest = ''
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    alive()
    const complete = (rest + text).split('\n')
    rest = complete.pop()
    yield* complete
  }
}

/** The frames of one connection as { id?, event, data }, until it ends. What was cut is none. */
async function* frames(board, cursor) {
  const dead = new AbortController()
  const timer = setTimeout(() => dead.abort(new Error('the connection is silent')), silenceMs)
  try {
    const headers = cursor === undefined ? {} : { 'last-event-id': cursor }
    const response = await ask(`/sse?boardId=${encodeURIComponent(board)}`, { headers, signal: dead.signal })
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) throw new Refused('this is no stream')
    let frame = {}
    for await (const line of lines(response.body, () => timer.refresh())) {
      const [, field, value] = /^(\w+): (.*)$/.exec(line) ?? []
      if (field !== undefined) frame[field] = field === 'data' ? JSON.parse(value) : value
      else if (frame.data !== undefined) yield frame
      if (field === undefined) frame = {}
    }
  } finally {
    clearTimeout(timer)
    dead.abort()
  }
}

/**
 * The board's events as { cursor, event, data }, each once and in order, over any number of connections.
 *
 * After a `hello` whose `replay` isn't `tail`, forget what you know: the board as it is now follows.
 */
async function* follow(board, cursor) {
  for (let tries = 0; ; tries++) {
    const opened = performance.now()
    let why = new Later('the stream ended')
    try {
      for await (const { id, event, data } of frames(board, cursor)) {
        if (event === 'hello' && data.replay === 'reset') cursor = undefined
        if (event === 'bye' && data.reason !== 'shutdown') throw new Refused(data.reason)
        // The cursor moves before the event is handed out: whoever stops here knows where to go on.
        cursor = id ?? cursor
        yield { cursor, event, data }
        if (event === 'bye') throw new Later('the server shuts down', data.retryMs)
      }
    } catch (error) {
      why = sayLater(error)
    }
    if (why instanceof Refused) throw why
    if (performance.now() - opened >= steadyMs) tries = 0
    const ms = delayMs(tries, why.ms)
    process.stderr.write(`${why.message}; again in ${ms} ms\n`)
    await sleep(ms)
  }
}

/** The answer to a POST. It may be repeated: the key, or the event's source and id, let it take effect once. */
const send = async (path, value, headers) => {
  for (let tries = 0; tries < 8; tries++) {
    try {
      const signal = AbortSignal.timeout(silenceMs)
      return await (await ask(path, { body: JSON.stringify(value), headers, signal })).json()
    } catch (error) {
      const why = sayLater(error)
      if (why instanceof Refused) throw why
      process.stderr.write(`${why.message}; again\n`)
      await sleep(delayMs(tries, why.ms))
    }
  }
  throw new Refused("it didn't work for a minute")
}

/** Reports one attempt: queued, running, a line of its log for each line of `input`, succeeded. */
const report = async (board, title, input) => {
  const key = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
  const card = await send(`/boards/${encodeURIComponent(board)}/cards`, { title }, key)
  const attemptId = `node-${randomUUID()}`
  const whose = { boardId: board, attemptId }
  const who = { ...whose, cardId: card.id, agent: 'board-mjs' }
  const tell = (type, data) => {
    const event = { specversion: '1.0', source: 'board.mjs', id: randomUUID(), type, data }
    return send('/events', event, { 'content-type': 'application/cloudevents+json' })
  }
  await tell('attempt.queued', who)
  await tell('attempt.started', { ...who, branchName: '', baseBranch: '' })
  await tell('attempt.status.changed', { ...who, status: 'running' })
  for await (const message of createInterface({ input }))
    await tell('attempt.log.appended', { ...whose, level: 'info', message })
  await tell('attempt.status.changed', { ...who, status: 'succeeded' })
  return attemptId
}

/** An event as a line. */
const inWords = (event, { boardId, ...data }) => {
  if (event === 'attempt_log') return data.message
  if (event === 'attempt_status') return `${data.attemptId} ${data.status}`
  if (event === 'hello') return data.replay
  if (event !== 'state') return JSON.stringify(data)
  const columns = data.columnOrder.map((id) => data.columns[id])
  return columns.map((column) => `${column.title} ${column.cardIds.length}`).join(', ')
}

const [command, board, argument] = process.argv.slice(2)
try {
  if (command === 'follow' && board !== undefined) {
    for await (const { cursor, event, data } of follow(board, argument)) {
      if (event !== 'heartbeat') process.stdout.write(`${cursor ?? '-'} ${event} ${inWords(event, data)}\n`)
    }
  } else if (command === 'report' && argument !== undefined) {
    const attempt = await report(board, argument, process.stdin)
    process.stdout.write(`${attempt}\n`)
  } else {
    throw new Refused('follow BOARD [CURSOR], or report BOARD TITLE < lines')
  }
} catch (error) {
  process.stderr.write(`board.mjs: ${error.message}\n`)
  process.exitCode = 1
}
