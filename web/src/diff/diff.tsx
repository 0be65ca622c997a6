import type { AttemptView } from '@boardcast/client'
import { type ReactElement, useMemo, useRef } from 'react'
import { useDiff } from '../attempt/use-attempt.ts'
import { Button } from '../ui/button.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { count } from '../ui/words.ts'
import { useComments } from './comments.ts'
import { Counts, File } from './file.tsx'
import { Files } from './files.tsx'
import { KnownFiles } from './known-files.tsx'
import { type Looks, useLook } from './look.ts'
import { type DiffFile, diffFiles } from './parts.ts'
import { SendComments } from './send-comments.tsx'
import { fileTree, inOrder } from './tree.ts'

/** What changed against the base; `isHere` is null until that is known. */
export const Diff = ({ attempt, isHere }: { attempt: AttemptView; isHere: boolean | null }): ReactElement => (
  <div role="tabpanel" aria-label="Diff" className="min-h-0 grow overflow-y-auto px-4 py-3">
    {isHere === true &&
      (attempt.startedAt === null ? (
        <p className="text-faint">Nothing has changed: it has not begun.</p>
      ) : (
        <Changes attempt={attempt} />
      ))}
    {isHere === false && (
      <>
        <p className="text-soft">
          This attempt ran elsewhere and was reported here, so its changes can't be read line by line.
        </p>
        <KnownFiles attempt={attempt} />
      </>
    )}
  </div>
)

const Changes = ({ attempt }: { attempt: AttemptView }): ReactElement => {
  const { data, error, isFetching, refetch } = useDiff(attempt)
  const place = useRef<HTMLDivElement>(null)
  const { look, hasRoom, choose } = useLook(place)
  const comments = useComments(attempt.attemptId)
  const files = useMemo(() => diffFiles(data?.text ?? ''), [data])
  const tree = useMemo(() => fileTree(files), [files])
  const show = ({ path }: DiffFile) => {
    const file = place.current?.querySelector<HTMLDetailsElement>(`[data-file="${CSS.escape(path)}"]`)
    if (!file) return
    file.open = true
    file.scrollIntoView({ block: 'start' })
  }
  return (
    <div ref={place}>
      {error && <Trouble error={error} retry={() => void refetch()} />}
      {!error && !data && <p className="text-faint">Reading the changes…</p>}
      {data && (
        <>
          <div className="mb-2 flex items-center gap-1 text-sm text-soft">
            <span className="flex items-center gap-2">
              {files.length === 0 ? 'Nothing has changed.' : count(files.length, 'file')}
              {files.length > 0 && <Counts file={total(files)} />}
              {data.truncated && 'cut at 5 MiB'}
            </span>
            {hasRoom && files.length > 0 && <LookSwitch look={look} choose={choose} />}
            <Button
              look="quiet"
              className={hasRoom ? '' : 'ml-auto'}
              disabled={isFetching}
              onClick={() => void refetch()}
            >
              Read again
            </Button>
          </div>
          <div className={hasRoom ? 'grid grid-cols-[14rem_minmax(0,1fr)] items-start gap-4' : ''}>
            {files.length > 1 && (
              <nav
                aria-label="Changed files"
                className={hasRoom ? 'sticky top-0 max-h-[70vh] overflow-y-auto' : 'mb-3 max-h-40 overflow-y-auto'}
              >
                <Files folder={tree} show={show} />
              </nav>
            )}
            <div className={`min-w-0 ${hasRoom && files.length < 2 ? 'col-span-2' : ''}`}>
              {inOrder(tree).map((file) => (
                <File key={file.path} file={file} look={look} comments={comments} />
              ))}
            </div>
          </div>
          <SendComments attemptId={attempt.attemptId} comments={comments} files={files} />
        </>
      )}
    </div>
  )
}

const total = (files: readonly DiffFile[]) => ({
  added: files.reduce((sum, { added }) => sum + added, 0),
  removed: files.reduce((sum, { removed }) => sum + removed, 0),
})

const LOOKS = [
  ['unified', 'Unified'],
  ['split', 'Side by side'],
] as const

const LookSwitch = ({ look, choose }: Pick<Looks, 'look' | 'choose'>): ReactElement => (
  <fieldset className="ml-auto flex rounded-md border border-rule p-px">
    <legend className="sr-only">How it is shown</legend>
    {LOOKS.map(([value, words]) => (
      <button
        key={value}
        type="button"
        aria-pressed={look === value}
        onClick={() => choose(value)}
        className="h-7 rounded-sm px-2 text-soft hover:text-ink aria-pressed:bg-sunken aria-pressed:text-ink"
      >
        {words}
      </button>
    ))}
  </fieldset>
)
