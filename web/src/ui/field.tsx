import {
  type InputHTMLAttributes,
  type ReactElement,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
} from 'react'

const BOX =
  'w-full rounded-md border border-rule bg-sheet px-2.5 text-base text-ink placeholder:text-faint aria-invalid:border-fail focus-visible:outline-offset-[-1px] max-sm:text-[1rem]'

interface Labelled {
  label: string
  /** A sentence under the field. */
  hint?: ReactNode
  /** What is wrong with what is in it. */
  error?: string | null
}

/** What a screen reader says beside the label. */
const said = (id: string, { hint, error }: Pick<Labelled, 'hint' | 'error'>) => ({
  'aria-describedby': [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined,
  'aria-invalid': error ? true : undefined,
})

type InputProps = InputHTMLAttributes<HTMLInputElement> & Labelled & { ref?: Ref<HTMLInputElement> }
type AreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & Labelled & { ref?: Ref<HTMLTextAreaElement> }

const Frame = ({ id, label, hint, error, children }: Labelled & { id: string; children: ReactNode }): ReactElement => (
  <div className="grid gap-1">
    <label htmlFor={id} className="text-sm text-soft">
      {label}
    </label>
    {children}
    {error && (
      <p id={`${id}-error`} role="alert" className="text-sm text-fail">
        {error}
      </p>
    )}
    {hint && (
      <p id={`${id}-hint`} className="text-sm text-faint">
        {hint}
      </p>
    )}
  </div>
)

export const Input = ({ label, hint, error = null, className = '', ...rest }: InputProps): ReactElement => {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input id={id} {...said(id, { hint, error })} className={`${BOX} h-8 ${className}`} {...rest} />
    </Frame>
  )
}

export const Area = ({ label, hint, error = null, className = '', rows = 4, ...rest }: AreaProps): ReactElement => {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <textarea
        id={id}
        rows={rows}
        {...said(id, { hint, error })}
        className={`${BOX} resize-y py-1.5 ${className}`}
        {...rest}
      />
    </Frame>
  )
}

interface ChoiceProps extends Labelled {
  value: string
  options: readonly (readonly [value: string, words: string])[]
  onChange: (value: string) => void
}

export const Choice = ({ label, hint, error = null, value, options, onChange }: ChoiceProps): ReactElement => {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        value={value}
        {...said(id, { hint, error })}
        onChange={(event) => onChange(event.target.value)}
        className={`${BOX} h-8`}
      >
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </select>
    </Frame>
  )
}

interface TickProps extends Labelled {
  checked: boolean
  onChange: (checked: boolean) => void
}

export const Tick = ({ label, hint, checked, onChange }: TickProps): ReactElement => (
  <label className="flex items-start gap-2">
    <input
      type="checkbox"
      checked={checked}
      onChange={(event) => onChange(event.target.checked)}
      className="mt-0.5 size-4 shrink-0 accent-live"
    />
    <span>
      {label}
      {hint && <span className="block text-sm text-faint">{hint}</span>}
    </span>
  </label>
)
