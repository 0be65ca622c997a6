import type { Activity, ConversationItem, SseMsg } from '@boardcast/client'
import { MOOD_WORDS, type Mood, mood } from '../attempt/state.ts'
import { changes } from './tell-board.ts'
import { base, type Told } from './told.ts'

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
        {
          ...base,
          icon: 'ring',
          words,
          brief: MOOD_WORDS[now],
          tone: TONES[now],
          attemptId: msg.data.attemptId,
          cardId: msg.data.cardId,
        },
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
      const words = `Committed ${shortSha} ${subject}`
      return [
        {
          ...base,
          icon: 'commit',
          words,
          brief: words,
          tone: 'live',
          attemptId: attemptId || null,
        },
      ]
    }
    case 'git_push': {
      const { remote, branch, attemptId } = msg.data
      const words = `Pushed to ${remote}/${branch}`
      return [{ ...base, icon: 'upload', words, brief: words, tone: 'live', attemptId: attemptId || null }]
    }
    case 'attempt_pr': {
      const { attemptId, pr } = msg.data
      const now = pr.merged ? 'merged' : pr.state
      return [
        {
          ...base,
          icon: 'pull',
          words: `Pull request #${pr.number} ${now}: ${pr.title}`,
          brief: `Pull request #${pr.number} ${now}`,
          attemptId,
        },
      ]
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
