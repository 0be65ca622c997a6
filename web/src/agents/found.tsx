import type { Agent } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { usePresets, useSaveAgent } from './use-agents.ts'

/** Well-known agents whose program is on this machine, one press away; `agents` is null until they are read. */
export const Found = ({ agents }: { agents: readonly Agent[] | null }): ReactElement | null => {
  const { data: presets = [] } = usePresets()
  const register = useSaveAgent(null)
  if (agents === null) return null
  const open = presets.filter(({ agent }) => !agents.some((known) => known.agent === agent))
  const found = open.filter((preset) => preset.found)
  const missing = open.filter((preset) => !preset.found).map(({ label }) => label)
  if (open.length === 0) return null
  return (
    <section aria-labelledby="found" className="grid grid-cols-1 gap-1">
      <h2 id="found" className="text-sm text-soft">
        Found on this machine
      </h2>
      <ul className="rounded-lg border border-rule empty:hidden">
        {found.map(({ found: _, ...preset }) => (
          <li key={preset.agent} className="flex min-h-11 items-center gap-3 border-rule px-4 not-first:border-t">
            <span className="shrink-0 font-medium">{preset.label}</span>
            <code className="min-w-0 truncate font-mono text-xs text-faint">
              {[preset.command, ...preset.args].join(' ')}
            </code>
            <Button
              className="ml-auto"
              aria-label={`Register ${preset.label}`}
              disabled={register.isPending}
              onClick={() => register.mutate(preset)}
            >
              Register
            </Button>
          </li>
        ))}
      </ul>
      {register.error && <Trouble error={register.error} />}
      {missing.length > 0 && (
        <p className="text-sm text-faint">
          {found.length === 0 ? 'None of the well-known ones. Looked for ' : 'Also looked for '}
          {missing.join(', ')}.
        </p>
      )}
    </section>
  )
}
