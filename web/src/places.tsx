import type { ReactElement } from 'react'
import { Route, Routes } from 'react-router'
import { BoardsPage } from './boards/boards-page.tsx'
import { Shell } from './shell/shell.tsx'
import { NothingHere } from './ui/nothing-here.tsx'

/** Every place of the page and its link. */
export const Places = (): ReactElement => (
  <Routes>
    <Route element={<Shell />}>
      <Route index element={<BoardsPage />} />
      <Route path="boards" element={<BoardsPage />} />
      <Route path="*" element={<NothingHere what="There is nothing at this address." />} />
    </Route>
  </Routes>
)
