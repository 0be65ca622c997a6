import type { Activity, AttemptView, BoardChange } from '@boardcast/client'
import { tell } from './tell.ts'
import type { Told } from './told.ts'

/** A step of the work, and when it was made. */
export interface Milestone extends Told {
  key: string
  /** Of the event that tells it. */
  seq: number
  at: string
}

/** The steps of the work among what happened, in the same order. */
export const milestones = (all: readonly Activity[]): Milestone[] =>
  all
    .filter(isStep)
    .map(withoutLinks)
    .flatMap((activity) =>
      tell(activity).map((line, nth) => ({
        ...line,
        key: `${activity.seq}.${nth}`,
        seq: activity.seq,
        at: activity.at,
      })),
    )

/** A card's link to its pull request is told by the pull request. */
function withoutLinks(activity: Activity): Activity {
  if (activity.kind !== 'board') return activity
  const isLink = (change: BoardChange) =>
    change.what === 'card_edited' && change.fields.every((field) => field === 'prUrl' || field === 'updatedAt')
  return { ...activity, changes: activity.changes.filter((change) => !isLink(change)) }
}

function isStep(activity: Activity): boolean {
  if (activity.kind === 'board') return true
  const { msg } = activity
  switch (msg.event) {
    case 'attempt_started':
    case 'git_commit':
    case 'git_push':
    case 'attempt_pr':
      return true
    case 'attempt_status':
      return !isGoingOn(msg.data)
    default:
      return false
  }
}

/** That it runs is told by its beginning; that it runs on, by nothing. */
const isGoingOn = ({ status, previousStatus, needsInput }: Pick<AttemptView, 'status' | 'needsInput'> & Before) =>
  status === 'running' && !needsInput && (previousStatus === 'queued' || previousStatus === 'running')

interface Before {
  previousStatus: AttemptView['status'] | null
}

/** Which card each attempt is at, as far as it was told here. */
export function cardsOfAttempts(all: readonly Activity[]): Map<string, string> {
  const cards = new Map<string, string>()
  for (const activity of all) {
    if (activity.kind !== 'fact') continue
    const { msg } = activity
    if (msg.event === 'attempt_started' || msg.event === 'attempt_status') {
      cards.set(msg.data.attemptId, msg.data.cardId)
    }
  }
  return cards
}
