/** One stream as it is read: hello, the opening, then events, each of them once. */
import type { BoardId, Bye, Hello, SseMsg } from '@boardcast/shared'
import type { EventSourceMessage } from 'eventsource-parser'
import { boardOf, parseCursor, parseMessage } from './messages.ts'
import type { Place } from './place.ts'
import type { Told } from './reduce.ts'

export interface Listener {
  readonly began: (hello: Hello) => void
  /** Hello and the opening are complete. */
  readonly opened: (hello: Hello) => void
  /** What wasn't known before. */
  readonly told: (boardId: BoardId | null, told: Told) => void
  readonly bye: (bye: Bye) => void
}

export class Reading {
  /** `null` until it has come. */
  hello: Hello | null = null
  #isOpened = false
  readonly #place: Place
  readonly #now: () => number
  readonly #listener: Listener

  constructor(place: Place, now: () => number, listener: Listener) {
    this.#place = place
    this.#now = now
    this.#listener = listener
  }

  /** @throws SyntaxError when the frame isn't by the protocol */
  frame(frame: EventSourceMessage): void {
    const msg = parseMessage(frame.event ?? 'message', frame.data)
    if (msg === null) return
    if (msg.event === 'hello') return this.#begin(msg.data)
    if (this.hello === null) throw new SyntaxError('the first event was not hello')
    if (msg.event === 'bye') return this.#listener.bye(msg.data)
    if (msg.event !== 'heartbeat') this.#event(msg, frame.id, this.hello)
  }

  #begin(hello: Hello): void {
    if (this.hello !== null) throw new SyntaxError('hello came twice')
    this.hello = hello
    this.#place.begin(hello.epoch, hello.replay === 'tail')
    this.#listener.began(hello)
    // The end of a fresh opening is the frame with the id; without boards there may be none.
    if (hello.replay === 'tail' || hello.boards.length === 0) this.#open(hello)
  }

  #open(hello: Hello): void {
    this.#isOpened = true
    this.#listener.opened(hello)
  }

  #event(msg: SseMsg, id: string | undefined, hello: Hello): void {
    const position = parseCursor(id)
    const boardId = boardOf(msg)
    const told = { seq: position?.seq ?? hello.headSeq, at: new Date(this.#now()).toISOString(), msg }
    if (id === undefined || position === null) return this.#listener.told(boardId, told)
    if (!this.#place.belongs(position)) throw new SyntaxError('an id of another log')
    const isOpening = !this.#isOpened
    if (isOpening || !this.#place.knows(boardId, position.seq)) this.#listener.told(boardId, told)
    // The opening's last frame carries the id of the whole opening, of all its boards.
    if (isOpening) for (const board of hello.boards) this.#place.see(board, id, position.seq)
    this.#place.see(boardId, id, position.seq)
    if (isOpening) this.#open(hello)
  }
}
