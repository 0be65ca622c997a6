import type { ReactElement } from 'react'
import { Icon } from '../ui/icon.tsx'
import { count, folderName } from '../ui/words.ts'
import { useOpenBoard } from './board-context.ts'
import { useBoardGit } from './use-board-git.ts'

/** The repository, its branch, and what isn't committed or pushed there. */
export const Checkout = (): ReactElement | null => {
  const { board } = useOpenBoard()
  const git = useBoardGit()
  if (!board?.repositoryPath) return null
  const changed = new Set(git?.files.map(({ path }) => path)).size
  const facts = git
    ? [
        changed > 0 ? `${count(changed, 'changed file')}` : '',
        git.ahead > 0 ? `${git.ahead} to push` : '',
        git.behind > 0 ? `${git.behind} behind` : '',
      ].filter(Boolean)
    : []
  return (
    <p
      className="flex min-w-0 items-center gap-1.5 text-sm text-soft max-lg:hidden"
      title={[board.repositoryPath, ...facts].join('\n')}
    >
      <span className="truncate font-mono">{folderName(board.repositoryPath)}</span>
      {git && (
        <>
          <Icon name="branch" className="text-faint" />
          <span className="max-w-48 truncate font-mono">{git.branch || git.head.slice(0, 7) || 'no commit yet'}</span>
          {facts.length > 0 && <span className="whitespace-nowrap text-faint">{facts.join(', ')}</span>}
        </>
      )}
    </p>
  )
}
