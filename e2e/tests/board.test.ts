import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Server } from './server.ts'

const server = new Server()
let board = ''

beforeAll(() => server.start())
afterAll(async () => {
  await closeBrowser()
  await server.end()
})
beforeEach(async () => {
  board = `${server.url}/boards/${(await server.make('/boards', { name: 'Shared board' })).id}`
})

const column = (page: Page, title: string) => page.getByRole('region', { name: new RegExp(`^${title}`) })
const card = (page: Page, within: string, title: string) =>
  column(page, within).getByRole('listitem').filter({ hasText: title })

const addCard = async (page: Page, title: string): Promise<void> => {
  await column(page, 'Backlog').waitFor()
  await page.keyboard.press('c')
  await page.getByRole('textbox', { name: 'Title' }).fill(title)
  await page.keyboard.press('Enter')
  await card(page, 'Backlog', title).waitFor()
  await page.keyboard.press('Escape')
}

test('what one does by mouse, keyboard and menu, another sees', async () => {
  const [one, other] = [await open(board), await open(board)]
  await addCard(one.page, 'Wash the dishes')
  await card(other.page, 'Backlog', 'Wash the dishes').waitFor()

  await card(one.page, 'Backlog', 'Wash the dishes').dragTo(column(one.page, 'Review'))
  await card(other.page, 'Review', 'Wash the dishes').waitFor()

  await card(other.page, 'Review', 'Wash the dishes').getByRole('link').focus()
  for (const key of ['Space', 'ArrowRight', 'Space']) await other.page.keyboard.press(key)
  await card(one.page, 'Done', 'Wash the dishes').waitFor()

  await card(one.page, 'Done', 'Wash the dishes')
    .getByRole('button', { name: /^Actions/ })
    .click()
  await one.page.getByRole('menuitem', { name: /In Progress/ }).click()
  await card(other.page, 'In Progress', 'Wash the dishes').waitFor()
  await one.isClean()
  await other.isClean()
})

test('a move by keyboard that is cancelled leaves the card where it was', async () => {
  const { page, isClean } = await open(board)
  await addCard(page, 'Stay')
  await card(page, 'Backlog', 'Stay').getByRole('link').focus()
  for (const key of ['Space', 'ArrowRight', 'Escape']) await page.keyboard.press(key)
  await card(page, 'Backlog', 'Stay').waitFor()
  expect(await card(page, 'In Progress', 'Stay').count()).toBe(0)
  await isClean()
})

test('a refused move goes back and says why', async () => {
  const { page } = await open(board)
  const path = new URL(board).pathname
  const first = await server.make(`${path}/cards`, { title: 'First' })
  await server.make(`${path}/cards`, { title: 'Second', dependsOn: [first.id] })
  await card(page, 'Backlog', 'Second').dragTo(column(page, 'In Progress'))
  await page.getByText('a card that it depends on is not done').first().waitFor()
  await card(page, 'Backlog', 'Second').waitFor()
  expect(await card(page, 'In Progress', 'Second').count()).toBe(0)
})

test('a card is edited and deleted', async () => {
  const [one, other] = [await open(board), await open(board)]
  await addCard(one.page, 'Old words')
  await card(one.page, 'Backlog', 'Old words').getByRole('link').click()
  const panel = one.page.getByRole('complementary')
  await panel.getByRole('textbox', { name: 'Title' }).fill('New words')
  await panel.getByRole('button', { name: 'Save' }).click()
  await card(other.page, 'Backlog', 'New words').waitFor()
  await card(other.page, 'Backlog', 'New words')
    .getByRole('button', { name: /^Actions/ })
    .click()
  await other.page.getByRole('menuitem', { name: 'Delete' }).click()
  await other.page.getByRole('menuitem', { name: 'Delete for good' }).click()
  await card(one.page, 'Backlog', 'New words').waitFor({ state: 'detached' })
  await other.isClean()
})

test('the menu of a card is worked by keys alone, and gives the focus back', async () => {
  const { page, isClean } = await open(board)
  await addCard(page, 'By keys')
  const button = card(page, 'Backlog', 'By keys').getByRole('button', { name: /^Actions/ })
  await button.focus()
  await page.keyboard.press('Enter')
  await page.locator('[role=menuitem]:focus').getByText('Open the card').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('button[aria-haspopup=menu]:focus').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('[role=menuitem]:focus').waitFor()
  const chosen = page.locator('[role=menuitem]:focus')
  const items = await page.getByRole('menuitem').count()
  for (let n = 0; n < items && (await chosen.textContent()) !== 'Move to Review'; n += 1) {
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await card(page, 'Review', 'By keys').waitFor()
  await page.locator('[data-card-link]:focus').getByText('By keys').waitFor()
  await isClean()
})

test('a menu closed and opened again at once has the focus', async () => {
  const { page, isClean } = await open(board)
  await addCard(page, 'At once')
  await card(page, 'Backlog', 'At once')
    .getByRole('button', { name: /^Actions/ })
    .click()
  await page.locator('[role=menuitem]:focus').getByText('Open the card').waitFor()
  await page.getByRole('menu').evaluate((menu: HTMLElement) => {
    menu.hidePopover()
    menu.showPopover()
  })
  await page.locator('[role=menuitem]:focus').getByText('Open the card').waitFor()
  await isClean()
})

test('a new card written and closed by keys leaves the focus in sight', async () => {
  const { page, isClean } = await open(board)
  await addCard(page, 'First')
  await page.locator('button[aria-label="Add a card to Backlog"]:focus').waitFor()
  await card(page, 'Backlog', 'First').getByRole('link').focus()
  await page.keyboard.press('c')
  await page.locator('input[aria-label=Title]:focus').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('[data-card-link]:focus').getByText('First').waitFor()
  await isClean()
})

test('a card deleted by another leaves what was being typed into it', async () => {
  const { page, isClean } = await open(board)
  await addCard(page, 'Short lived')
  await card(page, 'Backlog', 'Short lived').getByRole('link').click()
  await page.getByRole('complementary').getByRole('textbox', { name: 'Description' }).fill('an hour of thought')
  const cardId = new URL(page.url()).pathname.split('/').at(-1)
  await server.call('DELETE', `${new URL(board).pathname}/cards/${cardId}`)
  await page.getByText('This card is gone.').waitFor()
  expect(await page.getByRole('textbox', { name: 'What you had typed' }).inputValue()).toBe('an hour of thought')
  await isClean()
})

test('from board to board and back the pill stays as it is', async () => {
  const { page, isClean } = await open(board)
  await server.make('/boards', { name: 'Another board' })
  const pill = page.locator('header').getByText('Live', { exact: true })
  await pill.waitFor()
  await page.evaluate(() => {
    const seen = new Set<string>()
    Object.assign(window, { seen })
    // Each frame in which a pill could be seen.
    const look = () => {
      seen.add(document.querySelector('header p[title^=Live], header p[role=status]')?.textContent ?? 'none')
      requestAnimationFrame(look)
    }
    look()
  })
  await page.getByRole('link', { name: 'Another board' }).click()
  await page.getByRole('heading', { name: 'Another board' }).waitFor()
  await column(page, 'Backlog').waitFor()
  await page.goBack()
  await column(page, 'Backlog').waitFor()
  await page.getByRole('link', { name: 'Dashboard' }).click()
  await page
    .getByRole('heading', { name: 'Running now' })
    .or(page.getByRole('heading', { name: 'Boards' }))
    .first()
    .waitFor()
  expect(await page.evaluate(() => [...Reflect.get(window, 'seen')])).toEqual(['Live'])
  await isClean()
})
