import type { ComponentChildren } from "preact";
import { useMessages } from "../i18n";
import { useAction } from "../lib/action";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Problem } from "./problem";

interface ConfirmDialogProps {
  title: string;
  /** The text of the button that does it. */
  verb: string;
  /** Does it. The dialog stays when this fails, and says why; otherwise it is for the caller to close it. */
  perform: () => Promise<void>;
  onClose: () => void;
  /** What comes of it. */
  children: ComponentChildren;
}

/** Asks before something that ends what others rely on. */
export function ConfirmDialog({ title, verb, perform, onClose, children }: ConfirmDialogProps) {
  const t = useMessages();
  const action = useAction(perform);
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="stack">
        {children}
        <Problem error={action.error} />
        <div class="actions">
          <Button kind="danger" busy={action.busy} onClick={() => void action.run()}>
            {verb}
          </Button>
          <Button onClick={onClose}>{t.app.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
