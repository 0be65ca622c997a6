import { useEffect, useEffectEvent } from 'react'

/** Whether keys now write text, so that a letter is no command. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox]):not([type=radio])'))

/** The name of a pressed key as the table of shortcuts writes it: `c`, `?`, `mod+k`, `Escape`. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (event.altKey) return `alt+${key}`
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key
}

export type Hotkeys = Readonly<Record<string, (event: KeyboardEvent) => void>>

/** Shortcuts of the place that is shown. Letters are left to fields and open dialogs; `mod+…` works everywhere. */
export function useHotkeys(hotkeys: Hotkeys): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const name = keyName(event)
    const act = Object.hasOwn(hotkeys, name) ? hotkeys[name] : undefined
    if (!act) return
    const free =
      name.startsWith('mod+') || (!isTyping(event.target) && !document.querySelector('dialog[open], :popover-open'))
    if (!free) return
    event.preventDefault()
    act(event)
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => pressed(event)
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])
}

/** `Ctrl/Cmd-Enter` in a field sends it. */
export const isSend = (event: { key: string; ctrlKey: boolean; metaKey: boolean }): boolean =>
  event.key === 'Enter' && (event.ctrlKey || event.metaKey)
