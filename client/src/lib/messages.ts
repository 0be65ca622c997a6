/** From frames to messages. */
import type { SseMsg } from '@boardcast/shared'
import { flawOf, isEventName } from './shapes.ts'

/**
 * The message of a frame; `null` for an event of a later version, or of somebody else's.
 *
 * @throws SyntaxError when the data isn't JSON, or isn't what the event has
 */
export const parseMessage = (event: string, data: string): SseMsg | null => {
  if (!isEventName(event)) return null
  const content = JSON.parse(data)
  if (typeof content !== 'object' || content === null) throw new SyntaxError(`${event} has no fields`)
  const flaw = flawOf(event, content)
  if (flaw !== null) throw new SyntaxError(flaw)
  return { event, data: content }
}

/** A position of the log, `<epoch>-<seq>`. */
export interface Position {
  readonly epoch: string
  readonly seq: number
}

/** No longer than 64 bytes: it is sent back in an address. */
const CURSOR = /^(?=.{1,64}$)(.+)-(0|[1-9]\d*)$/

/** The position that a cursor names; `null` when it names none. */
export const parseCursor = (cursor: string | null | undefined): Position | null => {
  const found = cursor?.match(CURSOR)
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
