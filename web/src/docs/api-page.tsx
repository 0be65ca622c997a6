import type { ReactElement } from 'react'
import { Prose } from '../ui/prose.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { Code } from './code.tsx'
import { Frame, Section } from './frame.tsx'
import { OperationEntry, Refusals } from './operation-entry.tsx'
import { isSought } from './sought.ts'
import { useApi } from './use-documents.ts'
import { useSearch } from './use-search.ts'

const REFUSALS = 'Refusals of every route'

/** The REST routes, out of the document that the server itself serves. */
export const ApiPage = (): ReactElement => {
  const { data, error, refetch } = useApi()
  const search = useSearch()
  const { sought } = search
  const groups = (data?.api.groups ?? [])
    .map((group) => ({ ...group, operations: group.operations.filter((one) => isSought(one.said, sought)) }))
    .filter(({ operations }) => operations.length > 0)
  const everywhere = (data?.api.everywhere ?? []).filter((refusal) => isSought(JSON.stringify(refusal), sought))
  return (
    <Frame
      search={search}
      served="/api/v1/openapi.json"
      sections={[...groups.map(({ name }) => name), ...(everywhere.length > 0 ? [REFUSALS] : [])]}
    >
      {error && !data && <Trouble error={error} retry={() => void refetch()} />}
      {data && !sought && (
        <div className="grid gap-2">
          <Prose text={data.about} />
          <Code label="The first call" text={`curl "${location.origin}${data.api.base}/boards"`} />
        </div>
      )}
      {groups.map(({ name, description, operations }) => (
        <Section key={name} title={name} about={description}>
          {operations.map((operation) => (
            <OperationEntry key={operation.id} operation={operation} document={data?.document ?? {}} />
          ))}
        </Section>
      ))}
      {data && groups.length + everywhere.length === 0 && <p className="text-soft">Nothing fits.</p>}
      {everywhere.length > 0 && (
        <Section
          title={REFUSALS}
          about="A refusal is a problem document (RFC 9457): its code is for programs, its detail for people."
        >
          <Refusals refusals={everywhere} />
        </Section>
      )}
    </Frame>
  )
}
