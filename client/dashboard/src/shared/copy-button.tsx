import { useState } from 'react';
import { copyText } from './copy-text.ts';

const THANKS_MS = 1_200;

/** Puts the text on the clipboard and says so for a moment. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  async function copy(): Promise<void> {
    await copyText(text);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), THANKS_MS);
  }
  return (
    <button
      type="button"
      className="copy"
      onClick={() => void copy()}
      aria-label={label}
      title={label}
    >
      {isCopied ? 'Copied' : 'Copy'}
    </button>
  );
}
