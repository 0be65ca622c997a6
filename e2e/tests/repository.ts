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
  git('config', 'user.name', 'E2E')
  git('config', 'user.email', 'e2e@example.org')
  git('add', '.')
  git('commit', '--quiet', '--message', 'Begin')
  return path
}

/** The same with a bare remote, which has its branch; gives both. */
export const repositoryWithRemote = (within: string): { path: string; bare: string } => {
  const path = repository(within)
  const bare = join(within, 'remote.git')
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch', 'main', bare])
  execFileSync('git', ['remote', 'add', 'origin', bare], { cwd: path })
  execFileSync('git', ['push', '--quiet', 'origin', 'main'], { cwd: path })
  return { path, bare }
}
