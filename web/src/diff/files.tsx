import type { ReactElement } from 'react'
import { folderName } from '../ui/words.ts'
import { Counts } from './file.tsx'
import type { DiffFile } from './parts.ts'
import type { Folder } from './tree.ts'

/** The changed files as a tree; one that is chosen is shown. */
export const Files = ({ folder, show }: { folder: Folder; show: (file: DiffFile) => void }): ReactElement => (
  <ul className="text-sm not-first:ml-3">
    {folder.folders.map((inner) => (
      <li key={inner.path}>
        <span className="block truncate py-0.5 text-faint" title={inner.path}>
          {inner.name}/
        </span>
        <Files folder={inner} show={show} />
      </li>
    ))}
    {folder.files.map((file) => (
      <li key={file.path}>
        <button
          type="button"
          onClick={() => show(file)}
          title={file.path}
          className="flex w-full min-w-0 items-center gap-2 rounded-sm px-1 py-0.5 text-left hover:bg-canvas max-sm:py-2"
        >
          <span className={`min-w-0 grow truncate ${file.change === 'deleted' ? 'line-through' : ''}`}>
            {folderName(file.path)}
          </span>
          <Counts file={file} />
        </button>
      </li>
    ))}
  </ul>
)
