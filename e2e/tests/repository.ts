/** A folder under git with one commit, for agents to work on. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const repository = (within: string): string => {
  const path = join(within, 'repository')
  mkdirSync(path)
  writeFileSync(join(path, 'README.md'), 'A place to work in.\n')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=E2E', '-c', 'user.email=e2e@example.org', ...args], { cwd: path })
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '.')
  git('commit', '--quiet', '--message', 'Begin')
  return path
}
