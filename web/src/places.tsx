import { lazy, type ReactElement } from 'react'
import { Navigate, Route, Routes } from 'react-router'
import { AttemptPanel } from './attempt/attempt-panel.tsx'
import { BoardPlace } from './board/board-place.tsx'
import { BoardSheet } from './board/board-sheet.tsx'
import { CardPanel } from './board/card-panel.tsx'
import { BoardsPage } from './boards/boards-page.tsx'
import { Shell } from './shell/shell.tsx'
import { NothingHere } from './ui/nothing-here.tsx'

// Places that most visits don't begin with come after the first paint.
const late = {
  activity: () => import('./activity/activity-page.tsx'),
  agents: () => import('./agents/agents-page.tsx'),
  connections: () => import('./connections/connections-page.tsx'),
  dashboard: () => import('./dashboard/dashboard-page.tsx'),
  apiDocument: () => import('./docs/api-page.tsx'),
  streamDocument: () => import('./docs/stream-page.tsx'),
  settings: () => import('./board/settings-page.tsx'),
  tokens: () => import('./tokens/tokens-page.tsx'),
  prose: () => import('./ui/markdown.tsx'),
}
const ActivityPage = lazy(async () => ({ default: (await late.activity()).ActivityPage }))
const AgentsPage = lazy(async () => ({ default: (await late.agents()).AgentsPage }))
const ApiPage = lazy(async () => ({ default: (await late.apiDocument()).ApiPage }))
const ConnectionsPage = lazy(async () => ({ default: (await late.connections()).ConnectionsPage }))
const DashboardPage = lazy(async () => ({ default: (await late.dashboard()).DashboardPage }))
const StreamPage = lazy(async () => ({ default: (await late.streamDocument()).StreamPage }))
const TokensPage = lazy(async () => ({ default: (await late.tokens()).TokensPage }))
const SettingsPage = lazy(async () => ({ default: (await late.settings()).SettingsPage }))

/**
 * Fetches them while nothing else is to be done, so that a server that goes away later leaves no place empty. One after
 * another: all at once they would hold every connection that a browser has for a server, and a relay that stalls just
 * then would keep the stream from being opened anew.
 */
export const fetchLatePlaces = async (): Promise<void> => {
  for (const fetchPlace of Object.values(late)) await fetchPlace().catch(() => undefined)
}

/** Every place of the page and its link. */
export const Places = (): ReactElement => (
  <Routes>
    <Route element={<Shell />}>
      <Route index element={<BoardsPage />} />
      <Route path="boards" element={<BoardsPage />} />
      <Route path="boards/:boardId" element={<BoardPlace />}>
        <Route element={<BoardSheet />}>
          <Route index element={null} />
          <Route path="cards/:cardId" element={<CardPanel />} />
          <Route path="attempts/:attemptId/:tab?" element={<AttemptPanel />} />
        </Route>
        <Route path="activity" element={<ActivityPage />} />
        <Route path="settings" element={<SettingsPage />} />
      </Route>
      <Route path="dashboard" element={<DashboardPage />} />
      <Route path="agents" element={<AgentsPage />} />
      <Route path="connections" element={<ConnectionsPage />} />
      <Route path="docs" element={<Navigate to="/docs/api" replace />} />
      <Route path="docs/api" element={<ApiPage />} />
      <Route path="docs/stream" element={<StreamPage />} />
      <Route path="tokens" element={<TokensPage />} />
      <Route path="*" element={<NothingHere what="There is nothing at this address." />} />
    </Route>
  </Routes>
)
