import { Fragment, type ReactElement } from 'react'
import { Link } from 'react-router'
import { useBoards } from '../boards/use-boards.ts'
import { useNow } from '../ui/now.ts'
import { bytes, count, elapsed } from '../ui/words.ts'
import type { OpenStream } from './use-connections.ts'

const HEAD = 'px-2 py-1.5 text-right text-sm font-normal text-faint first:pl-1 first:text-left'
const CELL = 'border-t border-rule px-2 py-1.5 text-right align-top whitespace-nowrap first:pl-1 first:text-left'
const HEADS = ['Carries', 'Changes', 'Age', 'Lag', 'Sent', 'Number']

/** Who is furthest behind stands first, as the server tells it. */
export const StreamTable = ({ streams, total }: { streams: readonly OpenStream[]; total: number }): ReactElement => (
  <section aria-label="Streams" className="overflow-x-auto">
    <h2 className="mb-1 text-lg font-semibold">Streams</h2>
    {streams.length === 0 && <p className="text-faint">Nobody listens.</p>}
    {streams.length > 0 && (
      <table className="w-full">
        <thead>
          <tr>
            {HEADS.map((head) => (
              <th key={head} scope="col" className={HEAD}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {streams.map((stream) => (
            <StreamRow key={stream.number} stream={stream} />
          ))}
        </tbody>
      </table>
    )}
    {total > streams.length && <p className="mt-2 text-faint">Of {total} streams, those that are furthest behind.</p>}
  </section>
)

const StreamRow = ({ stream }: { stream: OpenStream }): ReactElement => (
  <tr className="hover:bg-sheet">
    <td className={`${CELL} whitespace-normal!`}>
      <Carried stream={stream} />
    </td>
    <td className={CELL}>{stream.state === 'patch' ? 'as patches' : 'whole'}</td>
    <td className={CELL}>
      <Age since={stream.openedAt} />
    </td>
    <td className={`${CELL} ${stream.lag > 0 ? 'font-medium text-wait' : 'text-faint'}`}>
      {stream.lag > 0 ? count(stream.lag, 'event') : 'none'}
    </td>
    <td className={CELL}>{bytes(stream.bytes)}</td>
    <td className={`${CELL} text-faint`}>{stream.number}</td>
  </tr>
)

const Age = ({ since }: { since: string }): ReactElement => (
  <time dateTime={since}>{elapsed((useNow() - Date.parse(since)) / 1000)}</time>
)

/** The boards by their names, and the dashboard. */
const Carried = ({ stream: { boards, dashboard } }: { stream: OpenStream }): ReactElement => {
  const { data: known = [] } = useBoards()
  const name = (board: string) => known.find(({ id }) => id === board)?.name ?? board
  return (
    <>
      {boards.map((board, nth) => (
        <Fragment key={board}>
          {nth > 0 && ', '}
          <Link to={`/boards/${board}`} className="font-medium hover:underline">
            {name(board)}
          </Link>
        </Fragment>
      ))}
      {boards.length > 0 && dashboard && ', '}
      {dashboard && 'Dashboard'}
    </>
  )
}
