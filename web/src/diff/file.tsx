import { type ReactElement, useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { count } from '../ui/words.ts'
import { Code } from './code.tsx'
import type { Comments } from './comments.ts'
import type { DiffLook } from './look.ts'
import type { DiffFile } from './parts.ts'

/** A file of more lines than these is opened by whoever wants to see it. */
const LARGE = 600

export const isLarge = ({ lines }: DiffFile): boolean => lines.length > LARGE

/** Beside nothing there is nothing to see. */
const isOneSided = ({ added, removed }: DiffFile): boolean => added === 0 || removed === 0

interface FileProps {
  file: DiffFile
  look: DiffLook
  comments: Comments
}

/** A changed file. What is folded isn't drawn, and so costs nothing. */
export const File = ({ file, look, comments }: FileProps): ReactElement => {
  const [isOpen, setOpen] = useState(!isLarge(file))
  const said = comments.all.filter(({ path }) => path === file.path).length
  return (
    <details
      open={isOpen}
      data-file={file.path}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group mb-2 scroll-mt-2 overflow-hidden rounded-md border border-rule [contain-intrinsic-size:auto_12rem] [content-visibility:auto]"
    >
      <summary className="flex min-h-8 cursor-pointer list-none items-center gap-2 bg-canvas px-2.5 font-mono text-xs">
        <Icon name="right" className="text-faint transition-transform group-open:rotate-90" />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          {file.oldPath ? `${file.oldPath} → ${file.path}` : file.path}
        </span>
        {(file.change === 'added' || file.change === 'deleted') && (
          <span className="shrink-0 font-sans text-faint">{file.change === 'added' ? 'new' : 'deleted'}</span>
        )}
        {said > 0 && <span className="shrink-0 font-sans text-look">{count(said, 'comment')}</span>}
        {isLarge(file) && <span className="shrink-0 font-sans text-faint">{count(file.lines.length, 'line')}</span>}
        <Counts file={file} className="ml-auto" />
      </summary>
      {isOpen && file.isBinary && <p className="p-2.5 text-faint">Not a text.</p>}
      {isOpen && !file.isBinary && file.lines.length === 0 && (
        <p className="p-2.5 text-faint">Its content didn't change.</p>
      )}
      {isOpen && file.lines.length > 0 && (
        <Code file={file} look={isOneSided(file) ? 'unified' : look} comments={comments} />
      )}
    </details>
  )
}

export const Counts = ({
  file: { added, removed },
  className = '',
}: {
  file: { added: number; removed: number }
  className?: string
}): ReactElement => (
  <span className={`flex shrink-0 gap-1.5 font-mono text-xs ${className}`}>
    <span className="text-live">+{added}</span>
    <span className="text-fail">−{removed}</span>
  </span>
)
