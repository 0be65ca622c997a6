import type { ReactElement } from 'react'
import { Code, Words } from './code.tsx'
import { Entry, Part } from './entry.tsx'
import { Fields, Forms } from './fields.tsx'
import type { Json } from './json.ts'
import { type Answer, curl, type Operation, type Refusal } from './operations.ts'

const METHOD_INK: Readonly<Record<string, string>> = { GET: 'text-look', DELETE: 'text-fail' }

interface OperationEntryProps {
  operation: Operation
  document: Json
}

export const OperationEntry = ({ operation, document }: OperationEntryProps): ReactElement => {
  const { id, method, path, summary, parameters, bodies, answers, refusals } = operation
  const head = (
    <span className="font-mono text-sm wrap-anywhere">
      <span className={`mr-2 inline-block w-13 font-semibold ${METHOD_INK[method] ?? 'text-live'}`}>{method}</span>
      {path}
    </span>
  )
  return (
    <Entry id={id} head={head} summary={summary}>
      {parameters.map(({ place, fields }) => (
        <Part key={place} title={PLACES[place] ?? place}>
          <Fields fields={fields} document={document} />
        </Part>
      ))}
      {bodies.map(({ mediaType, schema }) => (
        <Part key={mediaType} title={`Body, ${mediaType}`}>
          <Forms schema={schema} document={document} />
        </Part>
      ))}
      {answers.map((answer) => (
        <AnswerPart key={answer.status} answer={answer} document={document} />
      ))}
      {refusals.length > 0 && (
        <Part title="Refusals">
          <Refusals refusals={refusals} />
        </Part>
      )}
      <Part title="Try it">
        <Code label="As a command" text={curl(operation, location.origin, document)} />
      </Part>
    </Entry>
  )
}

const PLACES: Readonly<Record<string, string>> = { path: 'In the path', query: 'In the query', header: 'Headers' }

const AnswerPart = ({ answer, document }: { answer: Answer; document: Json }): ReactElement => {
  const { status, description, body, headers } = answer
  return (
    <Part title={`Answer ${status}${body ? `, ${body.mediaType}` : ''}`}>
      <p className="mb-1">{description}</p>
      {body && <Forms schema={body.schema} document={document} />}
      {headers.length > 0 && <Fields fields={headers} document={document} />}
    </Part>
  )
}

export const Refusals = ({ refusals }: { refusals: readonly Refusal[] }): ReactElement => (
  <dl>
    {refusals.map(({ status, code, description }) => (
      <div key={`${status} ${code}`} className="grid border-t border-rule py-1 sm:grid-cols-[13rem_1fr] sm:gap-3">
        <dt className="font-mono text-sm">
          <span className="mr-2 text-fail">{status}</span>
          {code}
        </dt>
        <dd className="text-soft">
          <Words text={description} />
        </dd>
      </div>
    ))}
  </dl>
)
