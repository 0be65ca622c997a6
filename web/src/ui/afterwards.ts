/**
 * Acts when a change is made, also when what asked for it isn't drawn any more: the stream may tell of the change before
 * its answer comes. A refusal is shown from the mutation's own `error`.
 */
export const afterwards = <T>(asked: Promise<T>, act: (made: T) => void): void => {
  asked.then(act, () => undefined)
}
