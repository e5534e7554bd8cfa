import { createStore } from "../lib/store";

/** The open question for the password, answered by the dialog: `true` once it was right. */
export const proofQuestion = createStore<((proven: boolean) => void) | undefined>(undefined);

let asked: Promise<boolean> | undefined;

/** Asks the owner for the password. Calls that need it at the same time share one question. */
export function askForProof(): Promise<boolean> {
  asked ??= new Promise<boolean>((resolve) => {
    proofQuestion.set((proven) => {
      asked = undefined;
      proofQuestion.set(undefined);
      resolve(proven);
    });
  });
  return asked;
}
