import type { AttemptView } from '@boardcast/client'
import { type ReactElement, useRef } from 'react'
import { Button } from '../ui/button.tsx'
import { NewBelow } from '../ui/new-below.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { useStick } from '../ui/use-stick.ts'
import { Item } from './item.tsx'
import { openRequests } from './merge.ts'
import { MessageForm } from './message-form.tsx'
import { Request } from './request-block.tsx'
import { isActive } from './state.ts'
import { useConversation } from './use-attempt.ts'

/** What was said and done, newest at the end; what waits for an answer stands above everything. */
export const Conversation = ({ attempt, isHere }: { attempt: AttemptView; isHere: boolean }): ReactElement => {
  const { query, items, newer } = useConversation(attempt)
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const stick = useStick({ scroller, content, first: items[0]?.id ?? null, newer })
  const requests = isActive(attempt.status) ? openRequests(items) : []
  return (
    <div className="flex min-h-0 grow flex-col" role="tabpanel" aria-label="Conversation">
      {requests.map((request) => (
        <Request key={request.requestId} attemptId={attempt.attemptId} request={request} isHere={isHere} />
      ))}
      <div className="relative flex min-h-0 grow flex-col">
        <div ref={scroller} onScroll={stick.onScroll} className="min-h-0 grow overflow-y-auto px-4">
          <div ref={content} className="mx-auto grid max-w-3xl grid-cols-1 gap-2.5 py-3">
            {query.hasNextPage && (
              <Button
                look="quiet"
                className="justify-self-center"
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Earlier
              </Button>
            )}
            {items.map((item) => (
              <Item key={item.id} item={item} />
            ))}
            {query.error && <Trouble error={query.error} retry={() => void query.refetch()} />}
            {items.length === 0 && query.isSuccess && <p className="text-faint">Nothing has been said yet.</p>}
          </div>
        </div>
        <NewBelow unseen={stick.unseen} toBottom={stick.toBottom} />
      </div>
      {isHere && <MessageForm key={attempt.attemptId} attempt={attempt} sent={stick.toBottom} />}
    </div>
  )
}
