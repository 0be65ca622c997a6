import { Fragment, type KeyboardEvent, type MouseEvent, type ReactElement, useMemo } from 'react'
import { CodeLine } from './code-line.tsx'
import { CommentBox } from './comment-box.tsx'
import { type Comments, isOn, numberOf, sideOf } from './comments.ts'
import type { DiffLook } from './look.ts'
import type { DiffFile, DiffLine } from './parts.ts'
import { type Piece, usePieces } from './pieces.ts'
import { type Placed, sideBySide } from './rows.ts'

interface CodeProps {
  file: DiffFile
  look: DiffLook
  comments: Comments
}

const buttonOf = (target: EventTarget): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-line]') : null

/** Arrows go from line to line. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const from = buttonOf(event.target)
  if (step === undefined || !from) return
  event.preventDefault()
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-line]')]
  all[all.indexOf(from) + step]?.focus()
}

/** The lines of a file, each with what is said of it. */
export const Code = ({ file, look, comments }: CodeProps): ReactElement => {
  const pieces = usePieces(file)
  const about = (event: MouseEvent) => {
    const line = file.lines[Number(buttonOf(event.target)?.dataset.line)]
    const number = line && numberOf(line)
    if (!line || number === null || number === undefined || on(file, line, comments).length > 0) return
    comments.write({ path: file.path, side: sideOf(line), line: number, code: line.text, words: '' })
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: clicks and keys are those of the buttons in it
    <div onClick={about} onKeyDown={walk} className="py-1 font-mono text-xs leading-4.5">
      {look === 'split' ? (
        <Split file={file} pieces={pieces} comments={comments} />
      ) : (
        file.lines.map((line, nth) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff never change places
          <Fragment key={nth}>
            <CodeLine line={line} nth={nth} pieces={pieces?.[nth]} isFirst={nth === FIRST} />
            <Said file={file} line={line} comments={comments} />
          </Fragment>
        ))
      )}
    </div>
  )
}

/** Line 0 is the head of a hunk. */
const FIRST = 1

interface SplitProps extends Omit<CodeProps, 'look'> {
  pieces: readonly Piece[][] | null
}

const Split = ({ file, pieces, comments }: SplitProps): ReactElement[] => {
  const rows = useMemo(() => sideBySide(file.lines), [file])
  const side = (placed: Placed | null) =>
    placed ? (
      <CodeLine line={placed.line} nth={placed.nth} pieces={pieces?.[placed.nth]} isFirst={placed.nth === FIRST} />
    ) : (
      <div className="bg-sunken" />
    )
  return rows.map(({ left, right }, nth) => {
    const isBoth = left !== null && left === right
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: nor do its rows
      <Fragment key={nth}>
        {isBoth && left.line.kind === 'hunk' ? (
          side(left)
        ) : (
          <div className="grid grid-cols-2 divide-x divide-rule *:min-w-0">
            {side(isBoth ? before(left) : left)}
            {side(right)}
          </div>
        )}
        {left && !isBoth && <Said file={file} line={left.line} comments={comments} />}
        {right && <Said file={file} line={right.line} comments={comments} />}
      </Fragment>
    )
  })
}

/** What didn't change has its old number on the left. */
const before = ({ line, nth }: Placed): Placed => ({ line: { ...line, new: null }, nth })

const on = (file: DiffFile, line: DiffLine, { all }: Comments) =>
  all.filter((comment) => comment.path === file.path && isOn(comment, line))

const Said = ({ file, line, comments }: { file: DiffFile; line: DiffLine; comments: Comments }): ReactElement[] =>
  on(file, line, comments).map((comment) => (
    <CommentBox key={`${comment.side} ${comment.line}`} comment={comment} comments={comments} />
  ))
