/** The readable documents: what stands in them is what the program serves, and what they say to try works. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Server } from './server.ts'

const server = new Server()
const run = promisify(execFile)

beforeAll(() => server.start())
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

interface Served {
  info: { description: string }
  paths: Record<string, Record<string, { operationId?: string; tags?: string[] }>>
  tags: { name: string }[]
  channels: Record<string, { messages: Record<string, unknown> }>
}

const served = async (name: string): Promise<Served> => (await server.call('GET', `/${name}`)).json()

test('the API document has every route, grouped by what it is about', async () => {
  const { paths, tags } = await served('openapi.json')
  const { page, isClean } = await open(server.url)
  await page.getByRole('link', { name: 'Documents' }).click()
  await page.waitForURL('**/docs/api')
  for (const { name } of tags) {
    const expected = Object.values(paths).flatMap((path) =>
      Object.values(path).flatMap((one) => (one.tags?.includes(name) ? [one.operationId] : [])),
    )
    const group = page.getByRole('region', { name, exact: true })
    await group.waitFor()
    const there = await group
      .getByRole('article')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    expect(there.toSorted(), name).toEqual(expected.toSorted())
  }
  await isClean()
})

test('a link opens an operation with its fields, answers and refusals', async () => {
  const { page, isClean } = await open(`${server.url}/docs/api#post_boards_board_cards_card_move`)
  const entry = page.getByRole('article', { name: 'post_boards_board_cards_card_move' })
  await entry.getByRole('region', { name: /^Body/ }).getByText('columnId').waitFor()
  await entry
    .getByRole('region', { name: /^Answer 200/ })
    .getByText('ticketKey')
    .waitFor()
  await entry.getByRole('region', { name: 'Refusals' }).getByText('409card_blocked').waitFor()
  const top = await entry.evaluate((element) => element.getBoundingClientRect().top)
  expect(top).toBeGreaterThan(48)
  expect(top).toBeLessThan(400)
  await isClean()
})

test('both documents begin with how to use them', async () => {
  for (const [place, file, words] of [
    ['api', 'openapi.json', 'Places in the log.'],
    ['stream', 'asyncapi.json', 'Coming back.'],
  ] as const) {
    const { info } = await served(file)
    expect(info.description).toContain(words)
    const { page, isClean } = await open(`${server.url}/docs/${place}`)
    await page.locator('.prose strong', { hasText: words }).waitFor()
    await page.getByRole('searchbox').fill('boardId')
    await page.locator('.prose').waitFor({ state: 'detached' })
    await isClean()
  }
})

test('what is said to try works as it stands', async () => {
  const { page, isClean } = await open(`${server.url}/docs/api#post_boards`)
  const command = page.getByRole('figure', { name: 'As a command' }).locator('pre')
  const { stdout } = await run('sh', ['-c', `${await command.textContent()} --silent --fail`])
  const board = JSON.parse(stdout)
  expect(board.name).toBe('My board')
  await page.goto(`${server.url}/docs/api#post_boards_board_cards`)
  await page.reload()
  const made = await run('sh', ['-c', `board=${board.id}; ${await command.textContent()} --silent --fail`])
  expect(JSON.parse(made.stdout).title).toBe('Fix the login test')
  await isClean()
})

test('the search finds by path, field and code, and stays in the link', async () => {
  const { page, isClean } = await open(`${server.url}/docs/api`)
  await page.getByRole('article', { name: 'get_boards', exact: true }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('card_blocked')
  await expect.poll(() => page.getByRole('article').count(), { timeout: 10_000 }).toBe(1)
  await page.getByRole('article', { name: 'post_boards_board_cards_card_move' }).waitFor()
  await page.reload()
  await page.getByRole('article', { name: 'post_boards_board_cards_card_move' }).waitFor()
  await page.getByRole('searchbox').fill('nothing is called so')
  await page.getByText('Nothing fits.').waitFor()
  await isClean()
})

test('the stream document has every message, each with its data and an example', async () => {
  const { channels } = await served('asyncapi.json')
  const { page, isClean } = await open(`${server.url}/docs/stream#attempt_status`)
  const names = Object.values(channels).flatMap(({ messages }) => Object.keys(messages))
  await page.getByRole('article').first().waitFor()
  const there = await page.getByRole('article').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
  expect(there.toSorted()).toEqual(names.toSorted())
  const entry = page.getByRole('article', { name: 'attempt_status', exact: true })
  await entry.getByRole('term').filter({ hasText: 'previousStatus' }).waitFor()
  const example = await entry.locator('pre').textContent()
  expect(example).toMatch(/^id: .+\nevent: attempt_status\ndata: \{"boardId":/)
  await isClean()
})

test.each(['/docs/api#put_boards_board_state', '/docs/stream#attempt.queued'])('%s fits on a phone', async (path) => {
  const { page, isClean } = await open(`${server.url}${path}`, {
    viewport: { width: 360, height: 740 },
    isMobile: true,
  })
  await page.locator('pre').first().waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await isClean()
})
