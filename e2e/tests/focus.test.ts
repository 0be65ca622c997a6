/** Where the focus is after what one does with keys: never nowhere. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Server } from './server.ts'

const server = new Server()
let board = ''

beforeAll(async () => {
  await server.start()
  board = `${server.url}/boards/${(await server.make('/boards', { name: 'A board' })).id}`
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

test('a form that opens in place takes the focus, and gives it back', async () => {
  const { page, isClean } = await open(`${server.url}/agents`)
  const add = page.getByRole('button', { name: 'New agent' })
  await add.press('Enter')
  await page.locator('input:focus').waitFor()
  await page.keyboard.type('cat')
  await page.getByRole('textbox', { name: 'Command' }).fill('cat')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { name: 'cat' }).waitFor()
  await page.locator('button:focus').getByText('New agent').waitFor()
  await isClean()
})

test('a button that is of no use any more keeps the focus, and does nothing', async () => {
  const { page, isClean } = await open(`${board}/settings`)
  const name = page.getByRole('textbox', { name: 'Name', exact: true })
  await name.fill('Another name')
  const save = page.getByRole('button', { name: 'Save' })
  await save.press('Enter')
  await page.getByRole('heading', { name: 'Another name' }).waitFor()
  await page.locator('button[aria-disabled=true]:focus').getByText('Save').waitFor()
  await page.keyboard.press('Enter')
  expect(await name.inputValue()).toBe('Another name')
  await isClean()
})

test('the key for the search leads to it from every part of a board', async () => {
  const { page, isClean } = await open(`${board}/activity`)
  await page.getByRole('link', { name: 'Activity' }).waitFor()
  await page.keyboard.press('/')
  await page.locator('input[type=search]:focus').waitFor()
  expect(page.url()).toBe(board)
  await isClean()
})
