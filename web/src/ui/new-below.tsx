import type { ReactElement } from 'react'
import { Icon } from './icon.tsx'

/** "12 new": what came while the reader was further up. */
export const NewBelow = ({ unseen, toBottom }: { unseen: number; toBottom: () => void }): ReactElement | null =>
  unseen === 0 ? null : (
    <button
      type="button"
      onClick={toBottom}
      className="absolute bottom-3 left-1/2 flex h-8 -translate-x-1/2 items-center gap-1 rounded-full border border-rule bg-sheet px-3 font-medium text-live shadow-float"
    >
      <Icon name="down" />
      {unseen} new
    </button>
  )
