/** The life of a connection: each state's answer to each event, as a table. A gap doesn't compile. */

export type State =
  /** Nobody wants a stream. */
  | 'idle'
  /** The first try. */
  | 'connecting'
  /** Hello and the opening are complete. */
  | 'live'
  /** Lost; a timer runs until the next try. */
  | 'waiting'
  /** The next try. */
  | 'retrying'
  /** Given up after too many tries; it is looked now and then whether the server is back. */
  | 'failed'
  /** The server doesn't want us: trying again by itself would change nothing. */
  | 'refused'

export type Event =
  /** Somebody wants a stream. */
  | 'wanted'
  /** Nobody does any more. */
  | 'unwanted'
  /** Other boards are wanted. */
  | 'changed'
  /** Hello and the opening are complete. */
  | 'opened'
  /** The stream ended, broke or fell silent, or the try came to nothing. */
  | 'lost'
  /** As `lost`, and no try is left. */
  | 'exhausted'
  /** The server's answer says that trying again is of no use. */
  | 'refused'
  /** The delay is over. */
  | 'due'
  /** The network is back. */
  | 'online'
  /** The page is looked at again. */
  | 'visible'
  /** At that it was found that nothing has been heard for too long. */
  | 'woken'
  /** `/readyz` says that the server is back. */
  | 'ready'
  /** Somebody asked for it. */
  | 'reconnect'

/** What is to be done on the way. */
export type Action =
  | 'nothing'
  /** Opens a stream; one that is open is let go of first. */
  | 'open'
  /** Lets go of the stream and of all timers. */
  | 'close'
  /** Starts the delay. */
  | 'wait'
  /** Looks now and then whether the server is back. */
  | 'probe'
  /** Opens anew if nothing was heard for too long: timers stand still while a computer sleeps. */
  | 'check'

export interface Next {
  readonly to: State
  readonly action: Action
}

const next = (to: State, action: Action = 'nothing'): Next => ({ to, action })

export const TRANSITIONS: Readonly<Record<State, Readonly<Record<Event, Next>>>> = {
  idle: {
    wanted: next('connecting', 'open'),
    unwanted: next('idle'),
    changed: next('idle'),
    opened: next('idle'),
    lost: next('idle'),
    exhausted: next('idle'),
    refused: next('idle'),
    due: next('idle'),
    online: next('idle'),
    visible: next('idle'),
    woken: next('idle'),
    ready: next('idle'),
    reconnect: next('idle'),
  },
  connecting: {
    wanted: next('connecting'),
    unwanted: next('idle', 'close'),
    changed: next('connecting', 'open'),
    opened: next('live'),
    lost: next('waiting', 'wait'),
    exhausted: next('failed', 'probe'),
    refused: next('refused', 'close'),
    due: next('connecting'),
    online: next('connecting', 'open'),
    visible: next('connecting', 'check'),
    woken: next('connecting', 'open'),
    ready: next('connecting'),
    reconnect: next('connecting', 'open'),
  },
  live: {
    wanted: next('live'),
    unwanted: next('idle', 'close'),
    changed: next('connecting', 'open'),
    opened: next('live'),
    lost: next('waiting', 'wait'),
    exhausted: next('failed', 'probe'),
    refused: next('refused', 'close'),
    due: next('live'),
    // Another network: the old connection would only be found dead after a long silence.
    online: next('retrying', 'open'),
    visible: next('live', 'check'),
    woken: next('retrying', 'open'),
    ready: next('live'),
    reconnect: next('retrying', 'open'),
  },
  waiting: {
    wanted: next('waiting'),
    unwanted: next('idle', 'close'),
    changed: next('waiting'),
    opened: next('waiting'),
    lost: next('waiting'),
    exhausted: next('failed', 'probe'),
    refused: next('refused', 'close'),
    due: next('retrying', 'open'),
    online: next('retrying', 'open'),
    visible: next('retrying', 'open'),
    woken: next('retrying', 'open'),
    ready: next('retrying', 'open'),
    reconnect: next('retrying', 'open'),
  },
  retrying: {
    wanted: next('retrying'),
    unwanted: next('idle', 'close'),
    changed: next('retrying', 'open'),
    opened: next('live'),
    lost: next('waiting', 'wait'),
    exhausted: next('failed', 'probe'),
    refused: next('refused', 'close'),
    due: next('retrying'),
    online: next('retrying', 'open'),
    visible: next('retrying', 'check'),
    woken: next('retrying', 'open'),
    ready: next('retrying'),
    reconnect: next('retrying', 'open'),
  },
  failed: {
    wanted: next('failed'),
    unwanted: next('idle', 'close'),
    changed: next('failed'),
    opened: next('failed'),
    lost: next('failed'),
    exhausted: next('failed'),
    refused: next('refused', 'close'),
    due: next('failed'),
    online: next('retrying', 'open'),
    visible: next('retrying', 'open'),
    woken: next('retrying', 'open'),
    ready: next('retrying', 'open'),
    reconnect: next('retrying', 'open'),
  },
  refused: {
    wanted: next('refused'),
    unwanted: next('idle', 'close'),
    // What was refused may have been the board that is gone now.
    changed: next('retrying', 'open'),
    opened: next('refused'),
    lost: next('refused'),
    exhausted: next('refused'),
    refused: next('refused'),
    due: next('refused'),
    online: next('retrying', 'open'),
    visible: next('retrying', 'open'),
    woken: next('retrying', 'open'),
    ready: next('refused'),
    reconnect: next('retrying', 'open'),
  },
}

/** The five words for people. */
export const STATUS = {
  idle: 'idle',
  connecting: 'connecting',
  live: 'live',
  waiting: 'reconnecting',
  retrying: 'reconnecting',
  failed: 'failed',
  refused: 'failed',
} as const satisfies Record<State, string>
