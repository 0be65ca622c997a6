export const railLook = ({ isActive }: { isActive: boolean }): string =>
  `flex h-8 min-w-0 items-center gap-2 rounded-md px-2 max-md:h-10 ${isActive ? 'bg-sheet font-medium text-ink shadow-card' : 'text-soft hover:bg-canvas hover:text-ink'}`
