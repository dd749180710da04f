import { Button, type ButtonProps, useRestoreFocusTarget } from '@fluentui/react-components';
import { useState } from 'react';
import { useApp } from '../app-context.ts';

type Props = Omit<Extract<ButtonProps, { as?: 'button' }>, 'onClick'> & { readonly does: () => Promise<unknown> };

/** A button that says so where main could not do it; while it is done it keeps the focus and takes no second press. */
export function ActionButton({ does, children, ...rest }: Props) {
  const { words } = useApp();
  // Where a dialog came of it, the focus comes back here.
  const returns = useRestoreFocusTarget();
  const [outcome, setOutcome] = useState<'idle' | 'busy' | 'failed'>('idle');
  return (
    <>
      <Button
        {...rest}
        {...returns}
        disabledFocusable={outcome === 'busy' || rest.disabledFocusable === true}
        onClick={() => {
          setOutcome('busy');
          does().then(
            () => setOutcome('idle'),
            () => setOutcome('failed'),
          );
        }}
      >
        {children}
      </Button>
      {outcome === 'failed' ? <output className="caption warning-text">{words.t('common.didNotWork')}</output> : null}
    </>
  );
}
