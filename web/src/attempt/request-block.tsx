import type { PermissionRequest } from '@boardcast/client'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { answerRequest } from '../api/attempts.ts'
import { Button } from '../ui/button.tsx'
import { Trouble } from '../ui/trouble.tsx'

interface RequestProps {
  attemptId: string
  request: PermissionRequest
  isHere: boolean
}

/** What an agent asks, with its answers. An attempt that is only reported here is answered where it runs. */
export const Request = ({ attemptId, request, isHere }: RequestProps): ReactElement => (
  <section aria-label="Needs you" className="mx-4 mt-3 rounded-md border border-wait/50 bg-wait-wash p-3">
    <h3 className="font-semibold text-wait">Needs you</h3>
    <p className="mt-0.5 font-medium [overflow-wrap:anywhere]">{request.title}</p>
    {isHere ? <Answers attemptId={attemptId} request={request} /> : <Elsewhere request={request} />}
  </section>
)

const Answers = ({ attemptId, request: { requestId, options } }: Omit<RequestProps, 'isHere'>): ReactElement => {
  const answer = useMutation({ mutationFn: (optionId: string) => answerRequest(attemptId, requestId, optionId) })
  return (
    <>
      <div className="mt-2 flex flex-wrap gap-2">
        {options.map(({ optionId, name }) => (
          <Button
            key={optionId}
            className="max-sm:h-10"
            // The stream takes the request away; until then one answer is enough.
            disabled={answer.isPending || answer.isSuccess}
            onClick={() => answer.mutate(optionId)}
          >
            {name}
          </Button>
        ))}
      </div>
      {answer.error && (
        <div className="mt-2">
          <Trouble error={answer.error} />
        </div>
      )}
    </>
  )
}

const Elsewhere = ({ request: { options } }: { request: PermissionRequest }): ReactElement => (
  <>
    {options.length > 0 && (
      <ul className="mt-1 flex flex-wrap gap-x-3 text-soft">
        {options.map(({ optionId, name }) => (
          <li key={optionId}>{name}</li>
        ))}
      </ul>
    )}
    <p className="mt-1 text-sm text-soft">Answer it where the agent runs.</p>
  </>
)
