import { type ReactElement, useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Words } from './code.tsx'
import type { Json } from './json.ts'
import { type Field, forms, typeWords } from './schema.ts'

interface FieldsProps {
  fields: readonly Field[]
  document: Json
  /** Objects in it are open from the beginning; those in them aren't. */
  opens?: boolean
}

/** Names on the left, what they hold on the right; an object opens where it is. */
export const Fields = ({ fields, document, opens = false }: FieldsProps): ReactElement => (
  <dl>
    {fields.map((field) => (
      <div key={field.name} className="grid border-t border-rule py-1.5 sm:grid-cols-[13rem_minmax(0,1fr)] sm:gap-3">
        <dt className="font-mono text-sm wrap-anywhere">
          {field.name}
          {!field.isRequired && <span className="ml-1.5 font-sans text-faint">optional</span>}
        </dt>
        <dd className="min-w-0 wrap-anywhere">
          <Type field={field} document={document} opens={opens} />
          {field.bounds && <span className="ml-2 text-sm text-faint">{field.bounds}</span>}
          {field.description && (
            <p className="text-soft">
              <Words text={field.description} />
            </p>
          )}
        </dd>
      </div>
    ))}
  </dl>
)

const TYPE = 'font-mono text-sm text-look'

const Type = ({ field, document, opens }: { field: Field; document: Json; opens: boolean }): ReactElement => {
  const [isOpen, setOpen] = useState(opens)
  if (field.parts === null) return <span className={TYPE}>{field.type}</span>
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className={`${TYPE} inline-flex items-center gap-1 text-left underline decoration-dotted underline-offset-3`}
      >
        {field.type}
        <Icon name={isOpen ? 'up' : 'down'} className="size-3! text-faint" />
      </button>
      {isOpen && (
        <div className="my-1 border-l-2 border-rule pl-3">
          <Forms schema={field.parts} document={document} />
        </div>
      )}
    </>
  )
}

interface FormsProps {
  schema: unknown
  document: Json
  opens?: boolean
}

/** Everything that a schema says: the fields of each form, or what the value is when it has none. */
export const Forms = ({ schema, document, opens = false }: FormsProps): ReactElement => {
  const all = forms(schema, document)
  if (all.length === 0) return <p className={TYPE}>{typeWords(schema, document)}</p>
  return (
    <>
      {all.map(({ name, description, fields }, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the forms of a schema never change their places
        <div key={nth} className={nth > 0 ? 'mt-3' : ''}>
          {all.length > 1 && <p className="font-mono text-sm font-medium">{name}</p>}
          {description && (
            <p className="mb-1 text-soft">
              <Words text={description} />
            </p>
          )}
          <Fields fields={fields} document={document} opens={opens} />
        </div>
      ))}
    </>
  )
}
