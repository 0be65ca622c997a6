/** JSON Pointer [RFC 6901], and the single steps along one. */

/** A patch that doesn't fit the document: the document is then of no use any more. */
export class PatchError extends Error {}

export type Container = unknown[] | Record<string, unknown>

export const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null

/** [RFC 6901 4] `~1` is a slash, `~0` a tilde. */
export const tokensOf = (pointer: string): readonly string[] => {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw new PatchError(`${pointer} is not a JSON pointer`)
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The place in a list; `-` is the one after its end. */
export const indexIn = (list: readonly unknown[], token: string, last: number): number => {
  const at = token === '-' ? list.length : Number(token)
  if (!/^(-|0|[1-9]\d*)$/.test(token) || at > last) throw new PatchError(`${token} is outside its list`)
  return at
}

/** What a container holds there. Only what it holds itself: `constructor` and `__proto__` are names like others. */
export const memberOf = (container: unknown, token: string): unknown => {
  if (Array.isArray(container)) return container[indexIn(container, token, container.length - 1)]
  if (!isContainer(container) || !Object.hasOwn(container, token)) throw new PatchError(`${token} isn't there`)
  return Object.getOwnPropertyDescriptor(container, token)?.value
}

/** Puts a value where one is, or under a name that isn't taken. */
export const setMember = (container: Container, token: string, value: unknown): void => {
  if (Array.isArray(container)) container[indexIn(container, token, container.length - 1)] = value
  // Assigning to this one would call a setter.
  else if (token === '__proto__') Object.defineProperty(container, token, { ...PLAIN, value })
  else container[token] = value
}

const PLAIN = { writable: true, enumerable: true, configurable: true } as const
