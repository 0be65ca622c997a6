import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeBrowser, open } from './browser.ts'
import { GitHub } from './github.ts'
import { repositoryWithRemote } from './repository.ts'
import { Server } from './server.ts'

const server = new Server()
const { path: repositoryPath, bare } = repositoryWithRemote(server.dir)
const github = new GitHub(bare)
let boardId = ''

const start = () => server.start('--github-api-url', github.url)

beforeAll(async () => {
  await github.start()
  Object.assign(server.env, {
    BOARDCAST_GITHUB_TOKEN: 'a-token-of-the-tests',
    GIT_AUTHOR_NAME: 'E2E',
    GIT_AUTHOR_EMAIL: 'e2e@example.org',
    GIT_COMMITTER_NAME: 'E2E',
    GIT_COMMITTER_EMAIL: 'e2e@example.org',
  })
  await start()
})
afterAll(async () => {
  await closeBrowser()
  await server.end()
  github.end()
})
beforeEach(async () => {
  github.refusal = null
  boardId = await server.demoBoard('To be merged', repositoryPath, { githubRepo: 'acme/app' })
})

const column = (page: Page, title: string) => page.getByRole('region', { name: new RegExp(`^${title}`) })
const card = (page: Page, within: string, title: string) =>
  column(page, within).getByRole('listitem').filter({ hasText: title })
const panel = (page: Page) => page.getByRole('complementary', { name: 'Attempt' })
const head = (page: Page) => panel(page).locator('header')
const button = (page: Page, name: string) => head(page).getByRole('button', { name, exact: true })

/** A card that was dropped on In Progress and has come to Review, with its attempt open. */
const reviewed = async (page: Page, title: string): Promise<void> => {
  await server.make(`/boards/${boardId}/cards`, { title, description: 'Why it is **needed**.' })
  await card(page, 'Backlog', title).dragTo(column(page, 'In Progress'))
  await card(page, 'Review', title).getByText('Succeeded').waitFor()
  await card(page, 'Review', title).getByRole('link').first().click()
  await panel(page).waitFor()
}

const commit = async (page: Page): Promise<void> => {
  await button(page, 'Commit').click()
  await button(page, 'Commit all').click()
  await button(page, 'Commit').waitFor({ state: 'detached' })
}

test('from a drop to the merged pull request', async () => {
  const { page, isCleanButForOutages } = await open(`${server.url}/boards/${boardId}`)
  await reviewed(page, 'Write a note')
  await commit(page)

  await button(page, 'Pull request').click()
  const form = page.getByRole('form', { name: 'Open a pull request' })
  expect(await form.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Write a note')
  expect(await form.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('Why it is **needed**.')
  expect(await form.getByRole('textbox', { name: 'Into' }).inputValue()).toBe('main')
  await form.getByRole('textbox', { name: 'Title' }).fill('docs: write a note')
  await form.getByRole('button', { name: 'Open pull request' }).click()

  const pull = head(page).getByRole('status', { name: 'Pull request' })
  await pull.getByText('Open', { exact: true }).waitFor()
  const [made] = github.pulls
  expect(made).toMatchObject({ title: 'docs: write a note', body: 'Why it is **needed**.', draft: false })
  expect(await pull.getByRole('link').getAttribute('href')).toBe(made?.html_url)
  expect(github.git('log', '-1', '--format=%s', made?.head.ref ?? '')).toBe('Write a note')
  await card(page, 'Review', 'Write a note').getByText(`#${made?.number}`).waitFor()
  expect(await button(page, 'Pull request').count()).toBe(0)

  // Merged while the server is away: it is looked at as soon as there is one again.
  await server.kill()
  github.merge(made?.number ?? 0)
  await start()
  await pull.getByText('Merged', { exact: true }).waitFor()
  await card(page, 'Done', 'Write a note').getByText('merged').waitFor()
  expect(await button(page, 'Push').count()).toBe(0)
  await isCleanButForOutages()
})

test('a refusal of GitHub is told where it was asked, and what was typed stays', async () => {
  const { page } = await open(`${server.url}/boards/${boardId}`)
  await reviewed(page, 'Refused')
  await commit(page)
  await button(page, 'Pull request').click()
  const form = page.getByRole('form', { name: 'Open a pull request' })
  await form.getByRole('textbox', { name: 'Title' }).fill('My own words')
  await form.getByRole('checkbox', { name: 'Draft' }).check()
  github.refusal = { status: 422, message: 'No commits between main and this' }
  await form.getByRole('button', { name: 'Open pull request' }).click()
  await form.getByRole('alert').getByText('No commits between main and this').waitFor()

  await page.reload()
  await button(page, 'Pull request').click()
  expect(await form.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('My own words')
  github.refusal = null
  await form.getByRole('checkbox', { name: 'Draft' }).check()
  await form.getByRole('button', { name: 'Open pull request' }).click()
  await head(page).getByRole('status', { name: 'Pull request' }).getByText('Draft', { exact: true }).waitFor()
  expect(github.pulls.at(-1)).toMatchObject({ title: 'My own words', draft: true })
})

test('a branch is pushed, and a remote that has newer commits says so', async () => {
  const { page } = await open(`${server.url}/boards/${boardId}`)
  await reviewed(page, 'Send it')
  await commit(page)
  await button(page, 'Push').click()
  const pushed = head(page).getByText(/^Pushed [0-9a-f]{7} to origin/)
  const told = await pushed.textContent()
  const branch = told?.replace(/^.*origin\/(.*)\.$/, '$1') ?? ''
  expect(github.git('log', '-1', '--format=%s', branch)).toBe('Send it')

  // Somebody else adds to it.
  const other = join(server.dir, 'other')
  execFileSync('git', ['clone', '--quiet', '--branch', branch, bare, other], { stdio: 'pipe' })
  const git = (...args: string[]) => execFileSync('git', args, { cwd: other, env: { ...process.env, ...server.env } })
  git('commit', '--quiet', '--allow-empty', '--message', 'From elsewhere')
  git('push', '--quiet', 'origin', branch)
  const { attempts } = await (await server.call('GET', `/boards/${boardId}/attempts`)).json()
  const mine = attempts[0].worktreePath
  execFileSync('git', ['commit', '--quiet', '--allow-empty', '--message', 'Mine'], {
    cwd: mine,
    env: { ...process.env, ...server.env },
  })
  await button(page, 'Push').click()
  await head(page).getByRole('alert').getByText('has commits that this one has not').waitFor()
  expect(github.git('log', '-1', '--format=%s', branch)).toBe('From elsewhere')

  // Nor are they replaced: they are somebody else's.
  await button(page, 'Replace its own commits there').click()
  await head(page).getByRole('alert').getByText("somebody else's commits", { exact: false }).waitFor()
  expect(github.git('log', '-1', '--format=%s', branch)).toBe('From elsewhere')
})

const CONFLICTED = 'Write in the same place'

test('a conflict with the base is shown, solved by the agent, and the pull request is merged all the same', async () => {
  // Writes a file of its own; asked again, it takes what the base has.
  const script = [
    'read -r first; case "$first" in Rebase*)',
    'git rebase -q main || { printf "both\\n" > shared; git add shared; git -c core.editor=true rebase --continue; } ;;',
    '*) printf "mine\\n" > shared ;; esac',
  ].join(' ')
  await server.make('/agents', { agent: 'writer', protocol: 'command', command: '/bin/sh', args: ['-c', script] })
  await server.call('PATCH', `/boards/${boardId}`, { defaultAgent: 'writer' })
  const env = { ...process.env, ...server.env }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repositoryPath, env, stdio: 'pipe' })
  git('pull', '--quiet', '--ff-only', 'origin', 'main')
  const { page } = await open(`${server.url}/boards/${boardId}`)
  await reviewed(page, CONFLICTED)
  await commit(page)
  await button(page, 'Pull request').click()
  await page.getByRole('button', { name: 'Open pull request' }).click()
  const pull = head(page).getByRole('status', { name: 'Pull request' })
  await pull.getByText('Open', { exact: true }).waitFor()

  // Meanwhile the base goes on, in the same file.
  writeFileSync(join(repositoryPath, 'shared'), 'theirs\n')
  git('add', 'shared')
  git('commit', '--quiet', '--message', 'In the same place')
  git('push', '--quiet', 'origin', 'main')
  await button(page, 'Rebase').click()
  const conflicts = head(page).getByRole('region', { name: 'Conflicts' })
  await conflicts.waitFor()
  expect(await conflicts.getByRole('listitem').allInnerTexts()).toEqual(['shared'])
  await conflicts.getByRole('button', { name: 'Ask the agent' }).click()
  await page.getByText('Rebase this branch onto main').first().waitFor()
  await button(page, 'Rebase').waitFor()
  await expect.poll(() => worktreeLog(), { timeout: 30_000 }).toEqual([CONFLICTED, 'In the same place'])
  await button(page, 'Rebase').click()
  await head(page).getByText('It stands on main already').waitFor()

  // What was pushed before isn't there any more: it is its own, so it may be replaced.
  await button(page, 'Push').click()
  await button(page, 'Replace its own commits there').click()
  await head(page)
    .getByText(/^Pushed [0-9a-f]{7} to origin/)
    .waitFor()
  const made = github.pulls.at(-1)
  await server.kill()
  github.merge(made?.number ?? 0)
  await start()
  await card(page, 'Done', CONFLICTED).getByText('merged').waitFor()
  expect(github.git('show', 'main:shared')).toBe('both')
  await server.call('PATCH', `/boards/${boardId}`, { defaultAgent: 'demo' })
})

/** Where the newest attempt works. */
const worktree = async (): Promise<string> => {
  const { attempts } = await (await server.call('GET', `/boards/${boardId}/attempts`)).json()
  return attempts[0].worktreePath
}

/** The subjects of its last commits. */
const worktreeLog = async (): Promise<string[]> => {
  const log = execFileSync('git', ['log', '-2', '--format=%s'], { cwd: await worktree(), encoding: 'utf8' })
  return log.trim().split('\n')
}

test('a rebase that somebody left half-way is aborted', async () => {
  const { page } = await open(`${server.url}/boards/${boardId}`)
  await reviewed(page, 'Left half-way')
  await commit(page)
  const cwd = await worktree()
  const git = (...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8', stdio: 'pipe' }).trim()
  const head = git('rev-parse', 'HEAD')
  // Anything stands on its first commit; told to stop there, git does.
  expect(() => git('rebase', '--quiet', '--force-rebase', '--exec', 'false', 'HEAD~1')).toThrow()
  await button(page, 'Rebase').click()
  const unfinished = page.getByRole('region', { name: 'Unfinished rebase' })
  await unfinished.getByRole('button', { name: 'Abort the rebase' }).click()
  await unfinished.waitFor({ state: 'detached' })
  expect(git('status', '--porcelain', '--branch')).toMatch(/^## boardcast\//)
  expect(git('rev-parse', 'HEAD')).toBe(head)
})
