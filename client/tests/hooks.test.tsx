// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, expect, test } from 'vitest'
import { createBoardcast } from '../src/lib/index.ts'
import { BoardcastProvider, useConnection, useDashboardSSE, useKanbanSSE } from '../src/lib/sse.ts'
import { added, openFresh } from './scene.ts'
import { World } from './world.ts'

afterEach(cleanup)

const Board = ({ id }: { id: string | null }) => {
  const view = useKanbanSSE(id)
  return <p>{`${id}: ${Object.keys(view.state?.cards ?? {}).join(',')} ${view.connection.status}`}</p>
}

const Dashboard = () => <p>{`dashboard ${useDashboardSSE().connection.status}`}</p>

const Pill = () => <p>{`pill ${useConnection().status}`}</p>

const stage = () => {
  const world = new World()
  const client = createBoardcast({ environment: world.environment, jitter: false })
  const page = (children: React.ReactNode) => (
    <StrictMode>
      <BoardcastProvider value={client}>{children}</BoardcastProvider>
    </StrictMode>
  )
  const pass = (ms: number) => act(() => world.pass(ms))
  return { world, page, pass }
}

test('under StrictMode there is one connection, and it follows', async () => {
  const { world, page, pass } = stage()
  const screen = render(page(<Board id="b" />))
  await pass(300)
  expect(world.streams.length).toBe(1)
  await act(() => openFresh(world.stream, 'b', 3, ['one']))
  await act(() => world.stream.send(added('b', 3, 4, 'two')))
  await pass(20)
  expect(screen.container.textContent).toBe('b: one,two live')
})

test('any number of hooks share one connection', async () => {
  const { world, page, pass } = stage()
  const all = (
    <>
      <Board id="b" />
      <Board id="b" />
      <Board id="c" />
      <Dashboard />
      <Pill />
    </>
  )
  render(page(all))
  await pass(300)
  expect(world.held.length).toBe(1)
  expect(world.stream.url.search).toBe('?boardId=b&boardId=c&dashboard=1&state=patch')
})

test('another board never means two live connections', async () => {
  const { world, page, pass } = stage()
  const screen = render(page(<Board id="b" />))
  await pass(300)
  await act(() => openFresh(world.stream, 'b', 3))
  await pass(20)
  for (const id of ['c', 'd', 'b', null, 'c']) {
    screen.rerender(page(<Board id={id} />))
    await pass(10)
    expect(world.held.length).toBeLessThanOrEqual(1)
  }
  await pass(300)
  await act(() => world.request('/boards/c/state').answer(500, {}))
  await pass(20)
  expect(world.held.length).toBe(1)
  expect(world.stream.url.searchParams.getAll('boardId')).toEqual(['c'])
  expect(screen.container.textContent).toBe('c:  connecting')
})

test('a view that comes and goes at once keeps the connection; leaving for good ends it', async () => {
  const { world, page, pass } = stage()
  const screen = render(page(<Board id="b" />))
  await pass(300)
  await act(() => openFresh(world.stream, 'b', 3))
  screen.rerender(page(null))
  await pass(100)
  screen.rerender(page(<Board id="b" />))
  await pass(300)
  expect(world.streams.length).toBe(1)
  screen.unmount()
  await pass(300)
  expect(world.held.length).toBe(0)
})

test('one unmounted before the first byte leaves nothing behind', async () => {
  const { world, page, pass } = stage()
  render(page(<Board id="b" />)).unmount()
  await pass(1_000)
  expect([world.held.length, world.timers, world.listeners]).toEqual([0, 0, 0])
})

test('the pill alone opens no connection', async () => {
  const { world, page, pass } = stage()
  const screen = render(page(<Pill />))
  await pass(1_000)
  expect(world.asked.length).toBe(0)
  expect(screen.container.textContent).toBe('pill idle')
})
