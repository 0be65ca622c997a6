/** Whether the server has asked for a token: it answered 401, and nobody has signed in since. */

let isWanted = false
let signIns = 0
const listeners = new Set<() => void>()

const set = (now: boolean): void => {
  if (isWanted === now) return
  isWanted = now
  for (const listener of listeners) listener()
}

export const askForToken = (): void => set(true)
/** It is put off: the next 401 asks again. */
export const stopAsking = (): void => set(false)

export const signedIn = (): void => {
  signIns += 1
  stopAsking()
}

/** How often somebody has signed in: what was asked before the last time may have been refused for that. */
export const countSignIns = (): number => signIns

export const isTokenWanted = (): boolean => isWanted

export const onTokenWanted = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
