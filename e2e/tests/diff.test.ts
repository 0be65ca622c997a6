import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { repository } from './repository.ts'
import { Server } from './server.ts'

const server = new Server()
let diff = ''
let attemptId = ''

/** An attempt that has ended, and in whose worktree a few files were then changed. */
beforeAll(async () => {
  await server.start()
  const boardId = await server.demoBoard('Read', repository(server.dir))
  const card = await server.make(`/boards/${boardId}/cards`, { title: 'Read me' })
  attemptId = (await server.make(`/boards/${boardId}/cards/${card.id}/attempts`, {})).id
  const shown = async () => (await server.call('GET', `/attempts/${attemptId}`)).json()
  await vi.waitFor(async () => expect((await shown()).status).toBe('succeeded'), { timeout: 30_000, interval: 100 })
  const { worktreePath } = await shown()
  mkdirSync(join(worktreePath, 'src/deep'), { recursive: true })
  writeFileSync(join(worktreePath, 'README.md'), 'A better place to work in.\n')
  writeFileSync(join(worktreePath, 'src/deep/main.rs'), 'fn main() {\n    println!("<b>hello</b>");\n}\n')
  writeFileSync(join(worktreePath, 'src/deep/large.txt'), 'one more line\n'.repeat(2000))
  diff = `${server.url}/boards/${boardId}/attempts/${attemptId}/diff`
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
})

const tab = (page: Page) => page.getByRole('tabpanel', { name: 'Diff' })
const file = (page: Page, path: string) => tab(page).locator(`[data-file="${path}"]`)
const comment = (page: Page, line: number, path: string) =>
  tab(page).getByRole('textbox', { name: `Comment on line ${line} of ${path}` })

test('files are a tree, large ones are folded, code has its colours and stays text', async () => {
  const { page, isClean } = await open(diff)
  const tree = tab(page).getByRole('navigation', { name: 'Changed files' })
  await tree.getByText('src/deep/').waitFor()
  expect(await file(page, 'src/deep/large.txt').getByText('one more line').count()).toBe(0)
  await tree.getByRole('button', { name: /^large\.txt/ }).click()
  await file(page, 'src/deep/large.txt').getByText('one more line').first().waitFor()
  await file(page, 'src/deep/main.rs').locator('.hljs-keyword', { hasText: 'fn' }).waitFor()
  await file(page, 'src/deep/main.rs').getByText('"<b>hello</b>"').waitFor()
  await isClean()
})

test('there are two columns where there is room, and the choice is remembered', async () => {
  const { page, isClean } = await open(`${diff}?wide`)
  const removed = file(page, 'README.md').getByText('A place to work in.')
  const added = file(page, 'README.md').getByText('A better place to work in.')
  const places = async () => [await removed.boundingBox(), await added.boundingBox()]
  await tab(page).getByRole('button', { name: 'Side by side', pressed: true }).waitFor()
  const [before, now] = await places()
  expect(before?.y).toBe(now?.y)
  await tab(page).getByRole('button', { name: 'Unified' }).click()
  await page.reload()
  await tab(page).getByRole('button', { name: 'Unified', pressed: true }).waitFor()
  const [above, below] = await places()
  expect(below?.y).toBeGreaterThan(above?.y ?? 0)
  await isClean()
})

test('comments outlive a reload and go to the agent together', async () => {
  const { page, isClean } = await open(diff)
  const rust = 'src/deep/main.rs'
  await file(page, rust).getByRole('button', { name: 'Comment on line 2' }).click()
  await comment(page, 2, rust).fill('Say it in capitals.')
  // By keys alone: Tab comes to the first line, arrows go on.
  await file(page, rust).getByRole('button', { name: 'Comment on line 1' }).focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
  await page.keyboard.type('And return something.')
  await page.reload()
  expect(await comment(page, 2, rust).inputValue()).toBe('Say it in capitals.')
  await file(page, 'README.md').getByRole('button', { name: 'Comment on line 1' }).last().click()
  await comment(page, 1, 'README.md').fill('Given up')
  await file(page, 'README.md').getByRole('button', { name: 'Remove comment' }).click()
  await tab(page).getByRole('button', { name: 'Send 2 comments to the agent' }).click()
  await tab(page).getByRole('status').getByText('Sent').waitFor()
  expect(await tab(page).getByRole('textbox').count()).toBe(0)
  const { items } = await (await server.call('GET', `/attempts/${attemptId}/conversation`)).json()
  const sent = items.filter((item: { role?: string }) => item.role === 'user').at(-1)
  expect(sent.text).toBe(
    [
      'Comments on your changes:',
      '`src/deep/main.rs` line 2:\n>     println!("<b>hello</b>");\nSay it in capitals.',
      '`src/deep/main.rs` line 3:\n> }\nAnd return something.',
    ].join('\n\n'),
  )
  await isClean()
})
