/** A board as the server tells of it. */
import { type Boardcast, type BoardView, createBoardcast, type Source } from '../src/lib/index.ts'
import { type Asked, frame, World } from './world.ts'

export const EPOCH = 'e1'
export const at = (seq: number, epoch = EPOCH): string => `${epoch}-${seq}`

export const hello = (boards: string[], head: number, replay = 'none', more: object = {}): string =>
  `retry: 1500\n\n${frame('hello', {
    serverTime: '2026-01-01T00:00:00.000Z',
    epoch: EPOCH,
    headSeq: head,
    oldestSeq: 1,
    heartbeatMs: 15_000,
    replay,
    boards,
    dashboard: false,
    ...more,
  })}`

export const boardState = (boardId: string, seq: number, titles: string[] = []) => ({
  boardId,
  seq,
  columns: {
    todo: { id: 'todo', key: 'backlog', title: 'Backlog', cardIds: titles },
    done: { id: 'done', key: 'done', title: 'Done', cardIds: [] },
  },
  columnOrder: ['todo', 'done'],
  cards: Object.fromEntries(titles.map((title) => [title, card(title)])),
})

export const card = (title: string) => ({
  id: title,
  ticketKey: `T-${title}`,
  title,
  description: null,
  ticketType: null,
  isEnhanced: false,
  dependsOn: [],
  prUrl: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
})

/** A patch that adds a card. */
export const added = (boardId: string, baseSeq: number, seq: number, title: string): string =>
  frame(
    'state_patch',
    {
      boardId,
      seq,
      baseSeq,
      patch: [
        { op: 'add', path: `/cards/${title}`, value: card(title) },
        { op: 'add', path: '/columns/todo/cardIds/0', value: title },
        { op: 'replace', path: '/seq', value: seq },
      ],
    },
    at(seq),
  )

export const logLine = (boardId: string, seq: number, message: string, attemptId = 'a1'): string =>
  frame('attempt_log', { boardId, attemptId, level: 'info', message, ts: '2026-01-01T00:00:01.000Z' }, at(seq))

export interface Following {
  readonly world: World
  readonly client: Boardcast
  readonly source: Source<BoardView>
  readonly stop: () => void
}

/** A client that follows a board and has asked for its stream. */
export const following = async (boardId = 'b', world = new World()): Promise<Following> => {
  const client = createBoardcast({ environment: world.environment, jitter: false })
  const source = client.board(boardId)
  const stop = source.subscribe(() => {})
  await world.pass(0)
  return { world, client, source, stop }
}

/** Opens the newest stream with a fresh board. */
export const openFresh = async (stream: Asked, boardId: string, seq: number, titles: string[] = []): Promise<void> => {
  await stream.open()
  await stream.send(hello([boardId], seq) + frame('state', boardState(boardId, seq, titles), at(seq)))
}
