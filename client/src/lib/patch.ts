/** JSON Patch [RFC 6902]. What doesn't change is shared; what does is copied once a patch, however many operations touch it. */
import type { PatchOp } from '@boardcast/shared'
import { type Container, indexIn, isContainer, memberOf, PatchError, setMember, tokensOf } from './pointer.ts'

export { PatchError } from './pointer.ts'

/** The server sends the first three; the standard has the others too. */
export type Operation =
  | PatchOp
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }
  | { readonly op: 'test'; readonly path: string; readonly value: unknown }

/** The containers that this patch has made itself, and so may change. */
type Own = WeakSet<object>

const owned = (container: Container, own: Own): Container => {
  if (own.has(container)) return container
  const copy = Array.isArray(container) ? [...container] : { ...container }
  own.add(copy)
  return copy
}

/** The value with a change in the container that `tokens` lead into. */
const changed = (value: unknown, tokens: readonly string[], own: Own, change: Change): unknown => {
  const [token, ...rest] = tokens
  if (token === undefined) throw new PatchError('the whole document cannot be removed')
  if (!isContainer(value)) throw new PatchError(`${token} leads into a plain value`)
  const mine = owned(value, own)
  if (rest.length === 0) change(mine, token)
  else setMember(mine, token, changed(memberOf(mine, token), rest, own, change))
  return mine
}

type Change = (container: Container, token: string) => void

const add =
  (value: unknown): Change =>
  (container, token) => {
    if (Array.isArray(container)) container.splice(indexIn(container, token, container.length), 0, value)
    else setMember(container, token, value)
  }

const remove: Change = (container, token) => {
  memberOf(container, token)
  if (Array.isArray(container)) container.splice(Number(token), 1)
  else Reflect.deleteProperty(container, token)
}

const replace =
  (value: unknown): Change =>
  (container, token) => {
    memberOf(container, token)
    setMember(container, token, value)
  }

const valueAt = (value: unknown, pointer: string): unknown => tokensOf(pointer).reduce(memberOf, value)

const isEqual = (a: unknown, b: unknown): boolean => {
  if (!isContainer(a) || !isContainer(b)) return a === b
  const names = Object.keys(a)
  return (
    Array.isArray(a) === Array.isArray(b) &&
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(memberOf(a, name), memberOf(b, name)))
  )
}

const applied = (document: unknown, op: Operation, own: Own): unknown => {
  const tokens = tokensOf(op.path)
  const put = (target: unknown, value: unknown) =>
    tokens.length === 0 ? value : changed(target, tokens, own, add(value))
  switch (op.op) {
    case 'add':
      return put(document, op.value)
    case 'remove':
      return changed(document, tokens, own, remove)
    case 'replace':
      return tokens.length === 0 ? op.value : changed(document, tokens, own, replace(op.value))
    case 'copy':
      // A copy of its own: in one place it may be changed without the other.
      return put(document, structuredClone(valueAt(document, op.from)))
    case 'move': {
      if (op.path.startsWith(`${op.from}/`)) throw new PatchError(`${op.from} can't move into itself`)
      const value = valueAt(document, op.from)
      return op.path === op.from ? document : put(changed(document, tokensOf(op.from), own, remove), value)
    }
    case 'test':
      if (!isEqual(valueAt(document, op.path), op.value)) throw new PatchError(`${op.path} is something else`)
      return document
    default:
      throw new PatchError(`an operation that isn't one: ${JSON.stringify(op satisfies never)}`)
  }
}

/**
 * The document after the operations, in order. `document` itself isn't changed.
 *
 * @throws PatchError when an operation doesn't fit
 */
export const patched = (document: unknown, operations: readonly Operation[]): unknown => {
  const own: Own = new WeakSet()
  return operations.reduce((value, op) => applied(value, op, own), document)
}
