import type { AttemptView } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Icon } from '../ui/icon.tsx'
import { useTodos } from './use-attempt.ts'

export const Todos = ({ attempt }: { attempt: AttemptView }): ReactElement => {
  const todos = useTodos(attempt)
  return (
    <div role="tabpanel" aria-label="Todos" className="min-h-0 grow overflow-y-auto px-4 py-3">
      {todos && todos.total > 0 ? (
        <>
          <progress
            aria-label="Todos done"
            max={todos.total}
            value={todos.completed}
            className="mb-3 h-1 w-full appearance-none overflow-hidden rounded-full [&::-moz-progress-bar]:bg-live [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-live"
          />
          <ul className="grid gap-1.5">
            {todos.items.map(({ id, text, status }) => (
              <li key={id} className={`flex gap-2 ${status === 'done' ? 'text-faint' : ''}`}>
                <Icon
                  name={status === 'done' ? 'check' : 'ring'}
                  className={`mt-0.5 ${status === 'done' ? 'text-live' : 'text-faint'}`}
                />
                <span className="[overflow-wrap:anywhere]">
                  <span className="sr-only">{status}: </span>
                  {text}
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="text-faint">This attempt has told no todos.</p>
      )}
    </div>
  )
}
