import type { MouseEvent, ReactNode } from 'react';
import { addressOf, navigate, useSearch } from '../state/url-state.ts';

interface PageLinkProps {
  /** What to show, see `addressOf`. */
  params: Record<string, string>;
  isCurrent?: boolean;
  className?: string;
  children: ReactNode;
}

/** A link within the page: no reload, but it opens in a new tab and can be copied as any other. */
export function PageLink({ params, isCurrent = false, className, children }: PageLinkProps) {
  const href = addressOf(useSearch(), params);
  function follow(event: MouseEvent): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(href);
  }
  return (
    <a
      href={href}
      className={className}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}
