import type { ToolCall, ToolStatus } from '@boardcast/client'
import type { ReactElement } from 'react'
import { Icon, type IconName } from '../ui/icon.tsx'
import { elapsed } from '../ui/words.ts'
import { plain } from './merge.ts'

const KINDS: Readonly<Record<string, IconName>> = {
  read: 'file',
  edit: 'pencil',
  delete: 'bin',
  move: 'right',
  search: 'search',
  execute: 'terminal',
  think: 'dots',
  fetch: 'down',
}

const STATUS: Record<ToolStatus, { icon: IconName; words: string; ink: string }> = {
  created: { icon: 'ring', words: 'Waiting', ink: 'text-faint' },
  running: { icon: 'ring', words: 'Running', ink: 'text-live breathing' },
  succeeded: { icon: 'check', words: 'Done', ink: 'text-live' },
  failed: { icon: 'cross', words: 'Failed', ink: 'text-fail' },
  cancelled: { icon: 'stop', words: 'Cancelled', ink: 'text-faint' },
}

const took = ({ startedAt, completedAt }: ToolCall): string => {
  const seconds = startedAt && completedAt ? (Date.parse(completedAt) - Date.parse(startedAt)) / 1000 : 0
  return seconds >= 1 ? elapsed(seconds) : ''
}

/** A tool call is one line that opens. */
export const Tool = ({ tool }: { tool: ToolCall }): ReactElement => {
  const { icon, words, ink } = STATUS[tool.status]
  const kind = Object.hasOwn(KINDS, tool.kind) ? KINDS[tool.kind] : undefined
  return (
    <details className="group rounded-md border border-rule bg-canvas">
      <summary className="flex h-8 min-w-0 cursor-pointer list-none items-center gap-2 px-2.5 text-sm hover:text-ink">
        <Icon name={kind ?? 'gear'} className="text-faint" />
        <span className="max-w-40 shrink-0 truncate text-soft">{tool.name}</span>
        <code className="min-w-0 grow truncate font-mono text-xs">
          {tool.command === tool.name ? null : tool.command}
        </code>
        {tool.exitCode !== null && tool.exitCode !== 0 && (
          <span className="shrink-0 text-fail">exit {tool.exitCode}</span>
        )}
        <span className="shrink-0 text-faint">{took(tool)}</span>
        <span className={ink}>
          <Icon name={icon} />
          <span className="sr-only">{words}</span>
        </span>
      </summary>
      <div className="grid gap-2 border-t border-rule px-2.5 py-2 font-mono text-xs">
        {tool.command && <pre className="whitespace-pre-wrap [overflow-wrap:anywhere]">{tool.command}</pre>}
        {tool.output ? (
          <pre className="max-h-96 overflow-auto whitespace-pre-wrap text-soft [overflow-wrap:anywhere]">
            {plain(tool.output)}
          </pre>
        ) : (
          <p className="font-sans text-faint">{tool.output === null ? 'No output yet.' : 'No output.'}</p>
        )}
      </div>
    </details>
  )
}
