/** The real program, as `cargo test` left it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const BINARY = process.env.BOARDCAST_BINARY ?? fileURLToPath(new URL('../../target/debug/boardcast', import.meta.url))

export interface Made {
  readonly id: string
}

export class Server {
  readonly dir = mkdtempSync(join(tmpdir(), 'boardcast-e2e-'))
  /** Added to its environment. */
  readonly env: Record<string, string> = {}
  /** Shown with every call of the tests. */
  readonly headers: Record<string, string> = {}
  url = ''
  #child: ChildProcess | null = null
  #address = '127.0.0.1:0'

  /** Starts it; after the first time on the same port. */
  async start(...options: string[]): Promise<void> {
    const data = join(this.dir, 'data')
    const args = ['serve', '--addr', this.#address, '--data-dir', data, '--log-level', 'error', ...options]
    const child = spawn(BINARY, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...this.env } })
    this.#child = child
    for await (const line of createInterface(child.stdout)) {
      this.url = line.replace('listening on ', '')
      this.#address = new URL(this.url).host
      return
    }
    throw new Error('the server ended without a word')
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async end(): Promise<void> {
    await this.kill()
    rmSync(this.dir, { recursive: true, force: true })
  }

  async call(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Response> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...this.headers, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response
  }

  async make(path: string, body: unknown): Promise<Made> {
    return (await this.call('POST', path, body)).json()
  }

  /** A board whose cards the built-in agent takes up, in the repository. */
  async demoBoard(name: string, repositoryPath: string, more: object = {}): Promise<string> {
    const { id } = await this.make('/boards', { name, repositoryPath, ...more })
    await this.call('PATCH', `/boards/${id}`, { defaultAgent: 'demo' })
    return id
  }

  async report(id: string, type: string, data: unknown): Promise<void> {
    const event = { specversion: '1.0', source: '/e2e', id, type, data }
    await this.call('POST', '/events', event, 'application/cloudevents+json')
  }
}
