import { useKanbanSSE } from '@boardcast/client/react'
import { useMatch, useNavigate } from 'react-router'
import { cardPath } from '../board/card-tile.tsx'
import { useBoards } from '../boards/use-boards.ts'
import { chooseTheme } from '../ui/theme.ts'
import type { Goal } from './find.ts'

export interface Choice extends Goal {
  act: () => void
}

/** Everything that can be gone to or done from here; the open board's cards first. */
export function useGoals(help: () => void): Choice[] {
  const boardId = useMatch('/boards/:boardId/*')?.params.boardId ?? null
  const { data: boards = [] } = useBoards()
  const { state, attempts, latestAttempt } = useKanbanSSE(boardId)
  const navigate = useNavigate()
  const to = (path: string) => () => void navigate(path)
  const place = (words: string, path: string, hint = ''): Choice => ({
    key: path,
    kind: 'Go to',
    words,
    hint,
    act: to(path),
  })
  const cards = Object.values(state?.cards ?? {}).map((card): Choice => {
    const path = cardPath(boardId ?? '', card.id, attempts[latestAttempt[card.id] ?? ''] ?? null)
    return { key: card.id, kind: 'Card', words: card.title, hint: card.ticketKey, act: to(path) }
  })
  const here =
    boardId === null
      ? []
      : [
          place('Activity of this board', `/boards/${boardId}/activity`),
          place('Settings of this board', `/boards/${boardId}/settings`),
        ]
  return [
    ...boards.map(({ id, name, ticketPrefix }) => ({ ...place(name, `/boards/${id}`, ticketPrefix), kind: 'Board' })),
    ...here,
    place('Dashboard', '/dashboard'),
    place('Agents', '/agents'),
    place('Connections', '/connections', 'streams'),
    place('API document', '/docs/api', 'OpenAPI'),
    place('Stream document', '/docs/stream', 'AsyncAPI'),
    place('Tokens', '/tokens'),
    place('All boards', '/boards'),
    place('New board', '/?new'),
    ...cards,
    { key: 'light', kind: 'Do', words: 'Light theme', hint: '', act: () => chooseTheme('light') },
    { key: 'dark', kind: 'Do', words: 'Dark theme', hint: '', act: () => chooseTheme('dark') },
    { key: 'system', kind: 'Do', words: 'Theme like the system', hint: '', act: () => chooseTheme('system') },
    { key: 'help', kind: 'Do', words: 'Show the keys', hint: '?', act: help },
  ]
}
