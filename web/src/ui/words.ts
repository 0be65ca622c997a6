const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** How long something has been going on: `9 s`, `2:05`, `1:02:09`, `3 d 4 h`. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}:${two(whole % MINUTE)}`
  if (whole < DAY) return `${Math.floor(whole / HOUR)}:${two(Math.floor(whole / MINUTE) % 60)}:${two(whole % MINUTE)}`
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`
}

/** How long ago, roughly: `just now`, `14 s ago`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function ago(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < 5) return 'just now'
  if (whole < MINUTE) return `${whole} s ago`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ago`
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ago`
  return `${Math.floor(whole / DAY)} d ago`
}

/** `14:02` of today, `23 Nov 14:02` of another day. */
export function clock(time: number, now: number): string {
  const hours = new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })
  const day = (at: number) => new Date(at).toLocaleDateString([], { day: 'numeric', month: 'short' })
  return day(time) === day(now) ? hours : `${day(time)} ${hours}`
}

const UNITS = ['B', 'KB', 'MB', 'GB'] as const

/** `320 B`, `1.5 KB`, `12 MB`: a KB is 1,000 bytes. */
export function bytes(n: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, n)) / 3)))
  const value = n / 1000 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.floor(value)} ${UNITS[power]}`
}

/** `1 card`, `2 cards`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** The last part of a path: what a person calls the folder. */
export const folderName = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? ''
