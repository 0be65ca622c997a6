import { type ReactElement, useState } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

interface SureProps {
  /** What the button does, and to what. */
  label: string
  /** The words on it; a bin when there are none. */
  words?: string
  /** The words of the second press. */
  sure?: string
  act: () => void
}

/** What can't be undone takes two presses, in one place. */
export const Sure = ({ label, words, sure = 'Delete for good', act }: SureProps): ReactElement => {
  const [isAsking, setAsking] = useState(false)
  if (isAsking) {
    return (
      <span className="flex items-center gap-1">
        <Button
          look="danger"
          ref={(button) => button?.focus()}
          onClick={() => {
            setAsking(false)
            act()
          }}
        >
          {sure}
        </Button>
        <Button look="quiet" onClick={() => setAsking(false)}>
          Keep
        </Button>
      </span>
    )
  }
  return (
    <Button look={words ? 'danger' : 'icon'} aria-label={label} title={label} onClick={() => setAsking(true)}>
      <Icon name="bin" />
      {words}
    </Button>
  )
}
