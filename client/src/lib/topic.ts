/** A value that is followed: read at any time, and told of to whoever listens. */

export interface Source<T> {
  /** Called after each change; the answer ends it. */
  subscribe(listener: () => void): () => void
  /** The value now: the same one until it changes. */
  snapshot(): T
}

/** A source with its writing side. */
export class Topic<T> implements Source<T> {
  #value: T
  #isNews = false
  readonly #listeners = new Set<() => void>()
  readonly #followed: (isFollowed: boolean) => void

  /** @param followed told when a listener comes and when the last one leaves */
  constructor(value: T, followed: (isFollowed: boolean) => void = () => {}) {
    this.#value = value
    this.#followed = followed
  }

  // Bound: both are handed on as plain functions.
  readonly subscribe = (listener: () => void): (() => void) => {
    // Each subscription counts on its own, also of the same function.
    const entry = () => listener()
    this.#listeners.add(entry)
    this.#followed(true)
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#followed(false)
    }
  }

  readonly snapshot = (): T => this.#value

  get isFollowed(): boolean {
    return this.#listeners.size > 0
  }

  /** The value is another from now on; listeners hear of it with `announce`. */
  set(value: T): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    this.#isNews = true
  }

  /** Tells the listeners, if something changed since the last time. */
  announce(): void {
    if (!this.#isNews) return
    this.#isNews = false
    for (const listener of [...this.#listeners]) {
      try {
        listener()
      } catch (error) {
        // One reader's fault is told as such, and is not the others'.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
