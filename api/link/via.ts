/** How figures came: asked just now over a link, or the last ones known. */
export type Via = 'DIRECT' | 'PORT' | 'INSPECTOR' | 'HTTP' | 'FILE' | 'LAST_KNOWN';
