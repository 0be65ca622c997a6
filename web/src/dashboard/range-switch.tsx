import type { TimeRangePreset } from '@boardcast/client'
import { type ReactElement, startTransition, useOptimistic } from 'react'
import { RANGES } from './range.ts'

interface RangeSwitchProps {
  range: TimeRangePreset
  choose: (range: TimeRangePreset) => void
}

export const RangeSwitch = ({ range, choose }: RangeSwitchProps): ReactElement => {
  // The address follows in a transition; until then React would put the old choice back.
  const [shown, show] = useOptimistic(range)
  const change = (next: TimeRangePreset) =>
    startTransition(() => {
      show(next)
      choose(next)
    })
  return (
    <fieldset className="flex rounded-md border border-rule bg-sunken p-0.5">
      <legend className="sr-only">Range</legend>
      {RANGES.map(([name, short, long]) => (
        <label
          key={name}
          title={long}
          className="relative rounded-sm px-2.5 py-0.5 text-soft has-checked:bg-sheet has-checked:font-medium has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-live max-sm:px-2 max-sm:py-2"
        >
          <input
            type="radio"
            name="range"
            aria-label={long}
            checked={name === shown}
            onChange={() => change(name)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          <span aria-hidden="true">{short}</span>
        </label>
      ))}
    </fieldset>
  )
}
