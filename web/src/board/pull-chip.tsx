import type { PullRequest } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Icon } from '../ui/icon.tsx'

/** Only a real address of the web becomes a link: agents can write anything. */
export const webAddress = (url: string | null): string | undefined =>
  url && /^https?:\/\//i.test(url) ? url : undefined

/** How it stands, in a word. */
export const pullWords = (pr: PullRequest) =>
  pr.merged ? 'merged' : pr.state === 'closed' ? 'closed' : pr.draft ? 'draft' : 'open'

export const PullChip = ({ pr, url }: { pr: PullRequest | null; url: string | null }): ReactElement | null => {
  const href = webAddress(pr?.url ?? url)
  if (!href) return null
  const label = pr ? `Pull request ${pr.number}, ${pullWords(pr)}: ${pr.title}` : 'Pull request'
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      title={label}
      aria-label={label}
      className="relative z-1 flex items-center gap-0.5 rounded-sm px-1 text-look hover:bg-look-wash"
    >
      <Icon name="pull" className="size-3.5!" />
      {pr ? `#${pr.number}` : 'PR'}
      {pr && pullWords(pr) !== 'open' && <span>{pullWords(pr)}</span>}
    </a>
  )
}
