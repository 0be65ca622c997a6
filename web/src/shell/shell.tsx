import { type ReactElement, useEffect, useRef, useState } from 'react'
import { Outlet, useLocation } from 'react-router'
import { Boundary } from '../ui/boundary.tsx'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { useHotkeys } from '../ui/keys.ts'
import { Notices } from '../ui/notices.tsx'
import { Help } from './help.tsx'
import { Palette } from './palette.tsx'
import { Rail } from './rail.tsx'
import { SignIn } from './sign-in.tsx'

/** On a phone the rail is a native dialog that slides over the page. */
const Drawer = ({ children }: { children: ReactElement }): ReactElement => {
  const dialog = useRef<HTMLDialogElement>(null)
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes it
  useEffect(() => dialog.current?.close(), [pathname])
  return (
    <>
      <Button
        look="icon"
        aria-label="Places"
        className="fixed top-1 left-1 z-20 md:hidden"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="menu" />
      </Button>
      <dialog ref={dialog} aria-label="Places" className="m-0 h-dvh max-h-dvh bg-transparent md:hidden">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a tap beside the rail closes it, as Escape does */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the dialog's own */}
        <div className="flex h-full w-dvw" onClick={() => dialog.current?.close()}>
          {children}
        </div>
      </dialog>
    </>
  )
}

export const Shell = (): ReactElement => {
  const [open, setOpen] = useState<'nothing' | 'help' | 'palette'>('nothing')
  const close = () => setOpen('nothing')
  const help = () => setOpen('help')
  useHotkeys({ '?': help, 'mod+k': () => setOpen(open === 'palette' ? 'nothing' : 'palette') })
  const rail = <Rail find={() => setOpen('palette')} help={help} />
  return (
    <div className="flex h-full">
      <div className="max-md:hidden">{rail}</div>
      <Drawer>{rail}</Drawer>
      <main className="flex min-w-0 grow flex-col">
        <Boundary>
          <Outlet />
        </Boundary>
      </main>
      {open === 'help' && <Help close={close} />}
      {open === 'palette' && <Palette close={close} help={help} />}
      <SignIn />
      <Notices />
    </div>
  )
}
