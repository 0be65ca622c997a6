import type { Agent, AgentProtocol } from '@boardcast/client'
import { type FormEvent, type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Area, Choice, Input } from '../ui/field.tsx'
import { isSend } from '../ui/keys.ts'
import { Trouble } from '../ui/trouble.tsx'
import { useFocusBack } from '../ui/use-focus-back.ts'
import { readEnvironment } from './environment.ts'
import { useSaveAgent } from './use-agents.ts'

const PROTOCOLS = [
  ['acp', 'Agent Client Protocol'],
  ['command', 'Plain command: the task on standard input'],
] as const satisfies readonly (readonly [AgentProtocol, string])[]

/** A new agent, or changes of a known one. Its name is for ever, since attempts refer to it. */
export const AgentForm = ({ agent, done }: { agent: Agent | null; done: () => void }): ReactElement => {
  const [name, setName] = useState(agent?.agent ?? '')
  const [label, setLabel] = useState(agent?.label ?? '')
  const [protocol, setProtocol] = useState<AgentProtocol>(agent?.protocol ?? 'acp')
  const [command, setCommand] = useState(agent?.command ?? '')
  const [args, setArgs] = useState(agent?.args.join('\n') ?? '')
  const [environment, setEnvironment] = useState('')
  useFocusBack()
  const save = useSaveAgent(agent?.agent ?? null)
  const { env, error: wrong } = readEnvironment(environment)
  const isReady = name.trim() !== '' && command.trim() !== '' && wrong === null
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (!isReady || save.isPending) return
    const fields = {
      agent: name.trim(),
      label: label.trim() === '' ? null : label.trim(),
      protocol,
      command: command.trim(),
      args: args.split('\n').filter((line) => line !== ''),
      ...(environment.trim() === '' ? {} : { env }),
    }
    save.mutate(fields, { onSuccess: done })
  }
  return (
    <form onSubmit={submit} onKeyDown={(event) => isSend(event) && submit()} className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        {agent === null && (
          <Input
            autoFocus
            label="Name"
            placeholder="claude"
            className="font-mono"
            value={name}
            onChange={(event) => setName(event.target.value)}
            hint="Letters, digits, - and _."
          />
        )}
        <Input
          autoFocus={agent !== null}
          label="Label"
          placeholder="What people call it"
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
      </div>
      <Choice
        label="Protocol"
        value={protocol}
        options={PROTOCOLS}
        onChange={(chosen) => setProtocol(PROTOCOLS.find(([value]) => value === chosen)?.[0] ?? 'acp')}
      />
      <Input
        label="Command"
        className="font-mono"
        spellCheck={false}
        value={command}
        onChange={(event) => setCommand(event.target.value)}
      />
      <Area
        label="Arguments"
        rows={2}
        className="font-mono"
        spellCheck={false}
        value={args}
        onChange={(event) => setArgs(event.target.value)}
        hint="One a line."
      />
      <Area
        label="Environment"
        rows={2}
        className="font-mono"
        spellCheck={false}
        autoComplete="off"
        placeholder="NAME=value"
        value={environment}
        onChange={(event) => setEnvironment(event.target.value)}
        error={wrong}
        hint={
          agent
            ? 'One a line, for keys say. Left empty it stays as it is; values are never shown.'
            : 'One a line, for keys say. Values are never shown again.'
        }
      />
      {save.error && <Trouble error={save.error} />}
      <div className="flex gap-2">
        <Button look="main" type="submit" disabled={!isReady || save.isPending}>
          {agent ? 'Save' : 'Register agent'}
        </Button>
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
