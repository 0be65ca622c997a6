import type { Attempt } from '@boardcast/client'
import type { ReactElement } from 'react'
import { summaryOf } from '../agents/config.ts'
import { Icon } from '../ui/icon.tsx'

/** The profile of an attempt, as it was when the attempt was queued: whatever has become of it since. */
export const RanWith = ({ profile }: { profile: NonNullable<Attempt['profile']> }): ReactElement => {
  const summary = summaryOf(profile.config)
  const template = profile.config.promptTemplate
  return (
    <p
      className="flex min-w-0 items-start gap-1.5 text-sm text-soft"
      title={typeof template === 'string' ? template : ''}
    >
      <Icon name="gear" className="mt-0.5 text-faint" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        With the profile {profile.label ?? 'without a label'} as it was
        {summary && <span className="text-faint">: {summary}</span>}
      </span>
    </p>
  )
}
