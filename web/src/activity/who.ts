import type { Actor } from '../api/events.ts'

/** Who caused something, in a word or two. */
export function who({ kind, name, via }: Actor): string {
  switch (kind) {
    case 'local':
      return 'on this machine'
    case 'page':
      return 'at the page'
    case 'operator':
      return 'the operator'
    case 'token':
      return name ?? 'a token'
    case 'agent':
      return 'the agent'
    case 'git':
      return 'seen in git'
    case 'github':
      return 'seen at GitHub'
    case 'source':
      return via ? `${name ?? 'a report'} (${via})` : (name ?? 'a report')
    case 'server':
      return 'the server'
    default:
      return kind satisfies never
  }
}
