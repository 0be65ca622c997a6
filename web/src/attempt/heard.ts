import type { Activity, AttemptView } from '@boardcast/client'

const isOf = (activity: Activity, attemptId: string): boolean =>
  activity.kind === 'fact' && 'attemptId' in activity.msg.data && activity.msg.data.attemptId === attemptId

/**
 * When anything of an attempt was last heard: a growing text has no time of its own, so the moment it came counts.
 * Null for one of which nothing is known yet.
 */
export function heardAt(activity: readonly Activity[], { attemptId, updatedAt }: AttemptView): number | null {
  const last = activity.findLast((each) => isOf(each, attemptId))
  const times = [last?.at, updatedAt].flatMap((time) => (time ? [Date.parse(time)] : []))
  return times.length === 0 ? null : Math.max(...times)
}
