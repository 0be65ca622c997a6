/** Another program, as a user starts it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** The repository's files by their paths. */
export const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The caller's environment without its BOARDCAST_ variables, and with these. */
const environment = (more: Record<string, string>): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('BOARDCAST_'))
  return { ...Object.fromEntries(kept), ...more }
}

export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** Runs it to its end. */
export const run = async (command: string[], env: Record<string, string>, input = ''): Promise<Ended> => {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    env: environment(env),
    stdio: [input === '' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  const said = (stream: Readable | null) => (stream === null ? '' : text(stream))
  const [output, errors, [code]] = await Promise.all([said(child.stdout), said(child.stderr), once(child, 'close')])
  return { code, output, errors }
}

/** A program that goes on until it is ended. */
export class Program {
  readonly lines: string[] = []
  readonly errors: string[] = []
  readonly #child

  constructor(command: string[], env: Record<string, string>) {
    const [program = '', ...args] = command
    this.#child = spawn(program, args, { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
    createInterface(this.#child.stdout).on('line', (line) => this.lines.push(line))
    createInterface(this.#child.stderr).on('line', (line) => this.errors.push(line))
  }

  /** The exit code, once it has ended. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal)
      await once(this.#child, 'exit')
    }
    return this.#child.exitCode
  }
}
