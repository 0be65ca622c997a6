import { useDraft } from '../ui/draft.ts'
import type { DiffFile, DiffLine } from './parts.ts'

/** Which numbering a line is found by: a line that is gone has only that of before. */
export type Side = 'old' | 'new'

/** Words about one line. */
export interface Comment {
  path: string
  side: Side
  line: number
  /** The line as it was when it was written about. */
  code: string
  words: string
}

export const sideOf = (line: DiffLine): Side => (line.new === null ? 'old' : 'new')

export const numberOf = (line: DiffLine): number | null => line.new ?? line.old

export const isOn = ({ side, line: number, code }: Comment, line: DiffLine): boolean =>
  side === sideOf(line) && number === numberOf(line) && code === line.text

export const samePlace = (a: Comment, b: Comment): boolean =>
  a.path === b.path && a.side === b.side && a.line === b.line && a.code === b.code

export const isWritten = ({ words }: Comment): boolean => words.trim() !== ''

/** Those whose line isn't in the diff any more. */
export const strayed = (comments: readonly Comment[], files: readonly DiffFile[]): Comment[] =>
  comments.filter(
    (comment) => !files.some(({ path, lines }) => path === comment.path && lines.some((line) => isOn(comment, line))),
  )

/** What the agent is told: each line with what was said of it. */
export const messageOf = (comments: readonly Comment[]): string =>
  ['Comments on your changes:', ...comments.filter(isWritten).map(told)].join('\n\n')

function told({ path, side, line, code, words }: Comment): string {
  const place = `\`${path}\` line ${line}${side === 'old' ? ' (removed)' : ''}:`
  return [place, `> ${code}`, words.trim()].join('\n')
}

/** What a draft holds; nothing where it can't be read as comments. */
export function commentsOf(text: string): Comment[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter(isComment) : []
  } catch {
    return []
  }
}

function isComment(value: unknown): value is Comment {
  if (typeof value !== 'object' || value === null) return false
  const is = (name: string, type: string) => typeof Reflect.get(value, name) === type
  const side: unknown = Reflect.get(value, 'side')
  return is('path', 'string') && is('line', 'number') && is('code', 'string') && is('words', 'string') && isSide(side)
}

const isSide = (side: unknown): boolean => side === 'old' || side === 'new'

export interface Comments {
  all: readonly Comment[]
  /** Begins one, or goes on with the one that is there. */
  write: (comment: Comment) => void
  remove: (comment: Comment) => void
  /** These went to the agent. What was written meanwhile stays. */
  sent: (comments: readonly Comment[]) => void
}

/** Comments that aren't sent yet; they outlive a reload and a change of place. */
export function useComments(attemptId: string): Comments {
  const draft = useDraft(`${attemptId}.comments`)
  const all = commentsOf(draft.text)
  const keep = (comments: readonly Comment[]) => draft.set(comments.length === 0 ? '' : JSON.stringify(comments))
  const others = (comment: Comment) => all.filter((one) => !samePlace(one, comment))
  return {
    all,
    write: (comment) => keep([...others(comment), comment]),
    remove: (comment) => keep(others(comment)),
    sent: (comments) =>
      keep(all.filter((one) => !comments.some((sent) => samePlace(one, sent) && one.words === sent.words))),
  }
}
