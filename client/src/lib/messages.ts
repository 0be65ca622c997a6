/** From frames to messages. */
import type { SseMsg } from '@boardcast/shared'

export type EventName = SseMsg['event']

const NAMES: Readonly<Record<EventName, true>> = {
  hello: true,
  state: true,
  state_patch: true,
  heartbeat: true,
  attempt_started: true,
  attempt_status: true,
  attempt_log: true,
  conversation_item: true,
  attempt_session: true,
  attempt_todos: true,
  git_status: true,
  git_commit: true,
  git_push: true,
  attempt_pr: true,
  agent_profile: true,
  agent_registered: true,
  dashboard_overview: true,
  bye: true,
}

const isEventName = (name: string): name is EventName => Object.hasOwn(NAMES, name)

/**
 * The message of a frame; `null` for an event of a later version, or of somebody else's.
 *
 * @throws SyntaxError when the data isn't JSON
 */
export const parseMessage = (event: string, data: string): SseMsg | null => {
  if (!isEventName(event)) return null
  const content = JSON.parse(data)
  if (typeof content !== 'object' || content === null) throw new SyntaxError(`${event} has no fields`)
  return { event, data: content }
}

/** A position of the log, `<epoch>-<seq>`. */
export interface Position {
  readonly epoch: string
  readonly seq: number
}

/** The position that a cursor names; `null` when it names none. */
export const parseCursor = (cursor: string | null | undefined): Position | null => {
  const found = cursor?.match(/^(.+)-(0|[1-9]\d*)$/)
  const [, epoch, seq] = found ?? []
  return epoch === undefined || seq === undefined ? null : { epoch, seq: Number(seq) }
}

/** The board that a message is about; `null` when it is about none, or about all. */
export const boardOf = (msg: SseMsg): string | null => {
  switch (msg.event) {
    case 'hello':
    case 'heartbeat':
    case 'agent_profile':
    case 'agent_registered':
    case 'dashboard_overview':
    case 'bye':
      return null
    default:
      return msg.data.boardId
  }
}
