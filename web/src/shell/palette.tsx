import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { find } from './find.ts'
import { type Choice, useGoals } from './use-goals.ts'

/** Go anywhere, do anything: a field and what fits. */
export const Palette = ({ close, help }: { close: () => void; help: () => void }): ReactElement => {
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const found = find(useGoals(help), typed)
  const current = Math.min(at, found.length - 1)
  useEffect(() => field.current?.focus(), [])
  const choose = (choice: Choice | undefined) => {
    if (!choice) return
    close()
    choice.act()
  }
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Enter') choose(found[current])
    else if (event.key === 'ArrowDown') setAt(Math.min(current + 1, found.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(current - 1, 0))
    else return
    event.preventDefault()
  }
  return (
    <Sheet label="Go anywhere" close={close}>
      <div className="flex max-h-[76vh] flex-col">
        <label className="flex h-11 shrink-0 items-center gap-2 border-b border-rule px-3">
          <Icon name="search" className="text-faint" />
          <input
            ref={field}
            role="combobox"
            aria-label="Go to or do"
            aria-expanded="true"
            aria-controls={`${id}-list`}
            aria-activedescendant={found[current] ? `${id}-${current}` : undefined}
            placeholder="Go to a board or card, or do something"
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value)
              setAt(0)
            }}
            onKeyDown={keys}
            className="h-full grow bg-transparent text-lg placeholder:text-faint focus-visible:outline-none"
          />
        </label>
        <div id={`${id}-list`} role="listbox" aria-label="What fits" className="min-h-0 overflow-y-auto p-1">
          {found.map((choice, nth) => (
            <Option
              key={choice.key}
              id={`${id}-${nth}`}
              choice={choice}
              isCurrent={nth === current}
              choose={() => choose(choice)}
            />
          ))}
          {found.length === 0 && <p className="px-2 py-1.5 text-faint">Nothing fits.</p>}
        </div>
      </div>
    </Sheet>
  )
}

interface OptionProps {
  id: string
  choice: Choice
  isCurrent: boolean
  choose: () => void
}

const Option = ({ id, choice: { kind, words, hint }, isCurrent, choose }: OptionProps): ReactElement => {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isCurrent) element.current?.scrollIntoView({ block: 'nearest' })
  }, [isCurrent])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
    <div
      ref={element}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isCurrent}
      onClick={choose}
      className="flex h-8 cursor-pointer items-center gap-3 rounded-md px-2 hover:bg-canvas aria-selected:bg-sunken"
    >
      <span className="w-12 shrink-0 text-sm text-faint">{kind}</span>
      <span className="truncate">{words}</span>
      <span className="ml-auto shrink-0 font-mono text-xs text-faint">{hint}</span>
    </div>
  )
}
