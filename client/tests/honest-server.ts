/** A server by the protocol over a test's world: what it says is right, when it says it is the test's to choose. */
import { boardState, card, hello } from './scene.ts'
import { type Asked, frame, type World } from './world.ts'

interface Entry {
  readonly seq: number
  readonly boardId: string
  readonly event: string
  readonly data: object
}

interface Connection {
  readonly asked: Asked
  readonly boards: readonly string[]
  /** Written, not yet on the way. */
  queue: string
}

type State = ReturnType<typeof boardState>

export class HonestServer {
  readonly #world: World
  readonly #states = new Map<string, State>()
  /** Every state that a board ever had. */
  readonly past = new Map<string, State>()
  readonly log: Entry[] = []
  /** Up to where boards were shown as a whole, `<board> <seq>`: who saw that is owed all that came after. */
  readonly shown: { readonly boardId: string; readonly seq: number }[] = []
  #epoch = 1
  #seq = 0
  #horizon = 0
  #answered = 0
  connections: Connection[] = []

  constructor(world: World, boards: readonly string[]) {
    this.#world = world
    for (const boardId of boards) this.#remember(boardState(boardId, this.#next(), []))
  }

  #next(): number {
    this.#seq += 1
    return this.#seq
  }

  #remember(state: State): void {
    this.#states.set(state.boardId, state)
    this.past.set(`${state.boardId} ${state.seq}`, structuredClone(state))
  }

  #cursor(seq = this.#seq): string {
    return `e${this.#epoch}-${seq}`
  }

  #append(entry: Entry): void {
    this.log.push(entry)
    for (const each of this.connections) if (each.boards.includes(entry.boardId)) each.queue += this.#frameOf(entry)
  }

  #frameOf({ event, data, seq }: Entry): string {
    return frame(event, data, this.#cursor(seq))
  }

  state(boardId: string): State {
    const state = this.#states.get(boardId)
    if (state === undefined) throw new Error(`no board ${boardId}`)
    return state
  }

  /** A card is added. */
  change(boardId: string): void {
    const before = this.state(boardId)
    const seq = this.#next()
    const id = `card${seq}`
    const todo = { ...before.columns.todo, cardIds: [id, ...before.columns.todo.cardIds] }
    const state = { ...before, seq, cards: { ...before.cards, [id]: card(id) }, columns: { ...before.columns, todo } }
    this.#remember(state)
    const patch = [
      { op: 'add', path: `/cards/${id}`, value: card(id) },
      { op: 'add', path: '/columns/todo/cardIds/0', value: id },
      { op: 'replace', path: '/seq', value: seq },
    ]
    this.#append({ seq, boardId, event: 'state_patch', data: { boardId, seq, baseSeq: before.seq, patch } })
  }

  /** An attempt says something. */
  say(boardId: string): void {
    const seq = this.#next()
    const data = { boardId, attemptId: 'a', level: 'info', message: `${seq}`, ts: '2026-01-01T00:00:01.000Z' }
    this.#append({ seq, boardId, event: 'attempt_log', data })
  }

  /** What was said so far is trimmed. */
  trim(): void {
    this.#horizon = this.#seq
  }

  /** The log is another one from now on; whoever listens is cut. */
  async restore(): Promise<void> {
    await this.cut('end')
    this.#epoch += 1
    this.trim()
  }

  #show(boardId: string): State {
    this.shown.push({ boardId, seq: this.#seq })
    return this.state(boardId)
  }

  has(boardId: string): boolean {
    return this.#states.has(boardId)
  }

  /** The board is deleted: its streams are told, and end. */
  async remove(boardId: string): Promise<void> {
    this.#next()
    this.#states.delete(boardId)
    await this.#leave((each) => each.boards.includes(boardId), { reason: 'board_deleted', boardId, retryMs: null })
  }

  async shutDown(): Promise<void> {
    await this.#leave(() => true, { reason: 'shutdown', boardId: null, retryMs: 700 })
  }

  async #leave(whom: (connection: Connection) => boolean, bye: object): Promise<void> {
    for (const each of this.connections.filter(whom)) {
      if (each.asked.isLetGo()) continue
      await each.asked.send(each.queue + frame('bye', bye))
      if (!each.asked.isLetGo()) await each.asked.end()
    }
    this.connections = this.connections.filter(({ asked }) => !asked.isLetGo())
  }

  /** The oldest request that has no answer yet. */
  #waiting(): Asked | undefined {
    while (this.#world.asked[this.#answered]?.isLetGo()) this.#answered += 1
    return this.#world.asked[this.#answered]
  }

  get isAsked(): boolean {
    return this.#waiting() !== undefined
  }

  async refuse(status: number): Promise<void> {
    const asked = this.#waiting()
    this.#answered += asked === undefined ? 0 : 1
    await asked?.answer(status, {}, { 'retry-after': '2' })
  }

  async fail(): Promise<void> {
    const asked = this.#waiting()
    this.#answered += asked === undefined ? 0 : 1
    await asked?.fail()
  }

  async answer(): Promise<void> {
    const asked = this.#waiting()
    if (asked === undefined) return
    this.#answered += 1
    const [, boardId = '', what = ''] = /boards\/(\w+)\/(\w+)/.exec(asked.url.pathname) ?? []
    const unknown = [boardId, ...asked.url.searchParams.getAll('boardId')].find((id) => id !== '' && !this.has(id))
    if (unknown !== undefined) await asked.answer(404, { code: 'not_found', boardId: unknown })
    else if (asked.url.pathname.endsWith('/sse')) await this.#stream(asked)
    else if (what === 'state') await asked.answer(200, this.#show(boardId), { 'x-event-id': this.#cursor() })
    else await asked.answer(200, { attempts: [] }, { 'x-event-id': this.#cursor() })
  }

  async #stream(asked: Asked): Promise<void> {
    const boards = asked.url.searchParams.getAll('boardId')
    await asked.open()
    this.connections.push({ asked, boards, queue: this.#opening(boards, asked.url.searchParams.get('lastEventId')) })
  }

  #opening(boards: string[], cursor: string | null): string {
    const [epoch, seq] = cursor?.split('-') ?? []
    const isServed = epoch === `e${this.#epoch}` && Number(seq) >= this.#horizon
    const replay = cursor === null ? 'none' : isServed ? 'tail' : 'reset'
    const first = hello(boards, this.#seq, replay, { epoch: `e${this.#epoch}` })
    if (!isServed) {
      const last = boards.length - 1
      return (
        first +
        boards.map((id, at) => frame('state', this.#show(id), at === last ? this.#cursor() : undefined)).join('')
      )
    }
    const tail = this.log.filter((entry) => entry.seq > Number(seq) && boards.includes(entry.boardId))
    return first + tail.map((entry) => this.#frameOf(entry)).join('')
  }

  /** A part of what was written arrives. */
  async deliver(part: number): Promise<void> {
    this.connections = this.connections.filter(({ asked }) => !asked.isLetGo())
    for (const each of this.connections) {
      const length = Math.ceil(each.queue.length * part)
      const text = each.queue.slice(0, length)
      each.queue = each.queue.slice(length)
      await each.asked.send(text)
    }
  }

  async cut(how: 'end' | 'fail'): Promise<void> {
    for (const { asked } of this.connections.splice(0)) if (!asked.isLetGo()) await asked[how]()
  }
}
