import type { PullRequest } from '@boardcast/client'
import type { ReactElement } from 'react'
import { pullWords, webAddress } from '../board/pull-chip.tsx'
import { Icon } from '../ui/icon.tsx'

const INK: Record<ReturnType<typeof pullWords>, string> = {
  open: 'text-look bg-look-wash',
  draft: 'text-soft bg-sunken',
  merged: 'text-live bg-live-wash',
  closed: 'text-fail bg-fail-wash',
}

const WORDS: Record<ReturnType<typeof pullWords>, string> = {
  open: 'Open',
  draft: 'Draft',
  merged: 'Merged',
  closed: 'Closed',
}

/** A pull request as it stands now; the stream follows it. */
export const PullLine = ({ pr }: { pr: PullRequest }): ReactElement => {
  const now = pullWords(pr)
  const href = webAddress(pr.url)
  const name = (
    <>
      <span className="text-faint">#{pr.number}</span> {pr.title}
    </>
  )
  return (
    <p role="status" aria-label="Pull request" className="mt-1 flex min-w-0 items-center gap-2 text-sm">
      <Icon name="pull" className="text-look" />
      <span className={`shrink-0 rounded-sm px-1 font-medium ${INK[now]}`}>{WORDS[now]}</span>
      {href ? (
        <a href={href} target="_blank" rel="noopener noreferrer" className="min-w-0 truncate hover:underline">
          {name}
        </a>
      ) : (
        <span className="min-w-0 truncate">{name}</span>
      )}
      <span className="shrink-0 font-mono text-xs text-faint">→ {pr.baseRef}</span>
    </p>
  )
}
