/** The dashboard, of attempts that are reported from outside. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { seen } from './plots.ts'
import { Server } from './server.ts'

const server = new Server()
let boardId = ''
let count = 0

/** An attempt on a card of its own that stands there. */
const attempt = async (title: string, status: string, more: object = {}): Promise<string> => {
  const cardId = (await server.make(`/boards/${boardId}/cards`, { title })).id
  const attemptId = `attempt-${count++}`
  const of = { boardId, attemptId, cardId }
  await server.report(`q${attemptId}`, 'attempt.queued', { ...of, agent: 'builder' })
  await server.report(`r${attemptId}`, 'attempt.status.changed', {
    ...of,
    status: 'running',
    startedAt: new Date().toISOString(),
  })
  if (status !== 'running' || 'needsInput' in more) {
    await server.report(`s${attemptId}`, 'attempt.status.changed', { ...of, status, ...more })
  }
  return attemptId
}

beforeAll(async () => {
  await server.start()
  boardId = (await server.make('/boards', { name: 'Overseen' })).id
  await attempt('Compile it', 'running')
  await attempt('Ask me', 'running', { needsInput: true })
  await attempt('Look at it', 'succeeded')
  await attempt('Break it', 'failed', { error: 'three tests failed' })
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

test.each(['light', 'dark'] as const)('plots are seen in %s, with their axes and units', async (colorScheme) => {
  const { page, isClean } = await open(`${server.url}/dashboard`, { colorScheme })
  const labels = ['started', 'succeeded', 'failed', 'active'].map((word) => `Attempts ${word}`)
  for (const label of [...labels, 'Cards open', 'Events published']) {
    const plot = page.getByRole('figure', { name: label })
    await plot.getByRole('img').waitFor()
    const { marks, markLight, groundLight } = await seen(plot)
    expect(marks, label).toBeGreaterThan(40)
    expect(Math.abs(markLight - groundLight), label).toBeGreaterThan(60)
    expect(groundLight > 128, label).toBe(colorScheme === 'light')
  }
  const started = page.getByRole('figure', { name: 'Attempts started' })
  await started.getByText('attempts per day').waitFor()
  expect(await started.locator('svg text').allTextContents()).toEqual(expect.arrayContaining(['0', '2', '4']))
  await isClean()
})

test('the number of a bucket is told to a pointer and to the keyboard', async () => {
  const { page, isClean } = await open(`${server.url}/dashboard`)
  const probe = page.getByRole('slider', { name: /^Attempts started/ })
  const tip = page.getByRole('tooltip')
  const box = await probe.boundingBox()
  await probe.hover({ position: { x: (box?.width ?? 0) - 12, y: 40 } })
  await tip.getByText('4 attempts').waitFor()
  await page.mouse.move(0, 0)
  await tip.waitFor({ state: 'detached' })
  await page.getByRole('radio', { name: 'The last 7 days' }).focus()
  await page.keyboard.press('Tab')
  await tip.getByText('4 attempts').waitFor()
  await page.keyboard.press('ArrowLeft')
  await tip.getByText('0 attempts').waitFor()
  expect(await probe.getAttribute('aria-valuetext')).toMatch(/: 0 attempts$/)
  await page.keyboard.press('Escape')
  await tip.waitFor({ state: 'detached' })
  await isClean()
})

test('every range can be looked at, stays in the link and is live', async () => {
  const { page, isClean } = await open(`${server.url}/dashboard`)
  const probe = page.getByRole('slider', { name: /^Attempts started/ })
  const buckets = async () => Number(await probe.getAttribute('aria-valuemax')) + 1
  for (const [name, link, least, most] of [
    ['The last 24 hours', 'last_24h', 24, 25],
    ['The last 30 days', 'last_30d', 30, 31],
    ['The last 90 days', 'last_90d', 90, 91],
    // All of it happened just now, or around midnight.
    ['From the beginning', 'all_time', 1, 2],
    ['The last 7 days', null, 7, 8],
  ] as const) {
    await page.getByRole('radio', { name }).check()
    await page.getByRole('heading', { name }).waitFor()
    expect(new URL(page.url()).searchParams.get('range')).toBe(link)
    await expect.poll(buckets, { timeout: 10_000 }).toSatisfy((n: number) => n >= least && n <= most)
  }
  await page.goto(`${server.url}/dashboard?range=last_24h`)
  const total = page.getByRole('figure', { name: 'Cards open' }).locator('figcaption strong, figcaption span').nth(1)
  await expect.poll(() => total.textContent(), { timeout: 10_000 }).toBe('4')
  await server.make(`/boards/${boardId}/cards`, { title: 'One more' })
  await expect.poll(() => total.textContent(), { timeout: 10_000 }).toBe('5')
  await isClean()
})

test('what runs ticks, what waits for somebody leads there, boards and agents say how they are', async () => {
  const { page, isClean } = await open(`${server.url}/dashboard`)
  const clock = page
    .getByRole('region', { name: 'Running now' })
    .getByRole('listitem')
    .filter({ hasText: 'Compile it' })
  const before = await clock.textContent()
  await expect.poll(() => clock.textContent(), { timeout: 10_000 }).not.toBe(before)
  for (const [list, title] of [
    ['Needs you', 'Ask me'],
    ['To review', 'Look at it'],
    ['Failed', 'Break it'],
  ] as const) {
    await page
      .getByRole('navigation', { name: 'Lists' })
      .getByRole('link', { name: `1 ${list}` })
      .waitFor()
    await page.getByRole('region', { name: list }).getByRole('link', { name: title }).waitFor()
  }
  await page
    .getByRole('region', { name: 'Boards' })
    .getByRole('row', { name: /^Overseen busy/ })
    .waitFor()
  await page
    .getByRole('region', { name: 'Agents' })
    .getByRole('row', { name: /^builder 4 1 1 50 %/ })
    .waitFor()
  await page.getByRole('region', { name: 'Failed' }).getByText('three tests failed').waitFor()
  await page.getByRole('region', { name: 'Failed' }).getByRole('link', { name: 'Break it' }).click()
  await page.waitForURL(`**/boards/${boardId}/attempts/attempt-3/conversation`)
  await isClean()
})

test('on a phone nothing is wider than the screen, and a finger sees a number', async () => {
  const { page, isClean } = await open(`${server.url}/dashboard`, {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
  })
  const probe = page.getByRole('slider', { name: /^Attempts failed/ })
  await probe.scrollIntoViewIfNeeded()
  const box = await probe.boundingBox()
  await probe.tap({ position: { x: (box?.width ?? 0) - 14, y: 60 } })
  expect(await probe.getAttribute('aria-valuetext')).toMatch(/: 1 attempt$/)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await isClean()
})
