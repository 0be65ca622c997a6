/** Whatever happens in whatever order, on the whole client: never a wrong board, never a gap, never two streams. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Boardcast, createBoardcast } from '../src/lib/index.ts'
import { HonestServer } from './honest-server.ts'
import { World } from './world.ts'

const BOARDS = ['b', 'c'] as const
const PASSED_MS = [16, 260, 1_500, 12_000, 40_000]

class Scene {
  readonly world = new World()
  readonly server = new HonestServer(this.world, BOARDS)
  readonly client: Boardcast = createBoardcast({ environment: this.world.environment, jitter: false })
  readonly #stops = new Map<string, () => void>()
  #wasLive = false

  follow(boardId: string): void {
    if (!this.#stops.has(boardId))
      this.#stops.set(
        boardId,
        this.client.board(boardId).subscribe(() => {}),
      )
  }

  leave(boardId: string): void {
    this.#stops.get(boardId)?.()
    this.#stops.delete(boardId)
  }

  checkConnection(): void {
    const { status, staleSince, retryAt, reason } = this.client.connection().snapshot()
    const held = this.world.held.length
    expect(held).toBeLessThanOrEqual(1)
    if (status === 'idle') this.#wasLive = false
    if (status === 'live') this.#wasLive = true
    if (status === 'live' || status === 'connecting') expect(held).toBe(1)
    if (status === 'idle' || status === 'failed') expect(held).toBe(0)
    if (status === 'reconnecting') expect(held === 0).toBe(retryAt !== null)
    if (status === 'reconnecting' || status === 'failed') expect(reason).not.toBeNull()
    if (status === 'live' || status === 'idle') expect(staleSince).toBeNull()
    else if (this.#wasLive) expect(staleSince).not.toBeNull()
    if (retryAt !== null) expect(retryAt - this.world.now).toBeLessThanOrEqual(12_000)
  }

  /** What a view may hold that has heard of everything up to `last`: all lines since one of the moments that it was shown. */
  owed(boardId: string, last: number): number[][] {
    const said = this.server.log.filter((entry) => entry.boardId === boardId && entry.event === 'attempt_log')
    return this.server.shown
      .filter((shown) => shown.boardId === boardId)
      .map((shown) => said.map(({ seq }) => seq).filter((seq) => seq > shown.seq && seq <= last))
  }

  checkBoards(): void {
    for (const boardId of BOARDS) {
      const view = this.client.board(boardId).snapshot()
      if (view.state !== null) expect(view.state).toEqual(this.server.past.get(`${boardId} ${view.state.seq}`))
      const lines = view.attempts.a?.lines.map(({ seq }) => seq) ?? []
      if (lines.length > 0) expect(this.owed(boardId, lines.at(-1) ?? 0)).toContainEqual(lines)
    }
  }

  /** Whoever asked is answered, and everything arrives. */
  async goWell(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      while (this.server.isAsked) await this.server.answer()
      await this.server.deliver(1)
      await this.world.pass(20)
    }
  }

  /** The server is well, and the user asks for it. */
  async recover(): Promise<void> {
    for (const boardId of BOARDS) this.follow(boardId)
    await this.world.pass(300)
    if (this.client.connection().snapshot().status !== 'live') this.client.reconnect()
    for (let round = 0; round < 10; round += 1) {
      await this.goWell()
      await this.world.pass(1_500)
    }
  }
}

/** The first board is never deleted. */
const existing = (server: HonestServer, n: number): string => (server.has(boardOf(n)) ? boardOf(n) : 'b')

type Step = (scene: Scene, n: number) => unknown

const boardOf = (n: number): string => BOARDS[n % BOARDS.length] ?? 'b'

const STEPS: Readonly<Record<string, Step>> = {
  change: ({ server }, n) => server.change(existing(server, n)),
  say: ({ server }, n) => server.say(existing(server, n)),
  answer: ({ server }) => server.answer(),
  deliver: ({ server }) => server.deliver(1),
  goWell: (scene) => scene.goWell(),
  /** Much happens between the two reads with which a board is joined. */
  betweenReads: async ({ server, world }, n) => {
    await world.pass(0)
    await server.answer()
    for (const boardId of BOARDS) if (server.has(boardId)) server.say(boardId)
    if (n % 2 === 0) await server.deliver(1)
    if (n % 3 === 0) server.change('b')
    await server.answer()
  },
  deliverPart: ({ server }, n) => server.deliver(n / 10),
  refuse: ({ server }, n) => server.refuse([500, 503, 429][n % 3] ?? 500),
  fail: ({ server }) => server.fail(),
  end: ({ server }) => server.cut('end'),
  break: ({ server }) => server.cut('fail'),
  shutDown: ({ server }) => server.shutDown(),
  remove: ({ server }) => server.remove('c'),
  trim: ({ server }) => server.trim(),
  restore: ({ server }) => server.restore(),
  pass: ({ world }, n) => world.pass(PASSED_MS[n % PASSED_MS.length] ?? 16),
  online: ({ world }) => world.signal('online'),
  visible: ({ world }) => world.signal('visible'),
  hide: ({ world }, n) => {
    world.isVisible = n % 2 === 0
  },
  reconnect: ({ client }) => client.reconnect(),
  follow: (scene, n) => scene.follow(boardOf(n)),
  leave: (scene, n) => scene.leave(boardOf(n)),
}

/** What makes a story go on comes more often than what breaks it. */
const USUAL = [
  'betweenReads',
  'betweenReads',
  'goWell',
  'goWell',
  'goWell',
  'change',
  'say',
  'answer',
  'answer',
  'deliver',
  'deliver',
  'deliverPart',
  'pass',
  'pass',
  'follow',
  'leave',
]

const step = fc.tuple(
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...USUAL) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.keys(STEPS)) },
  ),
  fc.nat(9),
)

test('every story ends with the right boards', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      const scene = new Scene()
      scene.follow('b')
      await scene.world.pass(0)
      for (const [name, n] of steps) {
        await STEPS[name]?.(scene, n)
        await scene.world.pass(0)
        scene.checkConnection()
        scene.checkBoards()
      }
      await scene.recover()
      expect(scene.client.connection().snapshot()).toMatchObject({ status: 'live', staleSince: null })
      scene.checkBoards()
      for (const boardId of BOARDS) {
        const { state, ended } = scene.client.board(boardId).snapshot()
        expect(ended === null).toBe(scene.server.has(boardId))
        if (ended === null) expect(state).toEqual(scene.server.state(boardId))
      }
      for (const boardId of BOARDS) scene.leave(boardId)
      await scene.world.pass(300)
      expect([scene.world.held.length, scene.world.listeners]).toEqual([0, 0])
    }),
    { numRuns: 200 },
  )
}, 60_000)
