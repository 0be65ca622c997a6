/** What a message has to have to be one. As much as keeps a foreign or broken server from being believed, not a whole schema. */
import type { SseMsg } from '@boardcast/shared'

export type EventName = SseMsg['event']

type Fields<E extends EventName> = Extract<SseMsg, { event: E }>['data']
type Kind = 'text' | 'number' | 'yes or no' | 'object' | 'list'
type Shapes = { readonly [E in EventName]: { readonly [F in keyof Fields<E>]?: Kind } }

const ATTEMPT = { boardId: 'text', attemptId: 'text' } as const
const ATTEMPT_OF_CARD = { ...ATTEMPT, cardId: 'text', agent: 'text' } as const

const SHAPES: Shapes = {
  hello: { epoch: 'text', headSeq: 'number', replay: 'text', boards: 'list' },
  state: { boardId: 'text', seq: 'number', columns: 'object', columnOrder: 'list', cards: 'object' },
  state_patch: { boardId: 'text', seq: 'number', baseSeq: 'number', patch: 'list' },
  attempt_started: ATTEMPT_OF_CARD,
  attempt_status: { ...ATTEMPT_OF_CARD, status: 'text', needsInput: 'yes or no' },
  attempt_log: { ...ATTEMPT, level: 'text', message: 'text', ts: 'text' },
  conversation_item: { ...ATTEMPT, item: 'object' },
  attempt_session: { ...ATTEMPT, sessionId: 'text' },
  attempt_todos: { ...ATTEMPT, todos: 'object' },
  git_status: { ...ATTEMPT, status: 'object' },
  git_commit: { ...ATTEMPT, sha: 'text', shortSha: 'text', subject: 'text' },
  git_push: { ...ATTEMPT, remote: 'text', branch: 'text', sha: 'text' },
  attempt_pr: { ...ATTEMPT, pr: 'object' },
  agent_profile: { kind: 'text', profileId: 'text', agent: 'text' },
  agent_registered: { agent: 'text' },
  dashboard_overview: { metrics: 'object', activeAttempts: 'list', inboxItems: 'object' },
  heartbeat: {},
  bye: { reason: 'text' },
}

/** Whether this client knows the event. */
export const isEventName = (name: string): name is EventName => Object.hasOwn(SHAPES, name)

export const kindOf = (value: unknown): Kind | null => {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'object') return value === null ? null : 'object'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'yes or no'
  return Number.isFinite(value) ? 'number' : null
}

/** What is wrong with an event's data; `null` when nothing is. */
export const flawOf = (event: EventName, data: object): string | null => {
  const fields = new Map(Object.entries(data))
  for (const [name, kind] of Object.entries(SHAPES[event])) {
    if (kindOf(fields.get(name)) !== kind) return `${name} of ${event} is no ${kind}`
  }
  return null
}
