import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Server } from './server.ts'

const server = new Server()

beforeAll(() => server.start())
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

test('the first visit explains itself, and the demo is one press away', async () => {
  const { page, isClean } = await open(server.url)
  await page.getByRole('button', { name: 'Play the demo' }).click()
  await page.waitForURL('**/boards/*')
  const region = (title: string) => page.getByRole('region', { name: new RegExp(`^${title}`) })
  await region('In Progress').getByText('Running').first().waitFor()
  await region('Review').getByText('Succeeded').first().waitFor()
  await page.getByRole('link', { name: 'Activity' }).click()
  await page
    .getByText(/committed|commit/i)
    .first()
    .waitFor()
  await page
    .getByText(/pushed/i)
    .first()
    .waitFor()
  await page.goto(server.url)
  await page.getByRole('main').getByRole('link', { name: 'Demo' }).waitFor()
  await page.getByRole('link', { name: 'Dashboard' }).click()
  await page.waitForURL('**/dashboard')
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
  await isClean()
})

test('whoever starts the demo is led to it, also when its board is heard of first', async () => {
  const other = new Server()
  await other.start()
  try {
    const { page } = await open(other.url)
    await page.route('**/api/v1/demo', async (route) => {
      const response = await route.fetch()
      await page.getByRole('main').getByRole('link', { name: 'Demo' }).waitFor()
      await route.fulfill({ response })
    })
    await page.getByRole('button', { name: 'Play the demo' }).click()
    await page.waitForURL('**/boards/*')
  } finally {
    await other.end()
  }
})

test('every view opens by its link and says nothing on the console', async () => {
  const board = (await server.make('/boards', { name: 'Linked' })).id
  const card = (await server.make(`/boards/${board}/cards`, { title: 'A card with a link' })).id
  for (const [path, text] of [
    [`/boards/${board}`, 'A card with a link'],
    [`/boards/${board}/cards/${card}`, 'Delete card'],
    [`/boards/${board}/activity`, 'A card with a link'],
    [`/boards/${board}/settings`, 'Ticket prefix'],
    ['/agents', 'Agents'],
    ['/dashboard', 'Linked'],
  ] as const) {
    const { page, isClean } = await open(`${server.url}${path}`)
    await page.getByText(text).first().waitFor()
    await isClean()
    await page.context().close()
  }
})

test.each([
  ['light', 200, 255],
  ['dark', 0, 60],
] as const)('%s is there before anything is drawn', async (colorScheme, least, most) => {
  const { page, isCleanButForOutages } = await open(server.url, { colorScheme })
  // The theme doesn't wait for the program: without it the empty page has its colour already.
  await page.route('**/assets/*.js', (route) => route.abort())
  await page.reload()
  const red = await page.evaluate(() => {
    const pen = new OffscreenCanvas(1, 1).getContext('2d')
    if (pen === null) return -1
    pen.fillStyle = getComputedStyle(document.documentElement).backgroundColor
    pen.fillRect(0, 0, 1, 1)
    return pen.getImageData(0, 0, 1, 1).data[0] ?? -1
  })
  expect(red).toBeGreaterThanOrEqual(least)
  expect(red).toBeLessThanOrEqual(most)
  // What was held back was held back by this test.
  await isCleanButForOutages()
})

test('on a phone one column shows at a time, and nothing is wider than the screen', async () => {
  const board = (await server.make('/boards', { name: 'Pocket' })).id
  await server.make(`/boards/${board}/cards`, { title: 'In my pocket' })
  const { page, isClean } = await open(`${server.url}/boards/${board}`, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  })
  await page.getByText('In my pocket').first().waitFor()
  await page.getByRole('tab', { name: /^Done/ }).tap()
  await page.getByRole('region', { name: /^Done/ }).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await isClean()
})
