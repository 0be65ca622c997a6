/** Whether the server has asked for a token: it answered 401, and nobody has signed in since. */

let isWanted = false
const listeners = new Set<() => void>()

const set = (now: boolean): void => {
  if (isWanted === now) return
  isWanted = now
  for (const listener of listeners) listener()
}

export const askForToken = (): void => set(true)
/** Somebody has signed in, or puts it off: the next 401 asks again. */
export const stopAsking = (): void => set(false)

export const isTokenWanted = (): boolean => isWanted

export const onTokenWanted = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
