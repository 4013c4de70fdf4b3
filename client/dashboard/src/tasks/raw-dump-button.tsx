import { useState } from 'react';

import { askTarget } from '../../../core/query/target-query.ts';

import { RawDumpDocument } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { saveAs } from '../shared/save-as.ts';

type Progress = 'idle' | 'busy' | 'failed';

/** Saves every recorded task as text, in the form that goroutine tools read. */
export function RawDumpButton() {
  const { link, target } = useObservatory();
  const [progress, setProgress] = useState<Progress>('idle');

  async function download(): Promise<void> {
    setProgress('busy');
    const text = await askTarget(link.ask, target, RawDumpDocument, {}).then(
      ({ goroutines }) => goroutines.rawProfile,
      () => null,
    );
    if (typeof text === 'string')
      saveAs('goroutines.txt', new Blob([text], { type: 'text/plain' }));
    setProgress(typeof text === 'string' ? 'idle' : 'failed');
  }

  return (
    <button type="button" disabled={progress === 'busy'} onClick={() => void download()}>
      {progress === 'failed' ? 'Download failed, again' : 'Raw dump'}
    </button>
  );
}
