import type { Activity, BoardChange, ConversationItem, SseMsg } from '@boardcast/client'
import { MOOD_WORDS, type Mood, mood } from '../attempt/state.ts'
import type { IconName } from '../ui/icon.tsx'

/** What a line of the feed says. */
export interface Told {
  icon: IconName
  words: string
  /** Output of a program rather than words. */
  isCode: boolean
  tone: 'plain' | 'live' | 'wait' | 'fail' | 'quiet'
  cardId: string | null
  attemptId: string | null
  /** A newer line about the same thing stands for the older ones. */
  about: string | null
  /** Lines in a row of the same kind, of which the newest stands for all. */
  run: string | null
}

const base = { isCode: false, tone: 'plain', cardId: null, attemptId: null, about: null, run: null } as const

const TONES: Record<Mood, Told['tone']> = {
  asks: 'wait',
  queued: 'quiet',
  running: 'live',
  stopping: 'quiet',
  succeeded: 'plain',
  failed: 'fail',
  stopped: 'quiet',
}

/** Every line that something is worth; what only repeats what another line says is worth none. */
export const tell = (activity: Activity): Told[] =>
  activity.kind === 'board' ? changes(activity.changes) : fact(activity.msg)

/** A new card is put into its column by the same change: that is one thing to tell. */
function changes(all: readonly BoardChange[]): Told[] {
  const added = new Set(all.flatMap((change) => (change.what === 'card_added' ? [change.cardId] : [])))
  return all.flatMap((change) =>
    change.what === 'card_moved' && added.has(change.cardId) ? [] : [boardChange(change)],
  )
}

function boardChange(change: BoardChange): Told {
  switch (change.what) {
    case 'card_added':
      return { ...base, icon: 'plus', words: `New card: ${change.title}`, cardId: change.cardId }
    case 'card_removed':
      return { ...base, icon: 'bin', words: `Deleted: ${change.title}` }
    case 'card_moved': {
      const words = change.from === change.to ? `Moved within ${change.to}` : `Moved to ${change.to}`
      return { ...base, icon: 'right', words, cardId: change.cardId }
    }
    case 'card_edited':
      return { ...base, icon: 'pencil', words: 'Edited', tone: 'quiet', cardId: change.cardId }
    case 'column_added':
      return { ...base, icon: 'board', words: `New column ${change.title}` }
    case 'column_changed':
      return { ...base, icon: 'board', words: `Changed the column ${change.title}` }
    case 'column_removed':
      return { ...base, icon: 'board', words: `Deleted the column ${change.title}` }
    default:
      return change satisfies never
  }
}

function fact(msg: SseMsg): Told[] {
  switch (msg.event) {
    case 'attempt_started': {
      const { attemptId, cardId, agent, branchName } = msg.data
      return [{ ...base, icon: 'branch', words: `${agent} began on ${branchName}`, attemptId, cardId }]
    }
    case 'attempt_status': {
      const now = mood(msg.data)
      const words = msg.data.error ? `${MOOD_WORDS[now]}: ${msg.data.error}` : MOOD_WORDS[now]
      return [
        { ...base, icon: 'ring', words, tone: TONES[now], attemptId: msg.data.attemptId, cardId: msg.data.cardId },
      ]
    }
    case 'attempt_log': {
      const { attemptId, level, message } = msg.data
      // The commit or push itself comes next.
      if (message.startsWith('[git] ')) return []
      const tone = level === 'error' ? 'fail' : level === 'warn' ? 'wait' : 'quiet'
      return [
        {
          ...base,
          icon: 'terminal',
          words: message,
          isCode: true,
          tone,
          attemptId,
          run: level === 'info' ? attemptId : null,
        },
      ]
    }
    case 'conversation_item':
      return said(msg.data.item, msg.data.attemptId)
    case 'attempt_todos': {
      const { completed, total } = msg.data.todos
      return [
        {
          ...base,
          icon: 'list',
          words: `${completed} of ${total} todos`,
          tone: 'quiet',
          attemptId: msg.data.attemptId,
        },
      ]
    }
    case 'git_commit': {
      const { shortSha, subject, attemptId } = msg.data
      return [
        {
          ...base,
          icon: 'commit',
          words: `Committed ${shortSha} ${subject}`,
          tone: 'live',
          attemptId: attemptId || null,
        },
      ]
    }
    case 'git_push': {
      const { remote, branch, attemptId } = msg.data
      return [
        { ...base, icon: 'upload', words: `Pushed to ${remote}/${branch}`, tone: 'live', attemptId: attemptId || null },
      ]
    }
    case 'attempt_pr': {
      const { attemptId, pr } = msg.data
      const now = pr.merged ? 'merged' : pr.state
      return [{ ...base, icon: 'pull', words: `Pull request #${pr.number} ${now}: ${pr.title}`, attemptId }]
    }
    case 'agent_registered':
      return [{ ...base, icon: 'robot', words: `Agent ${msg.data.label ?? msg.data.agent} registered` }]
    case 'agent_profile':
      return [
        {
          ...base,
          icon: 'robot',
          words: `Profile ${msg.data.label ?? msg.data.profileId} ${msg.data.kind}`,
          tone: 'quiet',
        },
      ]
    default:
      return []
  }
}

function said(item: ConversationItem, attemptId: string): Told[] {
  const line = { ...base, attemptId, about: `${attemptId}/${item.id}` }
  if (item.type === 'message') return [{ ...line, icon: 'note', words: item.text }]
  if (item.type === 'error') return [{ ...line, icon: 'cross', words: item.text, tone: 'fail' }]
  if (item.type === 'permission') {
    return item.request.outcome === null ? [{ ...line, icon: 'hand', words: item.request.title, tone: 'wait' }] : []
  }
  const isOver = item.type === 'tool' && (item.tool.status === 'succeeded' || item.tool.status === 'failed')
  if (!isOver) return []
  const tone = item.tool.status === 'failed' ? 'fail' : 'quiet'
  return [{ ...line, icon: 'terminal', words: item.tool.command ?? item.tool.name, isCode: true, tone }]
}
