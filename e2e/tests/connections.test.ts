/** The operators' page of open streams. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Server } from './server.ts'

const server = new Server()

beforeAll(() => server.start())
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

test('streams come, are sent more, and go while somebody looks', async () => {
  const board = (await server.make('/boards', { name: 'Listened to' })).id
  const { page, isClean } = await open(server.url)
  await page.getByRole('link', { name: 'Connections' }).click()
  const rows = page.getByRole('region', { name: 'Streams' }).getByRole('row')
  const row = rows.filter({ hasText: 'Listened to' })
  // The heading, and the page's own stream.
  await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(2)
  const gone = new AbortController()
  const listening = await fetch(`${server.url}/api/v1/sse?boardId=${board}`, { signal: gone.signal })
  await row.getByText('whole').waitFor()
  await row.getByText('none').waitFor()
  const sent = () => row.getByRole('cell').nth(4).textContent()
  const before = await sent()
  for (let nth = 0; nth < 5; nth++) await server.make(`/boards/${board}/cards`, { title: `Card ${nth}` })
  await expect.poll(sent, { timeout: 10_000 }).not.toBe(before)
  await row.getByRole('link', { name: 'Listened to' }).waitFor()
  gone.abort()
  await listening.body?.cancel().catch(() => undefined)
  await row.waitFor({ state: 'detached' })
  await isClean()
})

test('on a phone only the table is wider than the screen', async () => {
  const { page, isClean } = await open(`${server.url}/connections`, {
    viewport: { width: 360, height: 740 },
    isMobile: true,
  })
  await page.getByRole('region', { name: 'Streams' }).getByRole('row').nth(1).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await isClean()
})
