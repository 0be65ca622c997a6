import type { ReactElement } from 'react'
import { DEMO, DEMO_LABEL } from './choices.ts'
import { TrialResult, TryButton } from './trial.tsx'
import { useTry } from './use-agents.ts'

/** The agent inside the program: nothing of it can be changed. */
export const BuiltIn = (): ReactElement => {
  const trial = useTry(DEMO)
  return (
    <section aria-label={DEMO_LABEL} className="rounded-lg border border-rule bg-sheet">
      <header className="flex items-start gap-2 p-3 pl-4">
        <div className="min-w-0 grow">
          <h2 className="truncate font-semibold">
            {DEMO_LABEL} <span className="font-mono text-sm font-normal text-faint">{DEMO}</span>
          </h2>
          <p className="text-sm text-soft">Plays an agent's work without a network, to see how a board behaves.</p>
        </div>
        <TryButton trial={trial} />
      </header>
      <TrialResult trial={trial} />
    </section>
  )
}
