import type { AttemptView, GitFileStatus } from '@boardcast/client'
import type { ReactElement } from 'react'
import { useKnownGit } from '../attempt/use-attempt.ts'
import { useBoardGit } from '../board/use-board-git.ts'

const WORDS: Record<GitFileStatus, string> = {
  M: 'modified',
  A: 'added',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  U: 'in conflict',
  '?': 'untracked',
}

/** What was last reported of a checkout that isn't here. */
export const KnownFiles = ({ attempt }: { attempt: AttemptView }): ReactElement => {
  const own = useKnownGit(attempt)
  const shared = useBoardGit()
  // An agent may work in the board's own checkout: its branch tells.
  const git = own ?? (shared && shared.branch === attempt.branchName ? shared : null)
  if (!git) return <p className="mt-2 text-faint">Its git status hasn't been reported either.</p>
  if (git.files.length === 0)
    return (
      <p className="mt-2 text-faint">Last reported: nothing uncommitted on {git.branch || git.head.slice(0, 7)}.</p>
    )
  return (
    <>
      <h3 className="mt-4 mb-1 font-semibold">Uncommitted, as last reported</h3>
      <ul className="border-t border-rule">
        {git.files.map(({ path, oldPath, status, staged }) => (
          <li key={`${path} ${status} ${staged}`} className="flex gap-3 border-b border-rule py-1 text-sm">
            <span className="min-w-0 grow truncate font-mono text-xs leading-[1.125rem]">
              {oldPath ? `${oldPath} → ${path}` : path}
            </span>
            <span className="shrink-0 text-soft">
              {WORDS[status]}
              {staged && ', staged'}
            </span>
          </li>
        ))}
      </ul>
      {git.truncated && <p className="mt-1 text-faint">and more</p>}
    </>
  )
}
