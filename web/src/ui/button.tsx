import type { ButtonHTMLAttributes, ReactElement, Ref } from 'react'

const LOOKS = {
  /** The one thing that a place is for. */
  main: 'h-8 px-3 bg-ink text-canvas font-medium hover:opacity-88',
  plain: 'h-8 px-3 border border-rule bg-sheet hover:border-faint',
  quiet: 'h-8 px-2 text-soft hover:text-ink hover:bg-sunken',
  danger: 'h-8 px-3 border border-rule bg-sheet text-fail hover:border-fail',
  icon: 'size-8 justify-center text-soft hover:text-ink hover:bg-sunken max-sm:size-10',
  small: 'size-6 justify-center text-faint hover:text-ink hover:bg-sunken max-sm:size-9',
} as const

export type ButtonLook = keyof typeof LOOKS

/** How a thing that can be pressed looks; links that act like buttons use it too. */
export const buttonLook = (look: ButtonLook): string =>
  `inline-flex shrink-0 items-center gap-1.5 rounded-md text-base whitespace-nowrap select-none aria-disabled:opacity-45 aria-disabled:pointer-events-none ${LOOKS[look]}`

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: ButtonLook
  ref?: Ref<HTMLButtonElement>
}

/** One that is of no use now can still have the focus: a browser drops it from a button that becomes `disabled`. */
export const Button = ({
  look = 'plain',
  className = '',
  type = 'button',
  disabled = false,
  onClick,
  ...rest
}: ButtonProps): ReactElement => (
  <button
    type={type}
    className={`${buttonLook(look)} ${className}`}
    aria-disabled={disabled || undefined}
    onClick={(event) => (disabled ? event.preventDefault() : onClick?.(event))}
    {...rest}
  />
)
