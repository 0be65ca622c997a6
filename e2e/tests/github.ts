/** Something that answers as GitHub does about the pull requests of one repository, which lies in a bare folder. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'

interface Pull {
  number: number
  html_url: string
  state: 'open' | 'closed'
  draft: boolean
  merged: boolean
  title: string
  body: string
  head: { ref: string }
  base: { ref: string }
  created_at: string
  updated_at: string
}

const PULLS = '/repos/acme/app/pulls'

const now = () => `${new Date().toISOString().slice(0, 19)}Z`

export class GitHub {
  readonly pulls: Pull[] = []
  /** When set, what every request is refused with. */
  refusal: { status: number; message: string } | null = null
  readonly #bare: string
  readonly #server: HttpServer
  url = ''

  constructor(bare: string) {
    this.#bare = bare
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('it listens nowhere')
    this.url = `http://127.0.0.1:${address.port}`
  }

  end(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  git(...args: string[]): string {
    return execFileSync('git', ['--git-dir', this.#bare, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()
  }

  /** Somebody presses the button there: the base branch takes what is on the head. */
  merge(number: number): void {
    const pull = this.#pull(number)
    if (!pull) throw new Error(`no pull request ${number}`)
    this.git('update-ref', `refs/heads/${pull.base.ref}`, `refs/heads/${pull.head.ref}`)
    Object.assign(pull, { state: 'closed', merged: true, updated_at: now() })
  }

  #pull(number: number): Pull | undefined {
    return this.pulls.find((pull) => pull.number === number)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const say = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const { pathname } = new URL(request.url ?? '', this.url)
    if (this.refusal) return say(this.refusal.status, { message: this.refusal.message })
    if (request.method === 'POST' && pathname === PULLS) return this.#open(await json(request), say)
    const found = pathname.startsWith(`${PULLS}/`) ? this.#pull(Number(pathname.slice(PULLS.length + 1))) : undefined
    return found ? say(200, found) : say(404, { message: 'Not Found' })
  }

  #open(asked: unknown, say: (status: number, body: unknown) => void): void {
    const of = (name: string) => (typeof asked === 'object' && asked !== null ? Reflect.get(asked, name) : undefined)
    const [head, base, title] = [of('head'), of('base'), of('title')].map(String)
    const refs = this.git('for-each-ref', '--format=%(refname:short)').split('\n')
    for (const [field, ref] of [
      ['head', head],
      ['base', base],
    ]) {
      if (!refs.includes(ref ?? '')) {
        const errors = [{ resource: 'PullRequest', field, code: 'invalid' }]
        return say(422, { message: 'Validation Failed', errors })
      }
    }
    const number = this.pulls.length + 1
    this.pulls.push({
      number,
      html_url: `https://github.com/acme/app/pull/${number}`,
      state: 'open',
      draft: of('draft') === true,
      merged: false,
      title: title ?? '',
      body: String(of('body') ?? ''),
      head: { ref: head ?? '' },
      base: { ref: base ?? '' },
      created_at: now(),
      updated_at: now(),
    })
    say(201, this.pulls.at(-1))
  }
}
