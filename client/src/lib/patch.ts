/** JSON Patch [RFC 6902], as far as a board's changes use it: add, remove, replace. What doesn't change is shared. */
import type { PatchOp } from '@boardcast/shared'

/** A patch that doesn't fit the document: the document is then of no use any more. */
export class PatchError extends Error {}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** [RFC 6901 4] `~1` is a slash, `~0` a tilde. */
const tokens = (path: string): string[] => {
  if (path === '') return []
  if (!path.startsWith('/')) throw new PatchError(`${path} is not a JSON pointer`)
  return path
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const index = (token: string, length: number, path: string): number => {
  const at = token === '-' ? length : Number(token)
  if (!/^(-|0|[1-9]\d*)$/.test(token) || at > length) throw new PatchError(`${path} is outside its list`)
  return at
}

const changedList = (list: readonly unknown[], token: string, op: PatchOp): unknown[] => {
  const at = index(token, list.length, op.path)
  if (op.op !== 'add' && at >= list.length) throw new PatchError(`${op.path} isn't there`)
  if (op.op === 'add') return list.toSpliced(at, 0, op.value)
  return op.op === 'remove' ? list.toSpliced(at, 1) : list.with(at, op.value)
}

const without = (object: Readonly<Record<string, unknown>>, name: string) => {
  const { [name]: _, ...rest } = object
  return rest
}

/** A computed name defines a member also when it is `__proto__`. */
const withMember = (object: Readonly<Record<string, unknown>>, name: string, value: unknown) => ({
  ...object,
  [name]: value,
})

const changedObject = (object: Readonly<Record<string, unknown>>, name: string, op: PatchOp) => {
  if (op.op !== 'add' && !Object.hasOwn(object, name)) throw new PatchError(`${op.path} isn't there`)
  return op.op === 'remove' ? without(object, name) : withMember(object, name, op.value)
}

const changed = (value: unknown, path: readonly string[], op: PatchOp): unknown => {
  const [token, ...rest] = path
  if (token === undefined) {
    if (op.op === 'remove') throw new PatchError('the whole document cannot be removed')
    return op.value
  }
  if (Array.isArray(value)) {
    if (rest.length === 0) return changedList(value, token, op)
    const at = index(token, value.length - 1, op.path)
    return value.with(at, changed(value[at], rest, op))
  }
  if (!isObject(value)) throw new PatchError(`${op.path} leads into a plain value`)
  if (rest.length === 0) return changedObject(value, token, op)
  if (!Object.hasOwn(value, token)) throw new PatchError(`${op.path} isn't there`)
  return withMember(value, token, changed(value[token], rest, op))
}

/**
 * The document after the operations, in order. `document` itself isn't changed.
 *
 * @throws PatchError when an operation doesn't fit
 */
export const patched = (document: unknown, operations: readonly PatchOp[]): unknown =>
  operations.reduce((value, op) => changed(value, tokens(op.path), op), document)
