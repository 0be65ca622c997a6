export interface DiffLine {
  kind: 'added' | 'removed' | 'context' | 'hunk'
  text: string
}

export interface DiffFile {
  path: string
  oldPath: string | null
  added: number
  removed: number
  /** Nothing to show line by line. */
  isBinary: boolean
  lines: DiffLine[]
}

const HEAD = /^diff --git a\/(.*) b\/(.*)$/

/** A unified diff as git writes it, file by file. */
export function diffFiles(text: string): DiffFile[] {
  const files: DiffFile[] = []
  let isInside = false
  for (const line of text.split('\n')) {
    const head = HEAD.exec(line)
    if (head && !(isInside && /^[ +-]/.test(line))) {
      files.push({ path: head[2] ?? '', oldPath: null, added: 0, removed: 0, isBinary: false, lines: [] })
      isInside = false
      continue
    }
    const file = files.at(-1)
    if (!file) continue
    if (line.startsWith('@@')) {
      isInside = true
      file.lines.push({ kind: 'hunk', text: line })
    } else if (isInside) content(file, line)
    else header(file, line)
  }
  return files
}

function header(file: DiffFile, line: string): void {
  if (line.startsWith('rename from ')) file.oldPath = line.slice('rename from '.length)
  else if (line.startsWith('rename to ')) file.path = line.slice('rename to '.length)
  else if (line.startsWith('Binary files ') || line === 'GIT binary patch') file.isBinary = true
}

function content(file: DiffFile, line: string): void {
  const text = line.slice(1)
  if (line.startsWith('+')) {
    file.added++
    file.lines.push({ kind: 'added', text })
  } else if (line.startsWith('-')) {
    file.removed++
    file.lines.push({ kind: 'removed', text })
  } else if (line.startsWith(' ')) file.lines.push({ kind: 'context', text })
}
