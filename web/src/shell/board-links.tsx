import { useDashboardSSE } from '@boardcast/client/react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactElement, useEffect } from 'react'
import { NavLink } from 'react-router'
import { BOARDS, useBoards } from '../boards/use-boards.ts'
import { Icon } from '../ui/icon.tsx'
import { railLook } from './rail-look.ts'

/** The boards, each with what runs there and what waits for somebody. */
export const BoardLinks = (): ReactElement => {
  const { data: boards = [] } = useBoards()
  const { overview } = useDashboardSSE()
  useNewBoards(overview?.projectSnapshots.map(({ projectId, name }) => `${projectId} ${name}`).join('\n') ?? '')
  const asking = overview?.inboxItems.needsInput ?? []
  return (
    <>
      <div className="mt-3 flex h-7 items-center px-2 text-sm text-faint">
        <h2 className="grow">Boards</h2>
        <NavLink to="/?new" aria-label="New board" title="New board" className="rounded-md p-1 hover:text-ink">
          <Icon name="plus" />
        </NavLink>
      </div>
      <ul className="-mx-1 grid min-h-0 shrink content-start gap-px overflow-y-auto px-1 pb-1">
        {boards.map(({ id, name, ticketPrefix, repositoryPath }) => {
          const running = overview?.projectSnapshots.find(({ projectId }) => projectId === id)?.activeAttemptsCount ?? 0
          const asks = asking.filter(({ projectId }) => projectId === id).length
          return (
            <li key={id} className="min-w-0">
              <NavLink to={`/boards/${id}`} className={railLook} title={repositoryPath ?? name}>
                <span aria-hidden="true" className="w-9 shrink-0 overflow-hidden font-mono text-xs text-faint">
                  {ticketPrefix}
                </span>
                <span className="grow truncate">{name}</span>
                {asks > 0 && <Badge n={asks} words="need you" look="bg-wait-wash text-wait" />}
                {running > 0 && <Badge n={running} words="running" look="text-live" />}
              </NavLink>
            </li>
          )
        })}
      </ul>
    </>
  )
}

const Badge = ({ n, words, look }: { n: number; words: string; look: string }): ReactElement => (
  <span className={`rounded-full px-1.5 text-xs font-medium ${look}`} title={`${n} ${words}`} aria-hidden="true">
    {n}
  </span>
)

/** A board made, named or deleted elsewhere shows in the overview first. */
function useNewBoards(known: string): void {
  const client = useQueryClient()
  useEffect(() => {
    if (known !== '') void client.invalidateQueries({ queryKey: BOARDS })
  }, [client, known])
}
