import type { PermissionRequest } from '@boardcast/client'
import type { ReactElement } from 'react'

/** What an agent asks. An attempt that is only reported here is answered where it runs. */
export const Request = ({ request }: { request: PermissionRequest }): ReactElement => (
  <section aria-label="Needs you" className="mx-4 mt-3 rounded-md border border-wait/50 bg-wait-wash p-3">
    <h3 className="font-semibold text-wait">Needs you</h3>
    <p className="mt-0.5 font-medium [overflow-wrap:anywhere]">{request.title}</p>
    {request.options.length > 0 && (
      <ul className="mt-1 flex flex-wrap gap-x-3 text-soft">
        {request.options.map(({ optionId, name }) => (
          <li key={optionId}>{name}</li>
        ))}
      </ul>
    )}
    <p className="mt-1 text-sm text-soft">Answer it where the agent runs.</p>
  </section>
)
