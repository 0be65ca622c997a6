import { type ReactElement, type ReactNode, useEffect, useRef } from 'react'

interface SheetProps {
  label: string
  close: () => void
  children: ReactNode
  className?: string
}

/** A native modal dialog: the browser keeps the focus in it and gives it back. Mounted means open. */
export const Sheet = ({ label, close, children, className = '' }: SheetProps): ReactElement => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the dialog's own
    <dialog
      ref={dialog}
      aria-label={label}
      onCancel={close}
      onClick={(event) => event.target === event.currentTarget && close()}
      className={`max-h-[76vh] w-[min(36rem,calc(100vw-1.5rem))] overflow-hidden rounded-lg border border-rule bg-sheet p-0 shadow-float ${className}`}
    >
      {children}
    </dialog>
  )
}
