import type { MouseEvent, ReactNode } from 'react';
import { hrefOf, navigate } from '../shared/url-state.ts';

interface PageLinkProps {
  params: Record<string, string>;
  isCurrent?: boolean;
  className?: string;
  children: ReactNode;
}

/** A link within the page: no reload, but it opens in a new tab and can be copied as any other. */
export function PageLink({ params, isCurrent = false, className, children }: PageLinkProps) {
  const href = hrefOf(params);
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
