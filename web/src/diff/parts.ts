export interface DiffLine {
  kind: 'added' | 'removed' | 'context' | 'hunk'
  text: string
  /** Its number before; null for a line that wasn't there. */
  old: number | null
  /** Its number now; null for a line that is gone. */
  new: number | null
}

export interface DiffFile {
  path: string
  oldPath: string | null
  change: 'modified' | 'added' | 'deleted' | 'renamed'
  added: number
  removed: number
  /** Nothing to show line by line. */
  isBinary: boolean
  lines: DiffLine[]
}

const HEAD = 'diff --git '
const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/

/** Where the next line stands, before and now. */
interface Place {
  old: number
  new: number
}

/** A unified diff as git writes it, file by file. */
export function diffFiles(text: string): DiffFile[] {
  const files: DiffFile[] = []
  let place: Place | null = null
  for (const line of text.split('\n')) {
    if (line.startsWith(HEAD)) {
      files.push(newFile(pathOf(line.slice(HEAD.length))))
      place = null
      continue
    }
    const file = files.at(-1)
    if (!file) continue
    const hunk = HUNK.exec(line)
    if (hunk) {
      place = { old: Number(hunk[1]), new: Number(hunk[2]) }
      file.lines.push({ kind: 'hunk', text: line, old: null, new: null })
    } else if (place) content(file, line, place)
    else header(file, line)
  }
  return files
}

const newFile = (path: string): DiffFile => ({
  path,
  oldPath: null,
  change: 'modified',
  added: 0,
  removed: 0,
  isBinary: false,
  lines: [],
})

/** Of `a/X b/X`: both are the same, but for a rename, which says so itself. */
function pathOf(names: string): string {
  if (names.endsWith('"')) return unquoted(names.slice(names.indexOf(' "') + 1)).slice(2)
  const half = (names.length - 1) / 2
  return Number.isInteger(half) && names.slice(2, half) === names.slice(half + 3)
    ? names.slice(half + 3)
    : (/ b\/(.*)$/.exec(names)?.[1] ?? names)
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** Git writes unusual names in quotes, their bytes in octal. */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name
  const bytes: number[] = []
  for (const [, octal, letter, plain = ''] of name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0))
    else bytes.push(...new TextEncoder().encode(plain))
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

function header(file: DiffFile, line: string): void {
  const after = (start: string) => unquoted(line.slice(start.length))
  if (line.startsWith('rename from ')) {
    file.oldPath = after('rename from ')
    file.change = 'renamed'
  } else if (line.startsWith('rename to ')) file.path = after('rename to ')
  else if (line.startsWith('new file mode ')) file.change = 'added'
  else if (line.startsWith('deleted file mode ')) file.change = 'deleted'
  else if (line.startsWith('Binary files ') || line === 'GIT binary patch') file.isBinary = true
}

function content(file: DiffFile, line: string, place: Place): void {
  const text = line.slice(1)
  if (line.startsWith('+')) {
    file.added++
    file.lines.push({ kind: 'added', text, old: null, new: place.new++ })
  } else if (line.startsWith('-')) {
    file.removed++
    file.lines.push({ kind: 'removed', text, old: place.old++, new: null })
  } else if (line.startsWith(' ')) file.lines.push({ kind: 'context', text, old: place.old++, new: place.new++ })
}
