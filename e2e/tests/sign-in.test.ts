import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { Server } from './server.ts'

const TOKEN = 'the-token-of-the-operator-in-these-tests'
const server = new Server()
let boardId = ''

beforeAll(async () => {
  server.env.BOARDCAST_TOKEN = TOKEN
  server.headers.authorization = `Bearer ${TOKEN}`
  await server.start()
  boardId = (await server.make('/boards', { name: 'Behind a door' })).id
  await server.make(`/boards/${boardId}/cards`, { title: 'Inside' })
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

const door = (page: Page) => page.getByRole('dialog', { name: 'Sign in' })
const enter = async (page: Page, token: string): Promise<void> => {
  await door(page).getByLabel('Token').fill(token)
  await door(page).getByRole('button', { name: 'Sign in' }).click()
}

test('whoever has no token is asked for one, told when it is wrong, and then let in', async () => {
  const { page } = await open(`${server.url}/boards/${boardId}`)
  await enter(page, 'a wrong one')
  await door(page).getByRole('alert').getByText('not known').waitFor()
  await enter(page, TOKEN)
  await door(page).waitFor({ state: 'detached' })
  await page.getByText('Inside').first().waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  await page.reload()
  await page.getByText('Inside').first().waitFor()
  expect(await door(page).count()).toBe(0)
})

test('what is typed is still there after a session has ended in the middle', async () => {
  const { page } = await open(`${server.url}/boards/${boardId}`)
  await enter(page, TOKEN)
  await page.getByText('Inside').first().waitFor()
  await page.getByRole('button', { name: 'New card' }).click()
  const title = page.getByRole('textbox', { name: 'Title' })
  await title.fill('Half a thought')
  await page.context().clearCookies()
  await page.keyboard.press('Enter')
  await enter(page, TOKEN)
  await door(page).waitFor({ state: 'detached' })
  expect(await title.inputValue()).toBe('Half a thought')
  await title.focus()
  await page.keyboard.press('Enter')
  await page
    .getByRole('region', { name: /^Backlog/ })
    .getByRole('link', { name: 'Half a thought' })
    .waitFor()
})

test('what was asked before signing in and is refused after it is asked again', async () => {
  const { page } = await open('about:blank')
  let late = (route: Route): Promise<void> => route.continue()
  let letGo = () => {}
  const signedIn = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const refused = new Promise<number>((resolve) => {
    // Refused by the server at once, heard by the page late.
    late = async (route) => {
      const response = await route.fetch()
      resolve(response.status())
      await signedIn
      await route.fulfill({ response })
    }
  })
  await page.route('**/api/v1/tokens', late, { times: 1 })
  await page.goto(`${server.url}/tokens`)
  expect(await refused).toBe(401)
  await enter(page, TOKEN)
  await door(page).waitFor({ state: 'detached' })
  letGo()
  await page.getByText('Nobody else has a token.').waitFor()
  expect(await door(page).count()).toBe(0)
})

test('a token is made, shown once, used, and withdrawn', async () => {
  const { page } = await open(`${server.url}/tokens`)
  await enter(page, TOKEN)
  await page.getByText('Nobody else has a token.').waitFor()
  await page.getByRole('button', { name: 'New token' }).click()
  const form = page.getByRole('region', { name: 'Make a token' })
  await form.getByRole('textbox', { name: 'What it is for' }).fill('A reader')
  await form.getByRole('combobox', { name: 'Boards' }).selectOption('Behind a door')
  await form.getByRole('button', { name: 'Make token' }).click()
  const made = await page.getByRole('textbox', { name: 'Token' }).inputValue()
  const row = page.getByRole('listitem').filter({ hasText: 'A reader' })
  await row.getByText('read on Behind a door').waitFor()
  await row.getByText('never used').waitFor()
  await page.reload()
  await row.waitFor()
  expect(await page.content()).not.toContain(made)

  const reader = await open(`${server.url}/boards/${boardId}`)
  await enter(reader.page, made)
  await reader.page.getByText('Inside').first().waitFor()
  await page.reload()
  await row.getByText('used just now').waitFor()

  await row.getByRole('button', { name: 'Withdraw A reader' }).click()
  await row.getByRole('button', { name: 'Withdraw', exact: true }).click()
  await row.waitFor({ state: 'detached' })
  // What the reader reads stays in sight under the question.
  await door(reader.page).waitFor()
  expect(await reader.page.getByText('Inside').first().isVisible()).toBe(true)

  await page.getByRole('button', { name: 'Sign out' }).click()
  await door(page).waitFor()
})
