import { useEffect, useState } from "preact/hooks";
import { host } from "../../api/host";
import { useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { Button } from "../../ui/button";
import { Problem } from "../../ui/problem";

/** What the screen shows, when the owner asks for it and not before. */
export function Preview() {
  const t = useMessages();
  const [picture, setPicture] = useState<string | undefined>(undefined);
  useEffect(() => () => void (picture !== undefined && URL.revokeObjectURL(picture)), [picture]);
  const show = useAction(async () => setPicture(URL.createObjectURL(await host.preview())));
  return (
    <section class="section" aria-labelledby="preview">
      <h2 id="preview">{t.home.preview}</h2>
      <div class="panel stack">
        {picture === undefined ? (
          <p class="muted">{t.home.previewText}</p>
        ) : (
          <img class="preview" src={picture} alt={t.home.previewAlt} />
        )}
        <Problem error={show.error} />
        <div class="actions">
          <Button busy={show.busy} onClick={() => void show.run()}>
            {picture === undefined ? t.home.previewShow : t.home.previewAgain}
          </Button>
          {picture !== undefined && <Button onClick={() => setPicture(undefined)}>{t.home.previewHide}</Button>}
        </div>
      </div>
    </section>
  );
}
