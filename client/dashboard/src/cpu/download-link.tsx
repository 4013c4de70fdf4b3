import { type MouseEvent, type ReactNode, useState } from 'react';
import { authorizationOf } from '../../../core/authorization.ts';
import { sessionToken } from '../connection/session-token.ts';
import { saveAs } from '../shared/save-as.ts';

interface DownloadLinkProps {
  /** Relative to the page. */
  href: string;
  children: ReactNode;
}

/** A file of the server. A plain link cannot send the access token, so with one the page fetches. */
export function DownloadLink({ href, children }: DownloadLinkProps) {
  const [failure, setFailure] = useState<string | null>(null);

  async function download(token: string): Promise<void> {
    try {
      const response = await fetch(href, {
        headers: authorizationOf(token),
      });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      saveAs(fileNameOf(href), await response.blob());
      setFailure(null);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  }

  function follow(event: MouseEvent): void {
    const token = sessionToken.read();
    if (token === null) return;
    event.preventDefault();
    void download(token);
  }

  return (
    <>
      <a href={href} download={fileNameOf(href)} onClick={follow}>
        {children}
      </a>
      {failure !== null && <span className="warning-text">Download failed: {failure}</span>}
    </>
  );
}

function fileNameOf(href: string): string {
  return `cpu-${href.split('/').at(-1)}`;
}
