import { memo, type ReactElement } from 'react'
import { numberOf } from './comments.ts'
import type { DiffLine } from './parts.ts'
import type { Piece } from './pieces.ts'

const WASH: Record<DiffLine['kind'], string> = {
  added: 'bg-live-wash',
  removed: 'bg-fail-wash',
  context: '',
  hunk: 'bg-canvas text-faint',
}

const SIGN: Record<DiffLine['kind'], string> = { added: '+', removed: '−', context: ' ', hunk: '' }

interface CodeLineProps {
  line: DiffLine
  /** Its place among the lines of the file. */
  nth: number
  pieces: readonly Piece[] | undefined
  /** The only one of its file that Tab comes to; arrows go on from there. */
  isFirst: boolean
}

/** A line with its number, which is the button to comment on it. */
export const CodeLine = memo(
  ({ line, nth, pieces, isFirst }: CodeLineProps): ReactElement => (
    <div className={`flex min-h-4.5 ${WASH[line.kind]}`}>
      {line.kind !== 'hunk' && (
        <button
          type="button"
          data-line={nth}
          tabIndex={isFirst ? 0 : -1}
          aria-label={`Comment on line ${numberOf(line)}`}
          className="w-11 shrink-0 cursor-pointer pr-2 text-right text-faint select-none hover:bg-look-wash hover:text-look focus-visible:-outline-offset-2"
        >
          {numberOf(line)}
        </button>
      )}
      <span className="w-3.5 shrink-0 text-faint select-none">{SIGN[line.kind]}</span>
      <code className="min-w-0 grow pr-2 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {pieces
          ? pieces.map(({ text, kind }, at) =>
              kind === null ? (
                text
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never change places
                <span key={at} className={kind}>
                  {text}
                </span>
              ),
            )
          : line.text}
      </code>
    </div>
  ),
)
