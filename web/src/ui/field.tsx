import {
  type InputHTMLAttributes,
  type ReactElement,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
} from 'react'

const BOX =
  'w-full rounded-md border border-rule bg-sheet px-2.5 text-base text-ink placeholder:text-faint focus-visible:outline-offset-[-1px] max-sm:text-[1rem]'

interface Labelled {
  label: string
  /** A sentence under the field. */
  hint?: ReactNode
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & Labelled & { ref?: Ref<HTMLInputElement> }
type AreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & Labelled & { ref?: Ref<HTMLTextAreaElement> }

const Frame = ({ id, label, hint, children }: Labelled & { id: string; children: ReactNode }): ReactElement => (
  <div className="grid gap-1">
    <label htmlFor={id} className="text-sm text-soft">
      {label}
    </label>
    {children}
    {hint && (
      <p id={`${id}-hint`} className="text-sm text-faint">
        {hint}
      </p>
    )}
  </div>
)

export const Input = ({ label, hint, className = '', ...rest }: InputProps): ReactElement => {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint}>
      <input
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className={`${BOX} h-8 ${className}`}
        {...rest}
      />
    </Frame>
  )
}

export const Area = ({ label, hint, className = '', rows = 4, ...rest }: AreaProps): ReactElement => {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint}>
      <textarea id={id} rows={rows} className={`${BOX} resize-y py-1.5 ${className}`} {...rest} />
    </Frame>
  )
}

interface ChoiceProps extends Labelled {
  value: string
  options: readonly (readonly [value: string, words: string])[]
  onChange: (value: string) => void
}

export const Choice = ({ label, hint, value, options, onChange }: ChoiceProps): ReactElement => {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint}>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)} className={`${BOX} h-8`}>
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
