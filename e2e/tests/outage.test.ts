import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Relay } from './relay.ts'
import { Server } from './server.ts'

const server = new Server()
let board = ''

beforeAll(async () => {
  await server.start()
  board = (await server.make('/boards', { name: 'Outages' })).id
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

const backlog = (page: Page) => page.getByRole('region', { name: /^Backlog/ })
const add = (title: string) => server.make(`/boards/${board}/cards`, { title })

test('a server that is killed and comes back finds the text half typed and the board complete', async () => {
  const { page, isCleanButForOutages } = await open(`${server.url}/boards/${board}`)
  await backlog(page).waitFor()
  await page.keyboard.press('c')
  const title = page.getByRole('textbox', { name: 'Title' })
  await title.pressSequentially('Half a thou')
  await server.kill()
  await page
    .getByText(/^As of|^Offline|^Reconnecting|^Catching up/i)
    .first()
    .waitFor()
  await title.pressSequentially('ght')
  expect(await title.inputValue()).toBe('Half a thought')
  await server.start()
  await add('Made meanwhile')
  await backlog(page).getByText('Made meanwhile').waitFor()
  await page.getByText('Live').first().waitFor()
  expect(await title.inputValue()).toBe('Half a thought')
  expect(await title.evaluate((field) => field === document.activeElement)).toBe(true)
  await page.keyboard.press('Enter')
  await backlog(page).getByText('Half a thought').waitFor()
  await isCleanButForOutages()
})

test('connections that are cut lose nothing and show nothing twice', async () => {
  const relay = new Relay(server.url)
  await relay.start()
  const { page } = await open(`${relay.url}/boards/${board}`)
  await backlog(page).waitFor()
  for (const round of ['one', 'two', 'three']) {
    relay.cut()
    await add(`Cut ${round}`)
    await backlog(page).getByText(`Cut ${round}`).waitFor()
  }
  for (const round of ['one', 'two', 'three']) expect(await backlog(page).getByText(`Cut ${round}`).count()).toBe(1)
  relay.end()
})

test('a proxy that stalls is found out, and what it held back arrives', { timeout: 120_000 }, async () => {
  const relay = new Relay(server.url)
  await relay.start()
  const { page } = await open(`${relay.url}/boards/${board}`)
  await backlog(page).waitFor()
  await page.getByText('Live').first().waitFor()
  relay.isStalled = true
  await add('Held back')
  // Two and a half heartbeats of silence, and the page knows.
  await page
    .getByText(/^As of/i)
    .first()
    .waitFor({ timeout: 60_000 })
  relay.isStalled = false
  await backlog(page).getByText('Held back').waitFor({ timeout: 30_000 })
  relay.end()
})
