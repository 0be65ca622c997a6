/** Where a client stands in the log: what it resumes by, and what it has seen. */
import type { Position } from './messages.ts'

/** Stands for what concerns all boards. */
const EVERYONE = ''

export class Place {
  /** The last id that was given; `null` before the first. */
  cursor: string | null = null
  #epoch: string | null = null
  readonly #seen = new Map<string, number>()

  /** The server tells which log this is, and whether it goes on from our cursor. */
  begin(epoch: string, resumed: boolean): void {
    if (!resumed || epoch !== this.#epoch) this.forget()
    this.#epoch = epoch
  }

  /** Nothing has been seen: the next stream starts afresh. */
  forget(): void {
    this.cursor = null
    this.#seen.clear()
  }

  /** Whether an id belongs to the log that was announced. */
  belongs(position: Position): boolean {
    return position.epoch === this.#epoch
  }

  /** Whether the event was seen before. */
  knows(boardId: string | null, seq: number): boolean {
    return seq <= (this.#seen.get(boardId ?? EVERYONE) ?? -1)
  }

  /** The stream has come to the event with this id, which may be one that was seen before. */
  see(boardId: string | null, cursor: string, seq: number): void {
    this.cursor = cursor
    if (!this.knows(boardId, seq)) this.#seen.set(boardId ?? EVERYONE, seq)
  }

  /** The next stream begins at this earlier cursor again; what was seen since stays seen. */
  goBackTo(cursor: string): void {
    this.cursor = cursor
  }

  /** The board is known up to there, from elsewhere. */
  seeUpTo(boardId: string, { epoch, seq }: Position): void {
    if (epoch === this.#epoch) this.#seen.set(boardId, seq)
  }
}
