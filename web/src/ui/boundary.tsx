import { Component, type ReactNode, Suspense } from 'react'
import { Trouble } from './trouble.tsx'

interface BoundaryProps {
  children: ReactNode
}

/** A part that fails, or can't be fetched because the server was renewed or is away, doesn't take the others with it. */
export class Boundary extends Component<BoundaryProps, { error: unknown }> {
  override state = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error !== null) {
      return (
        <div className="p-6">
          <Trouble error={new Error('This part of the page could not be shown.')} retry={() => location.reload()} />
        </div>
      )
    }
    return <Suspense>{this.props.children}</Suspense>
  }
}
