import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { repository } from './repository.ts'
import { Server } from './server.ts'

const server = new Server()
let repositoryPath = ''
let board = ''
let boardId = ''

beforeAll(async () => {
  await server.start()
  repositoryPath = repository(server.dir)
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})
beforeEach(async () => {
  boardId = await server.demoBoard('At work', repositoryPath)
  board = `${server.url}/boards/${boardId}`
})

const column = (page: Page, title: string) => page.getByRole('region', { name: new RegExp(`^${title}`) })
const card = (page: Page, within: string, title: string) =>
  column(page, within).getByRole('listitem').filter({ hasText: title })
const panel = (page: Page) => page.getByRole('complementary', { name: 'Attempt' })
const head = (page: Page) => panel(page).locator('header')

const attempts = async (): Promise<unknown[]> => {
  const { attempts } = await (await server.call('GET', `/boards/${boardId}/attempts`)).json()
  return attempts
}

/** A card with a task of its own, dropped on In Progress and opened. */
const drop = async (page: Page, title: string, description?: string): Promise<void> => {
  await server.make(`/boards/${boardId}/cards`, { title, description })
  await card(page, 'Backlog', title).dragTo(column(page, 'In Progress'))
  // It may have come to Review by now.
  const taken = page.locator('[data-card-id]').filter({ hasText: title })
  await taken.getByText('demo', { exact: true }).waitFor()
  await taken.getByRole('link').click()
  await panel(page).waitFor()
}

const say = async (page: Page, text: string): Promise<void> => {
  await panel(page).getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Control+Enter')
  await panel(page).getByRole('tabpanel').getByText(text, { exact: true }).waitFor()
}

test('a card that is dropped on In Progress is taken up once and comes to Review', async () => {
  const { page, isClean } = await open(board)
  await drop(page, 'Write a note')
  await card(page, 'Review', 'Write a note').getByText('Succeeded').waitFor()
  await card(page, 'Review', 'Write a note').getByText('3/3').waitFor()
  await panel(page).getByRole('tab', { name: 'Diff' }).click()
  await panel(page).getByText('1 file').waitFor()
  expect(await attempts()).toHaveLength(1)
  await isClean()
})

test('a refusal is told in words, and the card stays where it was dropped', async () => {
  await server.call('PATCH', `/boards/${boardId}`, { repositoryPath: null })
  const { page } = await open(board)
  await server.make(`/boards/${boardId}/cards`, { title: 'Nowhere to work' })
  await card(page, 'Backlog', 'Nowhere to work').dragTo(column(page, 'In Progress'))
  await page.getByText(/^No attempt was started\. .*repository/i).waitFor()
  await card(page, 'In Progress', 'Nowhere to work').waitFor()
})

test('a blocked card is taken up all the same', async () => {
  const { page, isClean } = await open(board)
  const first = await server.make(`/boards/${boardId}/cards`, { title: 'First' })
  await server.make(`/boards/${boardId}/cards`, { title: 'Second', dependsOn: [first.id] })
  await card(page, 'Backlog', 'Second').dragTo(column(page, 'In Progress'))
  await card(page, 'Review', 'Second').getByText('Succeeded').waitFor()
  await isClean()
})

test('a move by menu or keyboard is a drop like any other', async () => {
  const { page, isClean } = await open(board)
  await server.make(`/boards/${boardId}/cards`, { title: 'By menu' })
  await server.make(`/boards/${boardId}/cards`, { title: 'By keyboard' })
  await card(page, 'Backlog', 'By menu')
    .getByRole('button', { name: /^Actions/ })
    .click()
  await page.getByRole('menuitem', { name: 'Move to In Progress' }).click()
  await card(page, 'Review', 'By menu').getByText('Succeeded').waitFor()
  await card(page, 'Backlog', 'By keyboard').getByRole('link').focus()
  for (const key of ['Space', 'ArrowRight', 'Space']) await page.keyboard.press(key)
  await card(page, 'Review', 'By keyboard').getByText('Succeeded').waitFor()
  expect(await attempts()).toHaveLength(2)
  await isClean()
})

test('an attempt is started by hand, with words and a branch of its own', async () => {
  const { page, isClean } = await open(board)
  await server.make(`/boards/${boardId}/cards`, { title: 'By hand' })
  await card(page, 'Backlog', 'By hand')
    .getByRole('button', { name: /^Actions/ })
    .click()
  await page.getByRole('menuitem', { name: 'Start an attempt' }).click()
  const form = page.getByRole('form', { name: 'Start an attempt' })
  expect(await form.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe('By hand')
  await form.getByRole('textbox', { name: 'Prompt' }).fill('/slow 1')
  await form.getByRole('textbox', { name: 'Branch' }).fill(`own/${boardId}`)
  await form.getByRole('button', { name: 'Start' }).click()
  await head(page).getByText(`own/${boardId}`).waitFor()
  await panel(page).getByRole('tabpanel').getByText('/slow 1', { exact: true }).waitFor()
  await card(page, 'Review', 'By hand').getByText('Succeeded').waitFor()
  await isClean()
})

test('the built-in agent is there to be tried', async () => {
  const { page, isClean } = await open(`${server.url}/agents`)
  const demo = page.getByRole('region', { name: 'Demo (built in)' })
  await demo.getByRole('button', { name: 'Try' }).click()
  await demo.getByText('It works.').waitFor()
  await isClean()
})

test('an agent is given its key on the page, which never shows it again', async () => {
  const { page, isClean } = await open(`${server.url}/agents`)
  await page.getByRole('button', { name: 'New agent' }).click()
  const form = page.getByRole('region', { name: 'New agent' })
  const fill = (label: string, text: string) => form.getByRole('textbox', { name: label, exact: true }).fill(text)
  await fill('Name', 'keyed')
  await form.getByRole('combobox', { name: 'Protocol' }).selectOption('command')
  await fill('Command', '/bin/sh')
  await fill('Arguments', '-c\necho "$A_KEY" | tr a-z b-za')
  await fill('Environment', 'A_KEY')
  await form.getByText('Not NAME=value: A_KEY').waitFor()
  await fill('Environment', 'A_KEY=open sesame')
  await form.getByRole('button', { name: 'Register agent' }).click()
  const agent = page.getByRole('region', { name: 'keyed' })
  await agent.getByRole('button', { name: 'Try' }).click()
  await agent.getByText('pqfo tftbnf').waitFor()
  await agent.getByRole('button', { name: 'Edit keyed' }).click()
  expect(await agent.getByRole('textbox', { name: 'Environment' }).inputValue()).toBe('')
  await agent.getByRole('textbox', { name: 'Label', exact: true }).fill('Keyed')
  await agent.getByRole('button', { name: 'Save' }).click()
  // Another label, and still the same key.
  const renamed = page.getByRole('region', { name: 'Keyed', exact: true })
  await renamed.waitFor()
  await page.reload()
  await renamed.getByRole('button', { name: 'Try' }).click()
  await renamed.getByText('pqfo tftbnf').waitFor()
  await isClean()
})

test('one that wants to know its user says how to sign in', async () => {
  const hello = {
    protocolVersion: 1,
    authMethods: [{ id: 'web', name: 'Log in with the web', description: 'Run `x login`' }],
  }
  const says = (id: number, rest: object) => `read line; echo '${JSON.stringify({ jsonrpc: '2.0', id, ...rest })}'`
  const refusal = { code: -32000, message: 'Authentication required' }
  const script = `${says(1, { result: hello })}; ${says(2, { error: refusal })}; read line`
  await server.make('/agents', { agent: 'stranger', protocol: 'acp', command: '/bin/sh', args: ['-c', script] })
  const { page, isClean } = await open(`${server.url}/agents`)
  const agent = page.getByRole('region', { name: 'stranger' })
  await agent.getByRole('button', { name: 'Try' }).click()
  await agent.getByText("It doesn't work.").waitFor()
  await agent.getByText('It offers: Log in with the web (Run `x login`).').waitFor()
  await isClean()
})

test('a request is answered in place', async () => {
  const { page, isClean } = await open(board)
  await drop(page, '/permission')
  await card(page, 'In Progress', '/permission').getByText('Needs you').waitFor()
  await panel(page).getByRole('region', { name: 'Needs you' }).getByRole('button', { name: 'Allow' }).click()
  await panel(page).getByText('You allowed it').waitFor()
  await panel(page).getByRole('region', { name: 'Needs you' }).waitFor({ state: 'detached' })
  await card(page, 'Review', '/permission').getByText('Succeeded').waitFor()
  expect(await page.getByText('Needs you').count()).toBe(0)
  await isClean()
})

test('the agent is asked for more, and again while it is at it', async () => {
  const { page, isClean } = await open(board)
  await drop(page, 'Begin')
  await head(page).getByText('Succeeded').waitFor()
  await say(page, '/slow 2')
  await head(page).getByText('Running').waitFor()
  await panel(page).getByRole('button', { name: 'Queue' }).waitFor()
  await say(page, 'And then rest')
  await panel(page).getByText('The task is: And then rest').first().waitFor()
  await head(page).getByText('Succeeded').waitFor()
  await isClean()
})

test('an attempt is stopped, tried again, and deleted', async () => {
  const { page } = await open(board)
  const { page: other } = await open(board)
  await drop(page, 'Take your time', '/slow 30')
  await head(page).getByText('Heard').waitFor()
  await head(page).getByRole('button', { name: 'Stop', exact: true }).click()
  await head(page).getByText('Stopped', { exact: true }).waitFor()
  await card(page, 'In Progress', 'Take your time').getByText('Stopped', { exact: true }).waitFor()

  const first = page.url()
  await head(page).getByRole('button', { name: 'Retry' }).click()
  await page.waitForURL((url) => url.href !== first)
  const deleted = new URL(page.url()).pathname.split('/').at(-2)
  await head(page).getByRole('button', { name: 'Stop', exact: true }).click()
  await head(page).getByText('Stopped', { exact: true }).waitFor()
  await head(page).getByRole('button', { name: 'Delete attempt' }).click()
  await head(page).getByRole('button', { name: 'Delete for good' }).click()
  await page.getByRole('complementary', { name: 'Card' }).getByRole('heading', { name: 'Attempts' }).waitFor()
  expect(await attempts()).toHaveLength(1)

  // Another window is told by no event; it finds out as soon as it looks.
  const seen = card(other, 'In Progress', 'Take your time')
  expect(await seen.getByRole('link').getAttribute('href')).toContain(deleted)
  await seen.getByRole('link').click()
  await panel(other).getByText('There is no attempt').waitFor()
  expect(await seen.getByRole('link').getAttribute('href')).not.toContain(deleted)
  await seen.getByRole('link').click()
  await head(other).getByText('Stopped', { exact: true }).waitFor()
})

test('work is committed, or given up knowingly', async () => {
  const { page } = await open(board)
  await drop(page, 'Leave something')
  await head(page).getByText('Succeeded').waitFor()
  await head(page).getByRole('button', { name: 'Delete attempt' }).click()
  await head(page).getByRole('button', { name: 'Delete for good' }).click()
  await head(page).getByRole('button', { name: 'Delete it with this work' }).waitFor()
  await head(page).getByRole('button', { name: 'Keep' }).click()
  await head(page).getByRole('button', { name: 'Commit', exact: true }).click()
  expect(await head(page).getByRole('textbox', { name: 'Subject' }).inputValue()).toBe('Leave something')
  await head(page).getByRole('button', { name: 'Commit all' }).click()
  await head(page).getByRole('button', { name: 'Commit', exact: true }).waitFor({ state: 'detached' })
})

test('a flood is read back line by line, and nothing older counts as new', async () => {
  const { page, isClean } = await open(board)
  await drop(page, '/flood 20000')
  await panel(page).getByRole('tab', { name: 'Log' }).click()
  const log = panel(page).getByRole('tabpanel', { name: 'Log' })
  await card(page, 'Review', '/flood 20000').getByText('Succeeded').waitFor()
  await log.getByText('line 20000 of 20000').waitFor()
  // More than the stream itself holds, read upwards by the wheel.
  const seen = new Set<number>()
  await log.hover()
  await expect
    .poll(
      async () => {
        for (const text of await log.locator('[data-index]').allTextContents()) {
          seen.add(Number(/line (\d+) of/.exec(text)?.[1] ?? Number.NaN))
        }
        await page.mouse.wheel(0, -700)
        return Math.min(...[...seen].filter(Number.isInteger))
      },
      { timeout: 50_000, interval: 10 },
    )
    .toBeLessThan(16_000)
  const lines = [...seen].filter(Number.isInteger).toSorted((a, b) => a - b)
  expect(lines.filter((line, nth) => nth > 0 && line !== (lines[nth - 1] ?? 0) + 1)).toEqual([])
  expect(lines.at(-1)).toBe(20_000)
  expect(await log.getByRole('button', { name: /new$/ }).count()).toBe(0)
  await isClean()
})

test('a server that dies in the middle ends the attempt, and a message takes it up again', async () => {
  const { page, isCleanButForOutages } = await open(board)
  await drop(page, 'Survive', '/slow 30')
  await head(page).getByText('Running').waitFor()
  await panel(page).getByRole('textbox', { name: 'Message' }).fill('Go on')
  await server.kill()
  await server.start()
  await head(page).getByText('interrupted by a restart').waitFor()
  await panel(page).getByText('takes the session up again').waitFor()
  expect(await panel(page).getByRole('textbox', { name: 'Message' }).inputValue()).toBe('Go on')
  await panel(page).getByRole('button', { name: 'Send' }).click()
  await card(page, 'Review', 'Survive').getByText('Succeeded').waitFor()
  await isCleanButForOutages()
})
