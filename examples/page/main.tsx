/** A board, live, in thirty lines. `?board=ID`, and `&server=URL` when it is elsewhere. */
import { createBoardcast } from '@boardcast/client'
import { BoardcastProvider, useKanbanSSE } from '@boardcast/client/react'
import { createRoot } from 'react-dom/client'

const query = new URLSearchParams(location.search)
const boardcast = createBoardcast({ url: query.get('server') ?? 'http://127.0.0.1:4400' })

const Board = ({ id }: { id: string | null }) => {
  const { state, attempts, latestAttempt, connection, ended } = useKanbanSSE(id)
  const columns = state?.columnOrder.map((columnId) => state.columns[columnId]) ?? []
  return (
    <main>
      <p role="status">{ended ?? connection.reason ?? connection.status}</p>
      {columns.map((column) => (
        <section key={column?.id} aria-label={column?.title}>
          <h2>{column?.title}</h2>
          {column?.cardIds.map((cardId) => (
            <p key={cardId}>
              {state?.cards[cardId]?.title} <small>{attempts[latestAttempt[cardId] ?? '']?.status}</small>
            </p>
          ))}
        </section>
      ))}
    </main>
  )
}

createRoot(document.body).render(
  <BoardcastProvider value={boardcast}>
    <Board id={query.get('board')} />
  </BoardcastProvider>,
)
