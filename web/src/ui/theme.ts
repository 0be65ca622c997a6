import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const PLACE = 'boardcast.theme'
const EVENT = 'boardcast:theme'

const chosen = (): Theme => {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(PLACE)) ?? 'system'
  } catch {
    return 'system'
  }
}

/** `/theme.js` listens and applies it, so that there is one place that does. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(PLACE, theme)
  } catch {
    // Without storage the system's theme stays.
  }
  dispatchEvent(new Event(EVENT))
}

const subscribe = (listener: () => void) => {
  addEventListener(EVENT, listener)
  addEventListener('storage', listener)
  return () => {
    removeEventListener(EVENT, listener)
    removeEventListener('storage', listener)
  }
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, chosen)
