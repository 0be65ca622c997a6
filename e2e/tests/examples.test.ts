/** What `examples/` promises, kept against the real server. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'vite'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { closeBrowser, open } from './browser.ts'
import { inRepository, Program, run } from './program.ts'
import { Server } from './server.ts'

interface Attempt {
  readonly id: string
  readonly agent: string
  readonly status: string
  readonly branchName: string
  readonly baseBranch: string
  readonly error: string | null
}

const server = new Server()
const page = await createServer({ root: inRepository('examples/page'), server: { host: '127.0.0.1', port: 0 } })
const programs: Program[] = []
let board = ''

const origin = (): string => page.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? ''
const env = (more: Record<string, string> = {}) => ({
  BOARDCAST_URL: server.url,
  BOARDCAST_BOARD_ID: board,
  ...more,
})
const get = async (path: string) => (await server.call('GET', path)).json()
const attempts = async (): Promise<Attempt[]> => (await get(`/boards/${board}/attempts`)).attempts
const linesOf = async (attempt: string): Promise<string[]> =>
  (await get(`/attempts/${attempt}/logs?limit=1000`)).items.map(({ message }: { message: string }) => message)
const told = (attempt: string) =>
  get(`/boards/${board}/events?limit=1000&attemptId=${attempt}`).then(({ events }) =>
    events.filter(({ type }: { type: string }) => type !== 'attempt.log.appended'),
  )

beforeAll(async () => {
  await page.listen()
  await server.start('--allow-origin', origin())
})
afterEach(async () => {
  for (const program of programs.splice(0)) await program.end('SIGKILL')
})
afterAll(async () => {
  await closeBrowser()
  await page.close()
  await server.end()
})

const freshBoard = async () => {
  board = (await server.make('/boards', { name: 'Examples' })).id
}

const reportBuild = (command: string[], more: Record<string, string> = {}) =>
  run([inRepository('examples/report-build.sh'), '--', ...command], env(more))

test('report-build.sh tells a build from queued to succeeded, with every line as it was', async () => {
  await freshBoard()
  const lines = [
    'a "quoted" \\ line',
    '',
    '\ttabbed',
    'größer ✓',
    ...Array.from({ length: 450 }, (_, n) => `line ${n}`),
  ]
  const script = `cat <<'END'\n${lines.join('\n')}\nEND\nprintf '\\033[32mgreen\\033[0m\\r\\n\\377\\001odd\\n' >&2; printf unended`
  const ended = await reportBuild(['sh', '-c', script], { BOARDCAST_TITLE: 'Build "it"', BOARDCAST_BRANCH: 'topic' })
  expect(ended.code, ended.errors).toBe(0)
  expect(ended.output).toContain(`${lines.join('\n')}\n`)
  const [attempt] = await attempts()
  if (attempt === undefined) throw new Error('no attempt')
  expect(attempt).toMatchObject({ agent: 'build', status: 'succeeded', branchName: 'topic', error: null })
  expect(await linesOf(attempt.id)).toEqual([...lines, 'green', 'odd', 'unended'])
  const course = (await told(attempt.id)).map((event: { type: string; data: { status?: string } }) => [
    event.type,
    event.data.status,
  ])
  expect(course).toEqual([
    ['attempt.queued', 'queued'],
    ['attempt.started', undefined],
    ['attempt.status.changed', 'running'],
    ['attempt.status.changed', 'succeeded'],
  ])
  const { cards } = await get(`/boards/${board}/state`)
  expect(Object.values(cards)).toMatchObject([{ title: 'Build "it"' }])
})

test('report-build.sh ends as the build ends, and says why', async () => {
  await freshBoard()
  const card = (await server.make(`/boards/${board}/cards`, { title: 'Red' })).id
  expect((await reportBuild(['sh', '-c', 'exit 3'], { BOARDCAST_CARD_ID: card })).code).toBe(3)
  expect(await attempts()).toMatchObject([{ cardId: card, status: 'failed', error: 'sh ended with exit code 3' }])
  const program = new Program(
    [inRepository('examples/report-build.sh'), '--', 'sh', '-c', 'echo begun; exec sleep 600'],
    env({ BOARDCAST_CARD_ID: card, BOARDCAST_BUILD_ID: 'long' }),
  )
  programs.push(program)
  await expect.poll(() => linesOf('long').catch(() => []), { timeout: 20_000 }).toEqual(['begun'])
  expect(await program.end('SIGTERM')).toBe(143)
  expect((await get('/attempts/long')).status).toBe('stopped')
})

test('report-build.sh lets a build be when the server is away, and when it refuses', async () => {
  await freshBoard()
  const unknown = await reportBuild(['sh', '-c', 'echo built; exit 5'], { BOARDCAST_BOARD_ID: 'nowhere' })
  expect(unknown).toMatchObject({ code: 5, output: 'built\n' })
  expect(unknown.errors.match(/a report is lost/g)).toHaveLength(1)
  const away = await reportBuild(['echo', 'built'], { BOARDCAST_URL: 'http://127.0.0.1:1' })
  expect(away).toMatchObject({ code: 0, output: 'built\n' })
  expect((await run([inRepository('examples/report-build.sh'), 'true'], {})).code).toBe(64)
})

for (const command of [
  ['python3', inRepository('examples/board.py')],
  ['node', inRepository('examples/board.mjs')],
  ['perl', inRepository('examples/board.pl')],
]) {
  const name = command[1]?.split('/').pop()

  test(`${name} follows what it reports, and misses nothing when the server is killed`, async () => {
    await freshBoard()
    const follower = new Program([...command, 'follow', board], env())
    programs.push(follower)
    await expect.poll(() => follower.lines.length, { timeout: 20_000 }).toBe(2)
    expect(follower.lines).toEqual([
      '- hello none',
      expect.stringMatching(/^\S+-\d+ state Backlog 0, In Progress 0, Review 0, Done 0$/),
    ])
    const report = async (lines: string[]) => {
      const ended = await run([...command, 'report', board, 'A card'], env(), lines.map((line) => `${line}\n`).join(''))
      expect(ended.code, ended.errors).toBe(0)
      return ended.output.trim()
    }
    const first = await report(['one', 'two "quoted"', ''])
    expect((await get(`/attempts/${first}`)).status).toBe('succeeded')
    await server.kill()
    await expect.poll(() => follower.errors.join('\n'), { timeout: 20_000 }).toContain('again in')
    await server.start('--allow-origin', origin())
    await report(['three', 'four'])
    await expect.poll(() => follower.lines.join('\n'), { timeout: 30_000 }).toContain('Review 2')
    const heard = follower.lines
      .filter((line) => line.includes(' attempt_log '))
      .map((line) => line.split(' attempt_log ')[1])
    expect(heard).toEqual(['one', 'two "quoted"', '', 'three', 'four'])
    expect(follower.lines.filter((line) => line.includes(' hello ')).slice(1)).toEqual([
      expect.stringMatching(/ hello tail$/),
    ])
    // A newer board may stand for older ones; everything else comes once.
    const { events } = await get(`/boards/${board}/events?limit=1000`)
    const facts = events.filter(({ type }: { type: string }) => type !== 'board.state.changed')
    const cursors = follower.lines.filter((line) => !/ (hello|state) /.test(line)).map((line) => line.split(' ')[0])
    expect(cursors).toEqual(facts.map(({ id }: { id: string }) => id))
  })

  test(`${name} starts afresh from a cursor of another log, and stops at a refusal`, async () => {
    await freshBoard()
    const follower = new Program([...command, 'follow', board, 'another-17'], env())
    programs.push(follower)
    await expect.poll(() => follower.lines.length, { timeout: 20_000 }).toBe(2)
    expect(follower.lines).toEqual(['- hello reset', expect.stringMatching(/-\d+ state Backlog 0, /)])
    const refused = await run([...command, 'follow', 'nowhere'], env())
    expect(refused.code).toBe(1)
    expect(refused.errors).toContain('there is no board nowhere')
    await server.call('DELETE', `/boards/${board}`)
    await expect.poll(() => follower.errors.join('\n'), { timeout: 20_000 }).toContain('board_deleted')
  })
}

test('board.pl makes a board, and its folded patches are what the board is', async () => {
  const program = [inRepository('examples/board.pl')]
  const made = await run([...program, 'make', 'Von Perl', 'Größer', 'kleiner'], env())
  expect(made.code, made.errors).toBe(0)
  board = made.output.trim()
  expect((await get(`/boards/${board}`)).name).toBe('Von Perl')
  const follower = new Program([...program, 'follow', board], env())
  programs.push(follower)
  const last = (words: string) =>
    expect.poll(() => follower.lines.findLast((line) => line.includes(' state ')), { timeout: 20_000 }).toContain(words)
  await last('Backlog 2, In Progress 0, Review 0, Done 0')
  const { columns, columnOrder, cards } = await get(`/boards/${board}/state`)
  expect(Object.values(cards).map((card) => (card as { title: string }).title)).toContain('Größer')
  const [backlog, inProgress] = columnOrder
  const [first] = columns[backlog].cardIds
  await server.call('POST', `/boards/${board}/cards/${first}/move`, { columnId: inProgress, index: 0 })
  await last('Backlog 1, In Progress 1, Review 0, Done 0')
  await server.call('DELETE', `/boards/${board}/cards/${first}`)
  await last('Backlog 1, In Progress 0, Review 0, Done 0')
  await server.make(`/boards/${board}/columns`, { title: 'Später', index: 0 })
  await last('Später 0, Backlog 1, In Progress 0')
  await server.call('DELETE', `/boards/${board}/columns/${columnOrder[3]}`)
  await last('Später 0, Backlog 1, In Progress 0, Review 0')
  expect(follower.lines.filter((line) => line.includes(' hello '))).toEqual(['- hello none'])
  expect(follower.errors).toEqual([])
})

test('the step of GitHub Actions reports what it runs, with where and by whom', async () => {
  await freshBoard()
  const dir = mkdtempSync(join(tmpdir(), 'boardcast-action-'))
  try {
    const action = parse(readFileSync(inRepository('examples/github-action/action.yml'), 'utf8'))
    const inputs: Record<string, string> = {
      url: server.url,
      board,
      run: 'echo "1: $0"\nfalse\necho never',
    }
    const given = (name: string): string => inputs[name] ?? action.inputs[name].default
    const filled = (value: string) => value.replace(/\$\{\{ inputs\.(\w+) \}\}/g, (_, name) => given(name))
    expect(Object.keys(action.inputs)).toEqual(['url', 'token', 'board', 'card', 'run'])
    const [step] = action.runs.steps
    const own = Object.entries<string>(step.env).map(([name, value]) => [name, filled(value)])
    const output = join(dir, 'output')
    // As the runner does it: https://docs.github.com/actions/reference/workflow-syntax, `shell: bash`.
    const ended = await run(['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run], {
      GITHUB_ACTION_PATH: inRepository('examples/github-action'),
      GITHUB_OUTPUT: output,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'someone/notes',
      GITHUB_RUN_ID: '42',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_WORKFLOW: "Someone's checks",
      GITHUB_JOB: 'unit',
      GITHUB_REF_NAME: '7/merge',
      GITHUB_HEAD_REF: 'topic',
      GITHUB_BASE_REF: 'main',
      ...Object.fromEntries(own),
    })
    expect(ended.code, ended.errors).toBe(1)
    const [attempt] = await attempts()
    expect(attempt).toMatchObject({
      agent: 'github-actions',
      status: 'failed',
      branchName: 'topic',
      baseBranch: 'main',
    })
    expect(readFileSync(output, 'utf8')).toBe(`attempt=${attempt?.id}\n`)
    expect(attempt?.id).toMatch(/^gh-42-2-/)
    const said = await linesOf(attempt?.id ?? '')
    expect(said).toEqual(['https://github.com/someone/notes/actions/runs/42', '1: bash'])
    const { cards } = await get(`/boards/${board}/state`)
    expect(Object.values(cards)).toMatchObject([{ title: "Someone's checks: unit" }])
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('the page of thirty lines shows the board, live', async () => {
  await freshBoard()
  const { page: tab } = await open(`${origin()}/?board=${board}&server=${server.url}`)
  await tab.getByRole('status').getByText('live').waitFor()
  await run(['node', inRepository('examples/board.mjs'), 'report', board, 'Seen at once'], env(), 'a line\n')
  const review = tab.getByRole('region', { name: 'Review' })
  await review.getByText('Seen at once succeeded').waitFor()
  expect(await tab.getByRole('region').count()).toBe(4)
})
