import type { AttemptView } from '@boardcast/client'
import { type ReactElement, useMemo } from 'react'
import { useDiff } from '../attempt/use-attempt.ts'
import { Button } from '../ui/button.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { count } from '../ui/words.ts'
import { KnownFiles } from './known-files.tsx'
import { type DiffFile, type DiffLine, diffFiles } from './parts.ts'

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
  const files = useMemo(() => diffFiles(data?.text ?? ''), [data])
  if (error) return <Trouble error={error} retry={() => void refetch()} />
  if (!data) return <p className="text-faint">Reading the changes…</p>
  return (
    <>
      <p className="mb-2 flex items-center text-sm text-soft">
        {files.length === 0 ? 'Nothing has changed.' : count(files.length, 'file')}
        {data.truncated && ', cut at 5 MiB'}
        <Button look="quiet" className="ml-auto -mr-2" disabled={isFetching} onClick={() => void refetch()}>
          Read again
        </Button>
      </p>
      {files.map((file) => (
        <File key={file.path} file={file} />
      ))}
    </>
  )
}

const LINE: Record<DiffLine['kind'], string> = {
  added: 'bg-live-wash',
  removed: 'bg-fail-wash',
  context: '',
  hunk: 'text-faint',
}

const SIGN: Record<DiffLine['kind'], string> = { added: '+', removed: '−', context: ' ', hunk: '' }

const File = ({ file }: { file: DiffFile }): ReactElement => (
  <details
    open
    className="mb-2 overflow-hidden rounded-md border border-rule [content-visibility:auto] [contain-intrinsic-size:auto_12rem]"
  >
    <summary className="flex h-8 cursor-pointer items-center gap-2 bg-canvas px-2.5 font-mono text-xs">
      <span className="min-w-0 truncate">{file.oldPath ? `${file.oldPath} → ${file.path}` : file.path}</span>
      <span className="ml-auto text-live">+{file.added}</span>
      <span className="text-fail">−{file.removed}</span>
    </summary>
    {file.isBinary && <p className="p-2.5 text-faint">Not a text.</p>}
    <pre className="overflow-x-auto py-1 font-mono text-xs">
      {file.lines.map(({ kind, text }, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff never change places
        <div key={nth} className={`min-w-max px-2.5 ${LINE[kind]}`}>
          {SIGN[kind]} {text}
        </div>
      ))}
    </pre>
  </details>
)
