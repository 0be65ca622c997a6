import type { ReactElement } from 'react'
import { Route, Routes } from 'react-router'
import { ActivityPage } from './activity/activity-page.tsx'
import { AgentsPage } from './agents/agents-page.tsx'
import { AttemptPanel } from './attempt/attempt-panel.tsx'
import { BoardPlace } from './board/board-place.tsx'
import { BoardSheet } from './board/board-sheet.tsx'
import { CardPanel } from './board/card-panel.tsx'
import { SettingsPage } from './board/settings-page.tsx'
import { BoardsPage } from './boards/boards-page.tsx'
import { DashboardPage } from './dashboard/dashboard-page.tsx'
import { Shell } from './shell/shell.tsx'
import { NothingHere } from './ui/nothing-here.tsx'

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
      <Route path="*" element={<NothingHere what="There is nothing at this address." />} />
    </Route>
  </Routes>
)
