import type { TicketType } from '@boardcast/client'
import type { ReactElement } from 'react'

export const TICKET_TYPES = [
  'feat',
  'fix',
  'chore',
  'docs',
  'style',
  'refactor',
  'perf',
  'test',
  'build',
  'ci',
  'revert',
] as const satisfies readonly TicketType[]

interface TypeChoiceProps {
  value: TicketType | null
  choose: (type: TicketType | null) => void
}

export const TypeChoice = ({ value, choose }: TypeChoiceProps): ReactElement => (
  <select
    aria-label="Type"
    value={value ?? ''}
    onChange={(event) => choose(TICKET_TYPES.find((type) => type === event.target.value) ?? null)}
    className="h-8 rounded-md border border-rule bg-sheet px-1.5 text-sm text-soft"
  >
    <option value="">No type</option>
    {TICKET_TYPES.map((type) => (
      <option key={type}>{type}</option>
    ))}
  </select>
)
