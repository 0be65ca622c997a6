import type { Activity, BoardChange, BoardState, PatchOp, SseMsg } from '@boardcast/client'
import type { LoggedEvent } from '../api/events.ts'

/** An entry of the kept log in the shape in which the stream tells it. */
export function fromLog(event: LoggedEvent, state: BoardState): Activity {
  const { seq, time: at } = event
  if (event.type === 'board.state.changed') {
    return { kind: 'board', seq, at, changes: event.data.patch.flatMap((op) => changeOf(op, state)) }
  }
  return { kind: 'fact', seq, at, msg: messageOf(event) }
}

function messageOf(event: Exclude<LoggedEvent, { type: 'board.state.changed' }>): SseMsg {
  switch (event.type) {
    case 'attempt.queued':
    case 'attempt.status.changed':
      return { event: 'attempt_status', data: event.data }
    case 'attempt.started':
      return { event: 'attempt_started', data: event.data }
    case 'attempt.log.appended':
    case 'attempt.stopped':
      return { event: 'attempt_log', data: event.data }
    case 'attempt.conversation.appended':
      return { event: 'conversation_item', data: event.data }
    case 'attempt.session.recorded':
      return { event: 'attempt_session', data: event.data }
    case 'attempt.todos.updated':
      return { event: 'attempt_todos', data: event.data }
    case 'git.status.changed':
      return { event: 'git_status', data: event.data }
    case 'git.commit.created':
      return { event: 'git_commit', data: event.data }
    case 'git.push.completed':
      return { event: 'git_push', data: event.data }
    case 'github.pr.created':
    case 'github.pr.updated':
      return { event: 'attempt_pr', data: event.data }
    case 'agent.profile.changed':
      return { event: 'agent_profile', data: event.data }
    case 'agent.registered':
      return { event: 'agent_registered', data: event.data }
    default:
      return event satisfies never
  }
}

const member = (value: unknown, name: string): string => {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null
  return typeof found === 'string' ? found : ''
}

/** One operation of a patch as a change, without the document it was made against: names are those of today. */
function changeOf(op: PatchOp, state: BoardState): BoardChange[] {
  const [, kind, id = '', field] = op.path.split('/')
  const card = (cardId: string) => state.cards[cardId]?.title ?? 'A card that is gone'
  if (kind === 'cards' && field === undefined) {
    if (op.op === 'remove') return [{ what: 'card_removed', cardId: id, title: card(id), from: '' }]
    return [{ what: 'card_added', cardId: id, title: member(op.value, 'title'), to: '' }]
  }
  if (kind === 'cards' && field !== undefined && field !== 'updatedAt') {
    return [{ what: 'card_edited', cardId: id, title: card(id), fields: [field] }]
  }
  if (kind !== 'columns') return []
  const title = state.columns[id]?.title ?? 'A column'
  if (field === 'cardIds' && op.op === 'add' && typeof op.value === 'string' && state.cards[op.value]) {
    return [{ what: 'card_moved', cardId: op.value, title: card(op.value), from: '', to: title }]
  }
  if (field === undefined && op.op === 'remove') return [{ what: 'column_removed', columnId: id, title }]
  if (field === undefined && op.op === 'add')
    return [{ what: 'column_added', columnId: id, title: member(op.value, 'title') }]
  return field === 'title' ? [{ what: 'column_changed', columnId: id, title }] : []
}
