import type { ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Trouble } from '../ui/trouble.tsx'
import type { useTry } from './use-agents.ts'

type Trial = ReturnType<typeof useTry>

/** One turn in a folder that is thrown away shows whether an agent works at all. */
export const TryButton = ({ trial }: { trial: Trial }): ReactElement => (
  <Button look="plain" disabled={trial.isPending} onClick={() => trial.mutate()}>
    {trial.isPending ? 'Trying…' : 'Try'}
  </Button>
)

/** How that went, in the agent's or the server's words. */
export const TrialResult = ({ trial: { data, error } }: { trial: Trial }): ReactElement | null => {
  if (error) {
    return (
      <div className="px-4 pb-3">
        <Trouble error={error} />
      </div>
    )
  }
  if (!data) return null
  return (
    <p role="status" className={`flex items-start gap-1.5 px-4 pb-3 ${data.ok ? 'text-soft' : 'text-fail'}`}>
      <Icon name={data.ok ? 'check' : 'cross'} className={`mt-0.5 ${data.ok ? 'text-live' : ''}`} />
      <span className="min-w-0 whitespace-pre-line [overflow-wrap:anywhere]">
        <span className="font-medium">{data.ok ? 'It works. ' : "It doesn't work. "}</span>
        {data.detail}
      </span>
    </p>
  )
}
