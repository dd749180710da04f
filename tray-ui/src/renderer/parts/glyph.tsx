import type { ReactElement } from 'react';
import type { FormFactor } from '../../bridge/index.ts';

/** Original line art on a 48 grid, one weight, in the colour of the text. */
const shapes: Readonly<Record<FormFactor, ReactElement>> = {
  headset: (
    <>
      <path d="M10 25v-2.5a14 14 0 0 1 28 0V25" />
      <rect x="7" y="24" width="8" height="13" rx="3.5" />
      <rect x="33" y="24" width="8" height="13" rx="3.5" />
      <path d="M11 37c0 3.6 3 5 7 5h2.5" />
      <rect x="20.5" y="40" width="6.5" height="4" rx="2" />
    </>
  ),
  speakerphone: (
    <>
      <ellipse cx="24" cy="22.5" rx="18" ry="10.5" />
      <path d="M6 22.5v4.5c0 5.8 8.06 10.5 18 10.5s18-4.7 18-10.5v-4.5" />
      <ellipse cx="24" cy="22" rx="9" ry="4.9" />
      <path d="M12.4 18.6l1.1.7M34.5 19.3l1.1-.7M24 14.9v-.1" />
    </>
  ),
  dongle: (
    <>
      <rect x="17" y="20" width="14" height="22" rx="4" />
      <path d="M19.5 20V9.5a1.5 1.5 0 0 1 1.5-1.5h6a1.5 1.5 0 0 1 1.5 1.5V20" />
      <path d="M22.5 12.5v2M25.5 12.5v2" />
      <circle cx="24" cy="35" r="1.6" />
    </>
  ),
  'video-bar': (
    <>
      <rect x="4" y="16" width="40" height="13" rx="6.5" />
      <circle cx="24" cy="22.5" r="3.75" />
      <path d="M10.5 22.5h5.5M32 22.5h5.5" />
      <path d="M18 29l-2.5 7h17L30 29" />
    </>
  ),
  base: (
    <>
      <path d="M8 41h32" />
      <path d="M12 41v-4.5a3.5 3.5 0 0 1 3.5-3.5h17a3.5 3.5 0 0 1 3.5 3.5V41" />
      <path d="M24 33v-5" />
      <path d="M15 19v-2.5a9 9 0 0 1 18 0V19" />
      <rect x="12.5" y="18" width="5.5" height="9" rx="2.5" />
      <rect x="30" y="18" width="5.5" height="9" rx="2.5" />
      <path d="M18 28h12" />
    </>
  ),
  controller: (
    <>
      <path d="M24 4v9M24 35v9" />
      <rect x="16" y="13" width="16" height="22" rx="8" />
      <circle cx="24" cy="21" r="3" />
      <path d="M21 28.5h6" />
    </>
  ),
};

export function Glyph({ formFactor, size }: { readonly formFactor: FormFactor; readonly size: number }) {
  return (
    <svg className="glyph" width={size} height={size} viewBox="0 0 48 48" aria-hidden="true">
      {shapes[formFactor]}
    </svg>
  );
}
