import type { ReactElement } from 'react'

const PATHS = {
  plus: 'M8 3v10M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5L14 14',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 5 0v2',
  branch: 'M5 4.5v7M5 4.5a1.5 1.5 0 1 0 0-.01M5 12.5a1.5 1.5 0 1 0 0-.01M11 5.5a1.5 1.5 0 1 0 0-.01M11 6.5c0 3-6 2-6 5',
  pull: 'M4.5 5v6M4.5 4a1 1 0 1 0 0-.01M4.5 12.5a1 1 0 1 0 0-.01M11.5 12.5a1 1 0 1 0 0-.01M11.5 11V6.5a2 2 0 0 0-2-2H8M9.5 2.5l-2 2 2 2',
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  ring: 'M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10z',
  stop: 'M5 5h6v6H5z',
  hand: 'M8 4v5M8 12h.01',
  dots: 'M5 8h.01M8 8h.01M11 8h.01',
  back: 'M10 3.5L5.5 8l4.5 4.5',
  right: 'M6 3.5L10.5 8 6 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
  up: 'M3.5 10L8 5.5l4.5 4.5',
  gear: 'M3 4.5h6M12 4.5h1M3 8h1M7 8h6M3 11.5h5M11 11.5h2M9 3v3M4 6.5v3M8 10v3',
  pulse: 'M2 8h3l2-4.5 3 9L11.5 8H14',
  board: 'M3 3h2.6v6H3zM6.7 3h2.6v10H6.7zM10.4 3H13v4h-2.6z',
  gauge: 'M2.5 11.5a5.5 5.5 0 1 1 11 0M8 11.5l2.5-4',
  robot: 'M3.5 6h9v6.5h-9zM8 6V3.5M6 9h.01M10 9h.01',
  terminal: 'M3 4.5l3.5 3.5L3 11.5M8 12h5',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  commit: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 5.5v-4M8 14.5v-4',
  upload: 'M8 13V4M4.5 7.5L8 4l3.5 3.5',
  note: 'M3 3.5h10v7H7.5L4.5 13v-2.5H3z',
  list: 'M3 4.5l1 1 1.5-2M3 11l1 1 1.5-2M8 4.5h5M8 11h5',
  pencil: 'M3 13l.5-2.5 7-7 2 2-7 7z',
  bin: 'M3.5 4.5h9M6 4.5V3h4v1.5M4.5 4.5l.5 9h6l.5-9',
  sun: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.5 3.5l1 1M11.5 11.5l1 1M12.5 3.5l-1 1M4.5 11.5l-1 1',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
} as const

export type IconName = keyof typeof PATHS

/** Drawn on a grid of 16; says nothing to a screen reader, the words beside it do. */
export const Icon = ({ name, className = '' }: { name: IconName; className?: string }): ReactElement => (
  <svg
    viewBox="0 0 16 16"
    className={`inline-block size-4 shrink-0 ${className}`}
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' || name === 'dots' ? 2.2 : 1.4}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={PATHS[name]} />
  </svg>
)

/** Columns hanging from a rail, and the dot that is on air. */
export const Mark = (): ReactElement => (
  <svg viewBox="0 0 20 20" className="size-5 shrink-0" aria-hidden="true">
    <g fill="currentColor">
      <rect x="1.5" y="2" width="4.5" height="9" rx="1.2" />
      <rect x="7.75" y="2" width="4.5" height="16" rx="1.2" />
      <rect x="14" y="2" width="4.5" height="6" rx="1.2" />
    </g>
    <circle className="fill-live" cx="16.25" cy="14" r="2.4" />
  </svg>
)
