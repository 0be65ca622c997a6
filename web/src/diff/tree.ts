import type { DiffFile } from './parts.ts'

export interface Folder {
  /** Several names where a folder holds nothing but another: `src/attempt`. */
  name: string
  path: string
  folders: Folder[]
  files: DiffFile[]
}

const empty = (name: string, path: string): Folder => ({ name, path, folders: [], files: [] })

/** Changed files as a tree: folders first, each by name. */
export function fileTree(files: readonly DiffFile[]): Folder {
  const root = empty('', '')
  for (const file of files.toSorted((a, b) => a.path.localeCompare(b.path))) {
    let at = root
    for (const name of file.path.split('/').slice(0, -1)) {
      const path = at.path === '' ? name : `${at.path}/${name}`
      let next = at.folders.find((folder) => folder.path === path)
      if (!next) {
        next = empty(name, path)
        at.folders.push(next)
      }
      at = next
    }
    at.files.push(file)
  }
  return { ...root, folders: root.folders.map(joined) }
}

function joined(folder: Folder): Folder {
  const folders = folder.folders.map(joined)
  const [only] = folders
  if (folder.files.length === 0 && folders.length === 1 && only) return { ...only, name: `${folder.name}/${only.name}` }
  return { ...folder, folders }
}

/** In the order in which the tree shows them. */
export const inOrder = (folder: Folder): DiffFile[] => [...folder.folders.flatMap(inOrder), ...folder.files]
