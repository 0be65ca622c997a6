import { useEffect, useMemo, useState } from 'react'
import type { DiffFile } from './parts.ts'

/** A part of a line in one colour: `kind` is a class of the highlighter, null for what is plain. */
export interface Piece {
  text: string
  kind: string | null
}

type PiecesOf = (file: DiffFile) => Piece[][] | null

let loaded: PiecesOf | null = null

/** The coloured pieces of a file's lines; null until the highlighter is there, and for files that stay plain. */
export function usePieces(file: DiffFile): Piece[][] | null {
  const [piecesOf, setPiecesOf] = useState<PiecesOf | null>(() => loaded)
  useEffect(() => {
    if (piecesOf) return
    let isWanted = true
    // Without it the text is plain; it is the same text.
    import('./highlight.ts').then(
      (highlight) => {
        loaded = highlight.piecesOf
        if (isWanted) setPiecesOf(() => highlight.piecesOf)
      },
      () => undefined,
    )
    return () => {
      isWanted = false
    }
  }, [piecesOf])
  return useMemo(() => piecesOf?.(file) ?? null, [piecesOf, file])
}
