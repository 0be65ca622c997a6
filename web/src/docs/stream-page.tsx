import type { ReactElement } from 'react'
import { Prose } from '../ui/prose.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { Code } from './code.tsx'
import { Entry, Part } from './entry.tsx'
import { Forms } from './fields.tsx'
import { Frame, Section } from './frame.tsx'
import type { Json } from './json.ts'
import type { Channel, Message } from './messages.ts'
import { isSought } from './sought.ts'
import { useStream } from './use-documents.ts'
import { useSearch } from './use-search.ts'

/** What the stream tells and what may be reported, out of the document that the server itself serves. */
export const StreamPage = (): ReactElement => {
  const { data, error, refetch } = useStream()
  const search = useSearch()
  const { sought } = search
  const channels = (data?.channels ?? [])
    .map((channel) => ({
      ...channel,
      messages: channel.messages.filter((one) => isSought(one.said, sought)),
    }))
    .filter(({ messages }) => messages.length > 0)
  return (
    <Frame search={search} served="/api/v1/asyncapi.json" sections={channels.map(titleOf)}>
      {error && !data && <Trouble error={error} retry={() => void refetch()} />}
      {data && !sought && <Prose text={data.about} />}
      {channels.map((channel) => (
        <Section key={channel.name} title={titleOf(channel)} about={`${channel.summary}. ${channel.description}.`}>
          {!sought && (
            <div className="mb-3">
              <Code label={`Call for the ${channel.name}`} text={call(channel)} />
            </div>
          )}
          {channel.messages.map((message) => (
            <MessageEntry key={message.id} message={message} document={data?.document ?? {}} />
          ))}
        </Section>
      ))}
      {data && channels.length === 0 && <p className="text-soft">Nothing fits.</p>}
    </Frame>
  )
}

const titleOf = ({ name }: Channel): string => name.charAt(0).toUpperCase() + name.slice(1)

const call = ({ method, path }: Channel): string =>
  method === 'GET'
    ? `curl -N "${location.origin}${path}?boardId=$board"`
    : `curl -X ${method} "${location.origin}${path}" -H 'content-type: application/cloudevents+json' -d @event.json`

const MessageEntry = ({ message, document }: { message: Message; document: Json }): ReactElement => {
  const { id, summary, payload, sample } = message
  return (
    <Entry id={id} head={<span className="font-mono text-sm">{id}</span>} summary={summary}>
      <Part title="Data">
        <Forms schema={payload} document={document} opens />
      </Part>
      <Part title="For example">
        <Code label="For example" text={sample} />
      </Part>
    </Entry>
  )
}
