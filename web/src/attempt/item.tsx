import type { ConversationItem } from '@boardcast/client'
import { memo, type ReactElement } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Prose } from '../ui/prose.tsx'
import { Tool } from './tool.tsx'

type Of<Type extends ConversationItem['type']> = Extract<ConversationItem, { type: Type }>

/** One thing that was said or done. */
export const Item = memo(({ item }: { item: ConversationItem }): ReactElement => {
  switch (item.type) {
    case 'message':
      return <Message item={item} />
    case 'thinking':
      return <Thinking text={item.text} />
    case 'tool':
      return <Tool tool={item.tool} />
    case 'error':
      return (
        <p className="rounded-md bg-fail-wash px-3 py-2 whitespace-pre-wrap text-fail [overflow-wrap:anywhere]">
          {item.text}
        </p>
      )
    case 'permission':
      return <Asked request={item.request} />
    default:
      return item satisfies never
  }
})

const Message = ({ item: { role, text, format } }: { item: Of<'message'> }): ReactElement => {
  const words =
    format === 'markdown' ? (
      <Prose text={text} />
    ) : (
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>
    )
  if (role === 'assistant') return <div>{words}</div>
  if (role === 'system') return <div className="text-sm text-faint">{words}</div>
  return (
    <div className="ml-8 rounded-md bg-sunken px-3 py-2">
      <span className="sr-only">You: </span>
      {words}
    </div>
  )
}

const Thinking = ({ text }: { text: string }): ReactElement => (
  <details className="group text-soft">
    <summary className="flex cursor-pointer list-none items-center gap-1.5 text-sm text-faint hover:text-ink">
      <Icon name="right" className="transition-transform group-open:rotate-90" />
      <span className="shrink-0">Thinking</span>
      <span className="truncate group-open:hidden">{text}</span>
    </summary>
    <p className="mt-1 ml-1.75 border-l-2 border-rule pl-3.5 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>
  </details>
)

const Asked = ({ request: { title, options, outcome } }: { request: Of<'permission'>['request'] }): ReactElement => {
  const chosen = options.find(({ optionId }) => optionId === outcome)?.name ?? outcome
  return (
    <p className="flex min-w-0 items-center gap-1.5 text-sm text-soft">
      <Icon name="hand" className="text-wait" />
      <span className="truncate">{title}</span>
      <span className="shrink-0 text-faint">{chosen === null ? 'waits for an answer' : chosen}</span>
    </p>
  )
}
