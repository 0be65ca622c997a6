import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { repository } from './repository.ts'
import { Server } from './server.ts'

const server = new Server()
let repositoryPath = ''
let boardId = ''
let columns: Record<string, string> = {}

beforeAll(async () => {
  await server.start()
  repositoryPath = repository(server.dir)
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})
beforeEach(async () => {
  boardId = await server.demoBoard('Left alone', repositoryPath)
  const state = await (await server.call('GET', `/boards/${boardId}/state`)).json()
  const all: { id: string; title: string }[] = Object.values(state.columns)
  columns = Object.fromEntries(all.map(({ id, title }) => [title, id]))
})

const board = () => `${server.url}/boards/${boardId}`
const card = (title: string) => server.make(`/boards/${boardId}/cards`, { title })
const move = (id: string, to: string) =>
  server.call('POST', `/boards/${boardId}/cards/${id}/move`, { columnId: columns[to], index: 0 })
const summary = (page: Page) => page.getByRole('region', { name: 'While you were away' })
const steps = (page: Page) =>
  summary(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading') })

/** The board was read up to now, and that is ten minutes ago. */
const leave = async (page: Page): Promise<void> => {
  const { events } = await (await server.call('GET', `/boards/${boardId}/events?limit=1000`)).json()
  const place = `boardcast.seen.${boardId}`
  const isRead = ([key, last]: [string, number]) => {
    const { cursor = '-0' } = JSON.parse(localStorage.getItem(key) ?? '{}')
    return Number(cursor.split('-').at(-1)) >= last
  }
  await page.waitForFunction(isRead, [place, events.at(-1).seq] as [string, number])
  await page.goto(`${server.url}/agents`)
  await page.evaluate((key) => {
    const seen = JSON.parse(localStorage.getItem(key) ?? '{}')
    localStorage.setItem(key, JSON.stringify({ ...seen, at: Date.now() - 600_000 }))
  }, place)
}

test('on return it is told by card what happened, exactly and across a restart, until it is put away', async () => {
  const [first, second] = [await card('First'), await card('Second')]
  await move(second.id, 'Review')
  const { page, isCleanButForOutages } = await open(board())
  await page.getByText('Second').first().waitFor()
  await leave(page)

  await move(first.id, 'In Progress')
  await move(second.id, 'Done')
  await server.kill()
  await server.start()
  await move(first.id, 'Review')
  await page.goto(board())
  await steps(page).first().waitFor()
  expect(await steps(page).getByRole('heading').allInnerTexts()).toEqual(['LA-1\nFirst', 'LA-2\nSecond'])
  const told = async (nth: number) =>
    (await steps(page).nth(nth).locator('li').allInnerTexts()).map((line) => line.split('\n')[0])
  expect(await told(0)).toEqual(['Moved to In Progress', 'Moved to Review'])
  expect(await told(1)).toEqual(['Moved to Done'])

  // Nothing is lost by a reload, and nothing is told again once it was put away.
  await page.reload()
  await steps(page).first().waitFor()
  await summary(page).getByRole('button', { name: 'Put away' }).click()
  await summary(page).waitFor({ state: 'detached' })
  await leave(page)
  await move(first.id, 'Done')
  await page.goto(board())
  await steps(page).first().waitFor()
  expect(await steps(page).count()).toBe(1)
  expect(await told(0)).toEqual(['Moved to Done'])
  await isCleanButForOutages()
})

test('whoever was away for a moment, or missed nothing, is told nothing', async () => {
  await card('Only')
  const { page, isClean } = await open(board())
  await page.getByText('Only').first().waitFor()
  await leave(page)
  await page.goto(board())
  await page.getByText('Only').first().waitFor()
  // It has read what there is, and goes on noting.
  await page.waitForFunction((key) => {
    const { at = 0 } = JSON.parse(localStorage.getItem(key) ?? '{}')
    return Date.now() - at < 60_000
  }, `boardcast.seen.${boardId}`)
  expect(await summary(page).count()).toBe(0)
  await page.goto(`${server.url}/agents`)
  const { id } = await card('Another')
  await move(id, 'Done')
  await page.goto(board())
  await page.getByText('Another').first().waitFor()
  expect(await summary(page).count()).toBe(0)
  await isClean()
})

const WHO: Record<string, string> = { local: 'on this machine', agent: 'the agent', git: 'seen in git' }

/** What of the log's facts a timeline tells. */
type Logged = { actor: { kind: string } } & (
  | { type: 'board.state.changed'; data: { patch: { op: string; path: string; value?: unknown }[] } }
  | { type: 'attempt.queued'; data: object }
  | { type: 'attempt.started'; data: { agent: string; branchName: string } }
  | { type: 'attempt.status.changed'; data: { status: string } }
  | { type: 'git.commit.created'; data: { shortSha: string; subject: string } }
)

/** What a card's timeline has to say, made from its log alone: newest first. */
const logOf = async (cardId: string): Promise<string[]> => {
  const { events } = await (await server.call('GET', `/boards/${boardId}/events?limit=1000&cardId=${cardId}`)).json()
  const titles = Object.fromEntries(Object.entries(columns).map(([title, id]) => [id, title]))
  const said = ({ type, data }: Logged): string | null => {
    switch (type) {
      case 'board.state.changed': {
        const paths = data.patch
        const added = paths.find(({ op, path }) => op === 'add' && path === `/cards/${cardId}`)
        if (added) return `New card: ${(added.value as { title: string }).title}`
        const moved = paths.find(
          ({ op, path, value }) => op === 'add' && path.includes('/cardIds/') && value === cardId,
        )
        if (moved) return `Moved to ${titles[moved.path.split('/')[2] ?? '']}`
        return paths.some(({ path }) => path === `/cards/${cardId}/title`) ? 'Edited' : null
      }
      case 'attempt.queued':
        return 'Queued'
      case 'attempt.started':
        return `${data.agent} began on ${data.branchName}`
      case 'attempt.status.changed':
        return data.status === 'succeeded' ? 'Succeeded' : null
      case 'git.commit.created':
        return `Committed ${data.shortSha} ${data.subject}`
      default:
        return null
    }
  }
  return events
    .flatMap((event: Logged) => {
      const words = said(event)
      return words === null ? [] : [`${words} | ${WHO[event.actor.kind]}`]
    })
    .reverse()
}

test('the timeline of a card is what its log says, live', async () => {
  const { id } = await card('Follow me')
  await move(id, 'In Progress')
  await card('Beside it')
  const { page, isClean } = await open(`${board()}/cards/${id}`)
  const timeline = page.getByRole('complementary', { name: 'Card' }).locator('details').filter({ hasText: 'Timeline' })
  const lines = async () => (await timeline.locator('li').allInnerTexts()).map((line) => line.split('\n')[0] ?? '')
  await timeline.getByText('Moved to In Progress').waitFor()
  expect(await lines()).toEqual(['Moved to In Progress', 'New card: Follow me'])

  await server.make(`/boards/${boardId}/cards/${id}/attempts`, {})
  await timeline.getByText('Moved to Review').waitFor()
  const live = await lines()
  expect(live.slice(0, 2)).toEqual(['Moved to Review', 'Succeeded'])
  expect(live.filter((line) => line.startsWith('demo began on boardcast/'))).toHaveLength(1)
  await page.reload()
  await timeline.getByText('Moved to Review').waitFor()
  expect(await lines()).toEqual(live)

  // Line by line against the log: what happened, and who caused it.
  const told = async () =>
    (await timeline.locator('li').allInnerTexts()).map((line) => line.split('\n').slice(0, 2).join(' | '))
  expect(await told()).toEqual(await logOf(id))
  await server.call('PATCH', `/boards/${boardId}/cards/${id}`, { title: 'Follow me again' })
  await timeline.getByText('Edited').waitFor()
  await expect.poll(told, { timeout: 20_000 }).toEqual(await logOf(id))

  await timeline.getByText('Timeline').click()
  await timeline.locator('ol').waitFor({ state: 'detached' })
  await page.reload()
  await timeline.waitFor()
  expect(await timeline.locator('li').count()).toBe(0)
  await isClean()
})
