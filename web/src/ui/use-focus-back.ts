import { useEffect, useState } from 'react'

const focused = (): HTMLElement | null =>
  document.activeElement instanceof HTMLElement ? document.activeElement : null

/** What opens in place and takes the focus gives it back to where it was when it goes. */
export function useFocusBack(): void {
  // Read while it is drawn for the first time: a field in it has the focus as soon as it is there.
  const [before] = useState(focused)
  useEffect(
    () => () => {
      // Only if it would be lost: whoever has gone on elsewhere stays there.
      if (focused() === document.body) before?.focus()
    },
    [before],
  )
}
