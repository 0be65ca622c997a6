import type { Activity } from '@boardcast/client'
import { tell } from './tell.ts'
import type { Told } from './told.ts'

export interface FeedLine extends Told {
  key: string
  /** How many lines before it it stands for. */
  more: number
}

/** What happened within one minute, newest first. */
export interface FeedMinute {
  /** The minute's start, in ms since 1970. */
  minute: number
  lines: FeedLine[]
}

const MINUTE_MS = 60_000

/** Entries newest first, as lines by the minute; what was told again later is told once. */
export function feed(newestFirst: readonly Activity[]): FeedMinute[] {
  const minutes: FeedMinute[] = []
  const told = new Set<string>()
  for (const activity of newestFirst) {
    const lines = tell(activity).flatMap((line, nth) => {
      if (line.about !== null && told.has(line.about)) return []
      if (line.about !== null) told.add(line.about)
      return [{ ...line, key: `${activity.seq}.${nth}`, more: 0 }]
    })
    if (lines.length === 0) continue
    const minute = Math.floor(Date.parse(activity.at) / MINUTE_MS) * MINUTE_MS
    const last = minutes.at(-1)
    if (last?.minute === minute) append(last.lines, lines)
    else minutes.push({ minute, lines })
  }
  return minutes
}

function append(to: FeedLine[], lines: readonly FeedLine[]): void {
  for (const line of lines) {
    const last = to.at(-1)
    if (last && last.run !== null && last.run === line.run) last.more++
    else to.push(line)
  }
}

/** What the stream told since the pages were read, then the pages: newest first. */
export function joined(live: readonly Activity[], pages: readonly (readonly Activity[])[], head: number): Activity[] {
  return [...live.filter(({ seq }) => seq > head).reverse(), ...pages.flat()]
}
