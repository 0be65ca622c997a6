import type { ReactElement } from 'react'
import { useNow } from './now.ts'
import { ago } from './words.ts'

/** How long ago a time was, ticking. */
export const Ago = ({ at }: { at: string }): ReactElement => (
  <time dateTime={at}>{ago((useNow() - Date.parse(at)) / 1000)}</time>
)
