import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Server } from './server.ts'

const server = new Server()
const attempt = 'attempt-1'
let board = ''

const EVIL = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>[x](javascript:window.hurt=1)'

beforeAll(async () => {
  await server.start()
  board = (await server.make('/boards', { name: EVIL.slice(0, 150) })).id
  const card = (await server.make(`/boards/${board}/cards`, { title: EVIL, description: EVIL })).id
  const tell = (id: string, type: string, data: object) =>
    server.report(id, type, { boardId: board, attemptId: attempt, ...data })
  const item = (id: string, more: object) => ({ item: { id, timestamp: '2026-01-01T00:00:00.000Z', ...more } })
  await tell('1', 'attempt.queued', { cardId: card, agent: 'evil' })
  await tell('2', 'attempt.status.changed', { cardId: card, status: 'running' })
  await tell('3', 'attempt.log.appended', { level: 'warn', message: EVIL })
  await tell(
    '4',
    'attempt.conversation.appended',
    item('m', { type: 'message', role: 'assistant', text: EVIL, format: 'markdown' }),
  )
  await tell('5', 'attempt.conversation.appended', item('t', { type: 'thinking', text: EVIL }))
  await tell('6', 'attempt.conversation.appended', item('e', { type: 'error', text: EVIL }))
  const todos = { total: 1, completed: 0, items: [{ id: '1', text: EVIL, status: 'open' }] }
  await tell('7', 'attempt.todos.updated', { todos })
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

test('no text is anything but text, on any view', async () => {
  const { page, isClean } = await open(`${server.url}/boards/${board}`)
  await page.getByRole('region', { name: /^Backlog/ }).waitFor()
  for (const view of [
    '',
    '/activity',
    '/settings',
    ...['conversation', 'log', 'diff', 'todos'].map((part) => `/attempts/${attempt}/${part}`),
  ]) {
    await page.goto(`${server.url}/boards/${board}${view}`)
    await page.getByText('onerror=').first().waitFor()
    expect(await page.evaluate(() => Reflect.get(window, 'hurt')), view).toBeUndefined()
    expect(await page.locator('img[src="x"], a[href^="javascript"]').count(), view).toBe(0)
  }
  await page.goto(`${server.url}/dashboard`)
  await page.getByText('onerror=').first().waitFor()
  expect(await page.evaluate(() => Reflect.get(window, 'hurt'))).toBeUndefined()
  await isClean()
})

test('activating a card opens its latest attempt, and what it says from now on appears', async () => {
  const { page, isClean } = await open(`${server.url}/boards/${board}`)
  await page
    .getByRole('region', { name: /^Backlog/ })
    .getByRole('link')
    .first()
    .click()
  await page.waitForURL(`**/attempts/${attempt}/**`)
  for (const name of ['Conversation', 'Log', 'Diff', 'Todos']) await page.getByRole('tab', { name }).waitFor()
  const say = (id: string, text: string) =>
    server.report(id, 'attempt.conversation.appended', {
      boardId: board,
      attemptId: attempt,
      item: {
        id: 'grows',
        timestamp: '2026-01-01T00:00:00.000Z',
        type: 'message',
        role: 'assistant',
        text,
        format: 'markdown',
      },
    })
  await say('g1', 'I am **gro')
  await page.getByText('gro', { exact: false }).first().waitFor()
  await say('g2', 'I am **grown**')
  await page.locator('strong', { hasText: 'grown' }).waitFor()
  await page.getByRole('tab', { name: 'Log' }).click()
  await server.report('l1', 'attempt.log.appended', {
    boardId: board,
    attemptId: attempt,
    level: 'info',
    message: 'a fresh line',
  })
  await page.getByText('a fresh line').first().waitFor()
  await isClean()
})
