import { common, createLowlight } from 'lowlight'
import type { DiffFile, DiffLine } from './parts.ts'
import type { Piece } from './pieces.ts'

const lowlight = createLowlight(common)

type Node = ReturnType<typeof lowlight.highlight>['children'][number]

/** Beyond these a file is shown plain: colours aren't worth a page that hangs. */
const MANY_LINES = 3000
const LONG_LINE = 2000

/** The language of a file, by its name; null when it isn't known. */
export function languageOf(path: string): string | null {
  const name = path.split('/').at(-1)?.toLowerCase() ?? ''
  return [name, name.split('.').at(-1) ?? ''].find((word) => lowlight.registered(word)) ?? null
}

/** The pieces of each line of a file, in the order of its lines; null when it stays plain. */
export function piecesOf(file: DiffFile): Piece[][] | null {
  const language = languageOf(file.path)
  const isTooLarge = file.lines.length > MANY_LINES || file.lines.some(({ text }) => text.length > LONG_LINE)
  if (language === null || isTooLarge) return null
  const told = file.lines.map(({ text }): Piece[] => [{ text, kind: null }])
  // Each side is read as it is in its file, a hunk at a time: what lies between them isn't known.
  for (const hunk of hunks(file.lines)) {
    fill(told, side(hunk, 'removed'), language)
    fill(told, side(hunk, 'added'), language)
  }
  return told
}

type Numbered = readonly (readonly [nth: number, line: DiffLine])[]

function hunks(lines: readonly DiffLine[]): Numbered[] {
  const all: [number, DiffLine][][] = []
  for (const [nth, line] of lines.entries()) {
    if (line.kind === 'hunk') all.push([])
    else all.at(-1)?.push([nth, line])
  }
  return all
}

const side = (hunk: Numbered, kind: 'added' | 'removed'): Numbered =>
  hunk.filter(([, line]) => line.kind === kind || line.kind === 'context')

function fill(told: Piece[][], lines: Numbered, language: string): void {
  const text = lines.map(([, line]) => line.text).join('\n')
  const pieces = perLine(lowlight.highlight(language, text).children)
  for (const [at, [nth]] of lines.entries()) told[nth] = pieces[at] ?? []
}

/** A piece that goes over the end of a line is one on each. */
function perLine(nodes: readonly Node[]): Piece[][] {
  const lines: Piece[][] = [[]]
  const walk = (all: readonly Node[], kind: string | null) => {
    for (const node of all) {
      if (node.type === 'element') walk(node.children.filter(isNode), kindOf(node) ?? kind)
      if (node.type !== 'text') continue
      for (const [nth, text] of node.value.split('\n').entries()) {
        if (nth > 0) lines.push([])
        if (text !== '') lines.at(-1)?.push({ text, kind })
      }
    }
  }
  walk(nodes, null)
  return lines
}

const isNode = (node: { type: string }): node is Node => node.type === 'element' || node.type === 'text'

function kindOf({ properties }: Extract<Node, { type: 'element' }>): string | null {
  const names = properties.className
  const [name] = Array.isArray(names) ? names : []
  return typeof name === 'string' ? name : null
}
